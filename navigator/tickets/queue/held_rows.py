"""Rows of lists as their reader may know them: without what was done with words that have not left."""

from collections import namedtuple
from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select

from navigator import clock
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.tickets.held_send import HeldSend, as_its_reporter_knows
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import may_read_notes


def as_reader_knows(session: Session, actor: Actor, rows: Sequence[Any]) -> Sequence[Any]:
    """Rows of tickets, those that their reader only reported as their pages show them: what is not kept, if
    it is taken back, is shown in no list. What leaves a list meanwhile is back in it then."""
    if not rows or actor.user_id is None or actor.services() <= actor.services(Role.NAVIGATOR, Role.MANAGER):
        return rows
    now = clock.now()
    is_held = col(Ticket.number).in_(
        select(HeldSend.ticket_number).where(col(HeldSend.leaves_at) > now, col(HeldSend.created_at) <= now)
    )
    is_only_reported = (col(Ticket.reporter_user_id) == actor.user_id, ~may_read_notes(actor))
    numbers = [row.number for row in rows]
    query = select(Ticket).where(col(Ticket.number).in_(numbers), is_held, *is_only_reported)
    known = {ticket.number: as_its_reporter_knows(session, ticket, now) for ticket in session.exec(query)}
    return [_as_known(row, known[row.number]) if row.number in known else row for row in rows]


def _as_known(row: Any, ticket: Ticket) -> Any:
    values: dict[str, Any] = row._asdict()
    values |= {name: getattr(ticket, name) for name in values if name in Ticket.model_fields}
    row_type: Any = namedtuple("_Row", values)  # type: ignore[misc]
    return row_type(**values)
