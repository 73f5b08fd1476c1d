"""What can be done to many tickets: what each deed asks, the desk's verb for it, and what is in its way."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar

from sqlmodel import Session, col, select

from navigator.bulk.bulk import BulkAction
from navigator.canned_replies import replies
from navigator.canned_replies.placeholders import unfilled_placeholders, unknown_placeholders
from navigator.errors import Conflict, Invalid
from navigator.fields import Input
from navigator.people.actor import Actor
from navigator.people.user import Membership, Role, User
from navigator.problems.inputs import LinkInput
from navigator.problems.linking import link
from navigator.problems.problem import Problem
from navigator.tickets.actions import staff
from navigator.tickets.inputs import AssignInput, ResolveInput, SayInput, TriageInput
from navigator.tickets.lifecycle import RULES, allowed
from navigator.tickets.ticket import Action, Ticket
from navigator.tickets.triage import category_by_id

Do = Callable[[Session, Actor, int, Any], object]
Why = Callable[[Ticket], str]
"""Why a deed cannot be done to a ticket, in words; nothing if it can."""
Spoken = TypeVar("Spoken", SayInput, ResolveInput)

CLINICIAN_FIRST = "A clinician must finish with it first."
_BY_ITSELF = frozenset({Action.GUARD, Action.OVERDUE, Action.WARN})


@dataclass(frozen=True)
class BulkActionRule:
    """One thing that can be done to many tickets.

    `minds` are the actions that, done by anybody since a ticket was confirmed, make it a matter for a person.
    """

    title: str
    phrase: str
    form: type[Input]
    run: Do
    obstacle: Callable[[Session, Actor, Any], Why]
    refuses_after: frozenset[Action] = frozenset(Action) - _BY_ITSELF

    def counted(self, many: int) -> str:
        """The deed and to how many tickets: "Reply to 4 tickets"."""
        return self.phrase.format(f"{many:,} ticket{'' if many == 1 else 's'}")


def _unassignable(session: Session, _: Actor, what: AssignInput) -> Why:
    if what.assignee_id is None:
        return lambda ticket: "" if ticket.assignee_id else "Nobody has it already."
    query = select(Membership.service_id, User.name).join(User, col(User.id) == col(Membership.user_id))
    query = query.where(col(User.id) == what.assignee_id, col(User.is_active))
    found = dict(session.exec(query.where(Membership.role == Role.NAVIGATOR)).all())

    def why(ticket: Ticket) -> str:
        if ticket.service_id not in found:
            return "They are not a navigator of its service."
        return f"{found[ticket.service_id]} has it already." if ticket.assignee_id == what.assignee_id else ""

    return why


def _unlinkable(session: Session, _: Actor, what: LinkInput) -> Why:
    if what.problem_id is None:
        raise Invalid("There is a problem", {"problem_id": "Choose a problem"})
    found = session.get(Problem, what.problem_id)

    def why(ticket: Ticket) -> str:
        if ticket.problem_id == what.problem_id:
            return "It is linked to it already."
        fits = found is not None and found.programme_id == ticket.programme_id
        return "" if fits else "The problem is of another programme."

    return why


def _unspeakable(session: Session, actor: Actor, what: SayInput | ResolveInput) -> Why:
    if unknown := unknown_placeholders(what.body):
        raise Invalid("There is a problem", {"body": f"Nothing is known to fill in {unknown[0]} with."})

    def why(ticket: Ticket) -> str:
        left = unfilled_placeholders(replies.fill(session, actor, ticket, what.body))
        return f"There is nothing to fill in {left[0]} with." if left else ""

    return why


def _unsortable(_: Session, __: Actor, what: TriageInput) -> Why:
    category_by_id(what.category)  # which must exist
    return lambda _: ""


def _spoken(verb: Callable[[Session, Actor, int, Spoken], object]) -> Do:
    """The verb, with what is said filled in from each ticket: a blank never goes out."""

    def do(session: Session, actor: Actor, number: int, what: Spoken) -> object:
        ticket = session.get_one(Ticket, number)
        if why := _unspeakable(session, actor, what)(ticket):
            raise Conflict(why)
        body = replies.fill(session, actor, ticket, what.body)
        return verb(session, actor, number, what.model_copy(update={"body": body}))

    return do


BULK_ACTIONS: Mapping[BulkAction, BulkActionRule] = MappingProxyType(
    {
        BulkAction.ASSIGN: BulkActionRule(
            "Assign",
            "Assign {}",
            AssignInput,
            staff.assign,
            _unassignable,
            # Whoever has it need only be whoever had it: what else was done goes with the ticket.
            refuses_after=frozenset({Action.ASSIGN, Action.CLAIM}),
        ),
        BulkAction.TRIAGE: BulkActionRule(
            "Sort again", "Sort {} again", TriageInput, staff.triage, _unsortable
        ),
        BulkAction.LINK: BulkActionRule(
            "Link to a known problem", "Link {} to a known problem", LinkInput, link, _unlinkable
        ),
        BulkAction.REPLY: BulkActionRule(
            "Reply", "Reply to {}", SayInput, _spoken(staff.reply), _unspeakable
        ),
        BulkAction.RESOLVE: BulkActionRule(
            "Resolve", "Resolve {}", ResolveInput, _spoken(staff.resolve), _unspeakable
        ),
    }
)
"""All of them, in the order in which they are offered."""


def why_not(session: Session, actor: Actor, action: BulkAction, what: Any) -> Why:
    """Why a deed is not for a ticket as it stands, by what anybody may know of it."""
    in_the_way = BULK_ACTIONS[action].obstacle(session, actor, what)

    def why(ticket: Ticket) -> str:
        if ticket.has_open_review:
            return CLINICIAN_FIRST
        if Action(action) in allowed(actor, ticket):
            return in_the_way(ticket)
        if ticket.status not in RULES[Action(action)].when:
            return f"It is {ticket.status.replace('_', ' ')}."
        return "You may not do this to it."

    return why


def available_actions(actor: Actor, tickets: Collection[Ticket]) -> dict[BulkAction, BulkActionRule]:
    """What an actor may do to one of these tickets at least."""
    able = frozenset().union(*(allowed(actor, one) for one in tickets))
    return {action: deed for action, deed in BULK_ACTIONS.items() if Action(action) in able}
