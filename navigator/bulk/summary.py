"""What a bulk does, in words: names for the ids and codes that were confirmed."""

from contextlib import suppress
from typing import Any

from sqlmodel import Session, col, select

from navigator.errors import NotFound
from navigator.people.actor import Actor
from navigator.people.user import Membership, User
from navigator.problems import records
from navigator.tickets.inputs import AssignInput, LinkInput, ResolveInput, TriageInput
from navigator.tickets.triage import category_by_id

Facts = list[tuple[str, str]]


def summarise(session: Session, actor: Actor, what: Any) -> Facts:
    """What was asked for besides the words to a reporter, each with what it is called."""
    match what:
        case AssignInput():
            return [("To", _name(session, actor, what.assignee_id))]
        case LinkInput():
            return [("Problem", _title(session, actor, what.problem_id))]
        case ResolveInput():
            return [("How it ended", what.resolution.replace("_", " ").capitalize())]
        case TriageInput():
            return _sorting(what)
    return []


def _name(session: Session, actor: Actor, user_id: int | None) -> str:
    if user_id is None:
        return "Nobody: back to the queue"
    theirs = col(Membership.service_id).in_(sorted(actor.services()))
    query = select(User.name).join(Membership, col(Membership.user_id) == col(User.id))
    return session.exec(query.where(User.id == user_id, theirs)).first() or "Somebody"


def _title(session: Session, actor: Actor, problem_id: int | None) -> str:
    with suppress(NotFound):
        return f"{problem_id}: {records.find(session, actor, problem_id or 0).title}"
    return str(problem_id)


def _sorting(what: TriageInput) -> Facts:
    fixer = what.fixability.capitalize() if what.fixability else "As the category says"
    category = category_by_id(what.category)
    facts = [
        ("Category", category.staff_label if category else "Not sorted yet"),
        ("Impact", str(what.impact)),
        ("Who can put it right", fixer),
    ]
    return [*facts, ("Workaround", what.workaround)] if what.workaround else facts
