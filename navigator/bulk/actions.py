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
from navigator.problems.linking import link
from navigator.problems.problem import Problem
from navigator.tickets.action_rules import ACTION_RULES, Action
from navigator.tickets.actions import staff
from navigator.tickets.inputs import AssignInput, LinkInput, ResolveInput, SayInput, TriageInput
from navigator.tickets.lifecycle import allowed_actions
from navigator.tickets.ticket import Ticket
from navigator.tickets.triage import category_by_id

Run = Callable[[Session, Actor, int, Any], object]
Obstacle = Callable[[Ticket], str]
"""Why an action cannot be done to a ticket, in words; nothing if it can."""
Written = TypeVar("Written", SayInput, ResolveInput)

CLINICIAN_FIRST = "A clinician must finish with it first."
_BY_ITSELF = frozenset({Action.GUARD, Action.OVERDUE, Action.WARN})


@dataclass(frozen=True)
class BulkActionRule:
    """One action that can be done to many tickets; what it asks stands in its row of `ACTION_RULES`.

    `refuses_after` are actions that, done by anybody since it was confirmed, make a ticket a matter for a person.
    """

    action: BulkAction
    title: str
    phrase: str
    help_text: str
    run: Run
    obstacle: Callable[[Session, Actor, Any], Obstacle]
    refuses_after: frozenset[Action] = frozenset(Action) - _BY_ITSELF

    @property
    def input(self) -> type[Input]:
        """What it asks."""
        return ACTION_RULES[Action(self.action)].input

    def counted(self, many: int) -> str:
        """The action and to how many tickets: "Reply to 4 tickets"."""
        return self.phrase.format(f"{many:,} ticket{'' if many == 1 else 's'}")


def _unassignable(session: Session, _: Actor, what: AssignInput) -> Obstacle:
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


def _unlinkable(session: Session, _: Actor, what: LinkInput) -> Obstacle:
    if what.problem_id is None:
        raise Invalid("There is a problem", {"problem_id": "Choose a problem"})
    found = session.get(Problem, what.problem_id)

    def why(ticket: Ticket) -> str:
        if ticket.problem_id == what.problem_id:
            return "It is linked to it already."
        fits = found is not None and found.programme_id == ticket.programme_id
        return "" if fits else "The problem is of another programme."

    return why


def _unwritable(session: Session, actor: Actor, what: SayInput | ResolveInput) -> Obstacle:
    if unknown := unknown_placeholders(what.body):
        raise Invalid("There is a problem", {"body": f"Nothing is known to fill in {unknown[0]} with."})

    def why(ticket: Ticket) -> str:
        left = unfilled_placeholders(replies.fill_placeholders(session, actor, ticket, what.body))
        return f"There is nothing to fill in {left[0]} with." if left else ""

    return why


def _untriageable(_: Session, __: Actor, what: TriageInput) -> Obstacle:
    category_by_id(what.category)  # which must exist
    return lambda _: ""


def _written(verb: Callable[[Session, Actor, int, Written], object]) -> Run:
    """The verb, with what is said filled in from each ticket: a blank never goes out."""

    def do(session: Session, actor: Actor, number: int, what: Written) -> object:
        ticket = session.get_one(Ticket, number)
        if why := _unwritable(session, actor, what)(ticket):
            raise Conflict(why)
        body = replies.fill_placeholders(session, actor, ticket, what.body)
        return verb(session, actor, number, what.model_copy(update={"body": body}))

    return do


BULK_ACTIONS: Mapping[BulkAction, BulkActionRule] = MappingProxyType(
    {
        rule.action: rule
        for rule in (
            BulkActionRule(
                BulkAction.ASSIGN,
                "Assign",
                "Assign {}",
                "Give them to one navigator, or back to the queue.",
                staff.assign,
                _unassignable,
                # Whoever has it need only be whoever had it: what else was done goes with the ticket.
                refuses_after=frozenset({Action.ASSIGN, Action.CLAIM}),
            ),
            BulkActionRule(
                BulkAction.TRIAGE,
                "Sort again",
                "Sort {} again",
                "Put them all into one category.",
                staff.triage,
                _untriageable,
            ),
            BulkActionRule(
                BulkAction.LINK,
                "Link to a known problem",
                "Link {} to a known problem",
                "Their reporters get its workaround and all later news.",
                link,
                _unlinkable,
            ),
            BulkActionRule(
                BulkAction.REPLY,
                "Reply",
                "Reply to {}",
                "Each reporter reads the same words, filled in from their own ticket.",
                _written(staff.reply),
                _unwritable,
            ),
            BulkActionRule(
                BulkAction.RESOLVE,
                "Resolve",
                "Resolve {}",
                "Say how they ended. Each reporter is asked if it works.",
                _written(staff.resolve),
                _unwritable,
            ),
        )
    }
)
"""All of them, in the order in which they are offered."""


def obstacle_for(session: Session, actor: Actor, action: BulkAction, what: Any) -> Obstacle:
    """Why a deed is not for a ticket as it stands, by what anybody may know of it."""
    obstacle = BULK_ACTIONS[action].obstacle(session, actor, what)

    def why(ticket: Ticket) -> str:
        if ticket.has_open_review:
            return CLINICIAN_FIRST
        if Action(action) in allowed_actions(actor, ticket):
            return obstacle(ticket)
        if ticket.status not in ACTION_RULES[Action(action)].statuses:
            return f"It is {ticket.status.replace('_', ' ')}."
        return "You may not do this to it."

    return why


def available_actions(actor: Actor, tickets: Collection[Ticket]) -> dict[BulkAction, BulkActionRule]:
    """What an actor may do to one of these tickets at least."""
    able = frozenset().union(*(allowed_actions(actor, one) for one in tickets))
    return {action: deed for action, deed in BULK_ACTIONS.items() if Action(action) in able}
