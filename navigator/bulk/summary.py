"""Summary of a bulk action in words: names for the ids and codes that were confirmed."""

from contextlib import suppress
from typing import Any

from sqlmodel import Session, col, select

from navigator.catalogue.enums import FIXERS
from navigator.errors import NotFound
from navigator.people.actor import Actor
from navigator.people.user import Membership, User
from navigator.problems import records
from navigator.tickets.inputs import AssignInput, LinkInput, TriageInput, WriteInput
from navigator.tickets.send_choices import DOES, FOLLOW_UPS
from navigator.tickets.triage import category_by_id

SummaryRows = list[tuple[str, str]]


def summarise(session: Session, actor: Actor, params: Any) -> SummaryRows:
    """The parameters of an action as labels and texts, without the message to reporters."""
    if isinstance(params, WriteInput):
        return _write_rows(params)
    match params:
        case AssignInput():
            return [("To", _assignee_name(session, actor, params.assignee_id))]
        case LinkInput():
            told = "See below" if params.tell else "They are told nothing now"
            return [("Problem", _problem_title(session, actor, params.problem_id)), ("Reporters", told)]
        case TriageInput():
            return _triage_rows(params)
    return []


def _write_rows(message: WriteInput) -> SummaryRows:
    """What is done in one with words to reporters."""
    category = category_by_id(message.sort_as) if message.sort_as else None
    does = getattr(message, "resolution", None) or getattr(message, "does", None)
    rows = (
        ("When it is sent", DOES[does] if does else ""),
        ("Category", category.staff_label if category else ""),
        ("Then", FOLLOW_UPS[message.follow_up] if message.follow_up else ""),
    )
    return [row for row in rows if row[1]]


def _assignee_name(session: Session, actor: Actor, user_id: int | None) -> str:
    if user_id is None:
        return "Nobody: back to the queue"
    in_services = col(Membership.service_id).in_(sorted(actor.services()))
    query = select(User.name).join(Membership, col(Membership.user_id) == col(User.id))
    return session.exec(query.where(User.id == user_id, in_services)).first() or "Somebody"


def _problem_title(session: Session, actor: Actor, problem_id: int | None) -> str:
    with suppress(NotFound):
        return f"{problem_id}: {records.find(session, actor, problem_id or 0).title}"
    return str(problem_id)


def _triage_rows(triage_input: TriageInput) -> SummaryRows:
    fixer = FIXERS[triage_input.fixability] if triage_input.fixability else "As the category says"
    category = category_by_id(triage_input.category)
    rows = [
        ("Category", category.staff_label if category else "Not sorted yet"),
        ("Impact", str(triage_input.impact)),
        ("Who can put it right", fixer),
    ]
    return [*rows, ("Workaround", triage_input.workaround)] if triage_input.workaround else rows
