"""Action bar of a ticket: the three likely actions as buttons, every other that is allowed in a menu."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from navigator.people.actor import Actor
from navigator.tickets.action_rules import ACTION_RULES, Action
from navigator.tickets.detail import TicketDetail
from navigator.tickets.enums import Status
from web.desk.ticket_actions import GROUPS, TICKET_ACTIONS

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


class Button(NamedTuple):
    """What is drawn of an action: `is_pressed` of one without fields, `key` where a single key presses it."""

    address: str
    title: str
    is_pressed: bool
    key: str


@dataclass(frozen=True)
class ActionBar:
    """What an actor can do to a ticket as it stands: the likely, and by group what stands in the menu.

    It names no ticket, so that a bar is drawn once for all of which the same can be done."""

    likely: tuple[Button, ...]
    more: tuple[tuple[str, tuple[Button, ...]], ...]


def action_bar(actor: Actor, detail: TicketDetail) -> ActionBar:
    """The action bar of a ticket for an actor."""
    offered = {address: row for address, row in TICKET_ACTIONS.items() if row.action in detail.allowed}
    if not is_to_be_taken(actor, detail):
        offered.pop(ACTION_RULES[A.CLAIM].address, None)
    usual = LIKELY[Status(detail.ticket.status)]
    first = () if detail.ticket.category else (A.CLAIM, A.TRIAGE)
    order = dict.fromkeys(ACTION_RULES[action].address for action in (*first, *usual))
    likely = [address for address in order if address in offered][:BUTTONS]
    rest = [address for address in offered if address not in likely]
    groups = ((group, [address for address in rest if offered[address].group == group]) for group in GROUPS)
    return ActionBar(_buttons(likely), tuple((group, _buttons(of_it)) for group, of_it in groups if of_it))


def _buttons(addresses: Iterable[str]) -> tuple[Button, ...]:
    return tuple(_BUTTONS[address] for address in addresses)


_BUTTONS = {
    address: Button(address, row.title, row.is_pressed, KEYS.get(address, ""))
    for address, row in TICKET_ACTIONS.items()
}


def is_to_be_taken(actor: Actor, detail: TicketDetail) -> bool:
    """Whether to take a ticket means something: nobody has it, or somebody else who is away."""
    holder = detail.ticket.assignee_id
    return holder is None or (holder != actor.user_id and holder in detail.away)
