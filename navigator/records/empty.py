"""Emptying tickets: words, addresses and files of them go, and a row without words stays for the counts."""

from collections.abc import Collection, Mapping

from sqlmodel import Session

from navigator.people.actor import Actor
from navigator.records.data_map import places
from navigator.records.own_rows import emptied, forget_rows
from navigator.tickets.action_rules import Action
from navigator.tickets.lifecycle import record
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import lock_tickets
from navigator.triage.forget_texts import forget_texts
from navigator.triage.model_versions import unlearn

_COLUMNS: Mapping[str, str] = {"pwp_said": "practitioner_name_given"}
"""The attributes of columns of tickets that have another name."""


def empty_tickets(session: Session, actor: Actor, numbers: Collection[int]) -> dict[str, int]:
    """Empty tickets that are over; how many rows were emptied or deleted, by place. Each has an event of it.

    What the model learned of them goes: their vectors, and each version that learned from them.
    """
    lock_tickets(session, actor, numbers)
    counts = forget_rows(session, numbers)
    for number in sorted(numbers):
        ticket = record(session, actor, Action.EMPTY, session.get_one(Ticket, number))
        _empty(ticket)
    session.flush()
    unlearn(session, numbers)
    forget_texts()
    return counts | {"ticket": len(numbers)}


def _empty(ticket: Ticket) -> None:
    place = places()["ticket"]
    for column in place.personal:
        name = _COLUMNS.get(column, column)
        setattr(ticket, name, emptied(place, column, getattr(ticket, name)))
    ticket.pwp_id, ticket.practitioner_is_confirmed = None, False
