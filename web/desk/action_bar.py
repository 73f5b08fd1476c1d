"""Action bar of a ticket: the three likely actions as buttons, every other that is allowed in a menu."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from navigator.people.actor import Actor
from navigator.tickets.action_rules import ACTION_RULES, Action
from navigator.tickets.detail import TicketDetail
from navigator.tickets.enums import Status
from web.desk.ticket_actions import GROUPS, TICKET_ACTIONS, TicketAction

A = Action
BUTTONS = 3
_LIVE = (A.CLAIM, A.REPLY, A.RESOLVE, A.ANSWER, A.CONFIRM, A.NOTE, A.ASSIGN, A.REQUEST_REVIEW)
_ENDED = (A.REOPEN, A.REPLY, A.ANSWER, A.NOTE, A.REQUEST_REVIEW)
LIKELY: Mapping[Status, tuple[Action, ...]] = MappingProxyType(
    {
        Status.NEW: _LIVE,
        Status.OPEN: _LIVE,
        Status.WAITING_FOR_REPORTER: (A.CLAIM, A.REPLY, A.CALL, A.RESOLVE, *_LIVE),
        Status.WAITING_FOR_SUPPLIER: (A.CLAIM, A.REPLY, A.SNOOZE, A.RESOLVE, *_LIVE),
        Status.RESOLVED: (A.CONFIRM, A.REOPEN, A.REPLY, A.CLOSE, *_ENDED),
        Status.CLOSED: _ENDED,
        Status.MERGED: _ENDED,
    }
)
"""What is likely done in each status, likeliest first: the first three that somebody may do are buttons.

What is not sorted yet is sorted first.
"""

KEYS: Mapping[str, str] = MappingProxyType(
    {
        ACTION_RULES[action].address: key
        for action, key in {A.CLAIM: "c", A.REPLY: "r", A.NOTE: "n", A.RESOLVE: "e", A.SNOOZE: "s"}.items()
    }
)
"""The single keys of actions, by their addresses."""

Rows = Mapping[str, TicketAction]


@dataclass(frozen=True)
class ActionBar:
    """What an actor can do to a ticket as it stands: the likely, and by group what stands in the menu."""

    likely: Rows
    more: Mapping[str, Rows]


def action_bar(actor: Actor, detail: TicketDetail) -> ActionBar:
    """The action bar of a ticket for an actor."""
    offered = {address: row for address, row in TICKET_ACTIONS.items() if row.action in detail.allowed}
    if not is_to_be_taken(actor, detail):
        offered.pop(ACTION_RULES[A.CLAIM].address, None)
    usual = LIKELY[Status(detail.ticket.status)]
    first = () if detail.ticket.category else (A.CLAIM, A.TRIAGE)
    order = dict.fromkeys(ACTION_RULES[action].address for action in (*first, *usual))
    likely = {address: offered.pop(address) for address in [*filter(offered.get, order)][:BUTTONS]}
    more = {
        group: {address: row for address, row in offered.items() if row.group == group} for group in GROUPS
    }
    return ActionBar(likely, {group: rows for group, rows in more.items() if rows})


def is_to_be_taken(actor: Actor, detail: TicketDetail) -> bool:
    """Whether to take a ticket means something: nobody has it, or somebody else who is away."""
    holder = detail.ticket.assignee_id
    return holder is None or (holder != actor.user_id and holder in detail.away)
