"""Bulk actions: what each asks, the function that does it, and the obstacles on a ticket."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar

from sqlmodel import Session, col, select

from navigator.bulk.tables import BulkAction
from navigator.canned_replies import replies
from navigator.errors import Conflict, Invalid
from navigator.fields import Input
from navigator.people.actor import Actor
from navigator.people.user import Membership, Role, User
from navigator.problems.linking import UNCONFIRMED, link, words_to_confirm, workaround_words
from navigator.problems.problem import Problem
from navigator.tickets.action_rules import ACTION_RULES, Action
from navigator.tickets.actions import sending, staff
from navigator.tickets.attached_files import words_alone
from navigator.tickets.inputs import (
    AssignInput,
    LinkInput,
    SendInput,
    SendResolvedInput,
    TriageInput,
    WriteInput,
)
from navigator.tickets.lifecycle import allowed_actions
from navigator.tickets.placeholders import placeholders_in, unknown_placeholders
from navigator.tickets.ticket import Ticket
from navigator.tickets.triage import category_by_id

Run = Callable[[Session, Actor, int, Any], object]
Obstacle = Callable[[Ticket], str]
"""Why an action cannot be done to a ticket, in words; nothing if it can."""
TextInput = TypeVar("TextInput", SendInput, SendResolvedInput, LinkInput)

_OTHER_WORDS = "They were written to about another problem. Link it on its own page."
CLINICIAN_FIRST = "A clinician must finish with it first."
_AUTOMATIC = frozenset({Action.GUARD, Action.OVERDUE, Action.WARN})


@dataclass(frozen=True)
class BulkActionRule:
    """One action that can be done to many tickets; what it asks stands in its row of `ACTION_RULES`.

    `refuses_after` are the actions after which it is refused, if anybody did one since it was confirmed.
    """

    action: BulkAction
    title: str
    phrase: str
    help_text: str
    run: Run
    obstacle: Callable[[Session, Actor, Any], Obstacle]
    refuses_after: frozenset[Action] = frozenset(Action) - _AUTOMATIC

    @property
    def input(self) -> type[Input]:
        """The model of its form."""
        return ACTION_RULES[Action(self.action)].input

    def counted(self, count: int) -> str:
        """The action and to how many tickets: "Reply to 4 tickets"."""
        return self.phrase.format(f"{count:,} ticket{'' if count == 1 else 's'}")


def _assign_obstacle(session: Session, _: Actor, assignment: AssignInput) -> Obstacle:
    if assignment.assignee_id is None:
        return lambda ticket: "" if ticket.assignee_id else "Nobody has it already."
    query = select(Membership.service_id, User.name).join(User, col(User.id) == col(Membership.user_id))
    query = query.where(col(User.id) == assignment.assignee_id, col(User.is_active))
    names = dict(session.exec(query.where(Membership.role == Role.NAVIGATOR)).all())

    def reason(ticket: Ticket) -> str:
        if ticket.service_id not in names:
            return "They are not a navigator of its service."
        has_it = ticket.assignee_id == assignment.assignee_id
        return f"{names[ticket.service_id]} has it already." if has_it else ""

    return reason


def _link_obstacle(session: Session, _: Actor, link_input: LinkInput) -> Obstacle:
    if link_input.problem_id is None:
        raise Invalid("There is a problem", {"problem_id": "Choose a problem"})
    problem = session.get(Problem, link_input.problem_id)
    words = words_for_many(session, link_input)
    if words and link_input.tell is None:
        raise Conflict(UNCONFIRMED, {"body": words})

    def reason(ticket: Ticket) -> str:
        if ticket.problem_id == link_input.problem_id:
            return "It is linked to it already."
        if problem is None or problem.programme_id != ticket.programme_id:
            return "The problem is of another programme."
        needs_other_words = words_to_confirm(session, ticket, problem.id) not in ("", words)
        return _OTHER_WORDS if needs_other_words else ""

    return reason


def words_for_many(session: Session, link_input: LinkInput) -> str:
    """What the reporters of many tickets would read of a link."""
    problem = session.get(Problem, link_input.problem_id) if link_input.problem_id else None
    return workaround_words(problem) if problem else ""


def words_to_reporters(session: Session, actor: Actor, ticket: Ticket, params: Any) -> str:
    """What the reporter of one of many tickets reads of an action; a workaround is read as it stands."""
    if isinstance(params, TriageInput):
        return params.workaround
    return replies.fill_placeholders(session, actor, ticket, getattr(params, "body", ""))


def _send_obstacle(session: Session, actor: Actor, message: WriteInput | LinkInput) -> Obstacle:
    if unknown := unknown_placeholders(message.body):
        raise Invalid("There is a problem", {"body": f"Nothing is known to fill in {unknown[0]} with."})

    def reason(ticket: Ticket) -> str:
        unfilled = placeholders_in(replies.fill_placeholders(session, actor, ticket, message.body))
        return f"There is nothing to fill in {unfilled[0]} with." if unfilled else ""

    return reason


def _triage_obstacle(_: Session, __: Actor, triage_input: TriageInput) -> Obstacle:
    category_by_id(triage_input.category)  # which must exist
    return lambda _: ""


def _with_filled_placeholders(action: Callable[[Session, Actor, int, TextInput], object]) -> Run:
    """An action whose text has its placeholders filled in from each ticket: none is ever sent unfilled."""

    def run(session: Session, actor: Actor, number: int, message: TextInput) -> object:
        ticket = session.get_one(Ticket, number)
        if reason := _send_obstacle(session, actor, message)(ticket):
            raise Conflict(reason)
        body = replies.fill_placeholders(session, actor, ticket, message.body)
        with words_alone(session):
            return action(session, actor, number, message.model_copy(update={"body": body}))

    return run


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
                _assign_obstacle,
                # Whoever has it need only be whoever had it: what else was done goes with the ticket.
                refuses_after=frozenset({Action.ASSIGN, Action.CLAIM}),
            ),
            BulkActionRule(
                BulkAction.TRIAGE,
                "Sort again",
                "Sort {} again",
                "Put them all into one category.",
                staff.triage,
                _triage_obstacle,
            ),
            BulkActionRule(
                BulkAction.LINK,
                "Link to a known problem",
                "Link {} to a known problem",
                "You see first what their reporters would read. They get all later news.",
                _with_filled_placeholders(link),
                _link_obstacle,
            ),
            BulkActionRule(
                BulkAction.REPLY,
                "Reply",
                "Reply to {}",
                "Each reporter reads the same words, filled in from their own ticket.",
                _with_filled_placeholders(sending.reply),
                _send_obstacle,
            ),
            BulkActionRule(
                BulkAction.RESOLVE,
                "Resolve",
                "Resolve {}",
                "Say how they ended. Each reporter is asked if it works.",
                _with_filled_placeholders(sending.resolve),
                _send_obstacle,
            ),
        )
    }
)
"""All of them, in the order in which they are offered."""


def obstacle_for(session: Session, actor: Actor, action: BulkAction, params: Any) -> Obstacle:
    """Why an action cannot be done to a ticket as it stands, by what anybody may know of it."""
    obstacle = BULK_ACTIONS[action].obstacle(session, actor, params)

    def reason(ticket: Ticket) -> str:
        if ticket.has_open_review:
            return CLINICIAN_FIRST
        if Action(action) in allowed_actions(actor, ticket):
            return obstacle(ticket)
        if ticket.status not in ACTION_RULES[Action(action)].statuses:
            return f"It is {ticket.status.replace('_', ' ')}."
        return "You may not do this to it."

    return reason


def available_actions(actor: Actor, tickets: Collection[Ticket]) -> dict[BulkAction, BulkActionRule]:
    """The bulk actions that an actor may do to one of these tickets at least."""
    allowed = frozenset().union(*(allowed_actions(actor, ticket) for ticket in tickets))
    return {action: rule for action, rule in BULK_ACTIONS.items() if Action(action) in allowed}
