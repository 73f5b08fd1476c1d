"""Holds: a ticket, or all tickets of its person, is neither deleted nor erased until somebody lifts it."""

from collections.abc import Sequence
from datetime import date

from pydantic import Field
from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from navigator import clock
from navigator.errors import Forbidden, Invalid, NotFound
from navigator.fields import ComingDay, Input, Line, YesNo
from navigator.people.actor import Actor
from navigator.people.audit_log import record_change
from navigator.people.reporter import number_of, reference
from navigator.people.user import Role
from navigator.records.find import MAY_FIND, find_tickets
from navigator.records.identifiers import Identifier
from navigator.records.tables import RecordHold
from navigator.tickets.ticket import Ticket

SUBJECT = "record"


class HoldInput(Input):
    """What is held, why, and until when."""

    number: Line = Field(min_length=1, title="the number of the ticket")
    is_of_person: YesNo = Field(default=False, title="all tickets of this person")
    reason: Line = Field(min_length=1, title="why it is held")
    until_on: ComingDay = Field(title="until when")


def _is_on(today: date) -> tuple[ColumnElement[bool], ...]:
    return col(RecordHold.lifted_at).is_(None), col(RecordHold.until_on) >= today


@clock.one_moment()
def hold(session: Session, actor: Actor, hold_input: HoldInput) -> RecordHold:
    """Hold a ticket of a service whose records the actor may find, and audit that; the same twice is one."""
    ticket = _own_ticket(session, actor, number_of(hold_input.number) or 0)
    if hold_input.until_on < clock.today():
        raise Invalid("There is a problem", {"until_on": "That day is over. Enter today or a later day."})
    if same := _same_hold(session, ticket.number, hold_input):
        return same
    row = RecordHold(
        ticket_number=ticket.number,
        is_of_person=hold_input.is_of_person,
        reason=hold_input.reason,
        until_on=hold_input.until_on,
        set_by=actor.user_id,
    )
    session.add(row)
    record_change(session, actor, ticket.service_id, SUBJECT, f"{reference(ticket.number)} was put on hold")
    session.flush()
    return row


def _same_hold(session: Session, number: int, hold_input: HoldInput) -> RecordHold | None:
    query = select(RecordHold).where(
        *_is_on(clock.today()),
        col(RecordHold.ticket_number) == number,
        col(RecordHold.is_of_person) == hold_input.is_of_person,
        col(RecordHold.reason) == hold_input.reason,
        col(RecordHold.until_on) == hold_input.until_on,
    )
    return session.scalars(query.limit(1)).first()


def lift(session: Session, actor: Actor, hold_id: int) -> None:
    """Lift a hold, and audit that."""
    row = session.get(RecordHold, hold_id, with_for_update=True)
    if row is None:
        raise NotFound("We cannot find that hold.")
    ticket = _own_ticket(session, actor, row.ticket_number)
    row.lifted_at, row.lifted_by = row.lifted_at or clock.now(), row.lifted_by or actor.user_id
    record_change(session, actor, ticket.service_id, SUBJECT, f"{reference(ticket.number)}: hold lifted")


def _own_ticket(session: Session, actor: Actor, number: int) -> Ticket:
    if actor.user_id is None:
        raise Forbidden("Records are held by a person.")
    ticket = session.get(Ticket, number)
    if ticket is None or ticket.service_id not in actor.services(*MAY_FIND):
        raise Invalid("There is a problem", {"number": "There is no such ticket in your service."})
    return ticket


def list_holds(session: Session, actor: Actor) -> Sequence[RecordHold]:
    """The holds of an actor's services, the newest first."""
    own = select(col(Ticket.number)).where(col(Ticket.service_id).in_(actor.services(*MAY_FIND, Role.ADMIN)))
    query = select(RecordHold).where(col(RecordHold.ticket_number).in_(own))
    return session.scalars(query.order_by(col(RecordHold.id).desc())).all()


def all_held(session: Session) -> frozenset[int]:
    """All tickets that are on hold today, by themselves or by their person."""
    held: set[int] = set()
    for row in session.scalars(select(RecordHold).where(*_is_on(clock.today()))):
        held.add(row.ticket_number)
        if row.is_of_person:
            held |= _of_person(session, row.ticket_number)
    return frozenset(held)


def _of_person(session: Session, number: int) -> set[int]:
    ticket = session.get_one(Ticket, number)
    found = find_tickets(session, [ticket.service_id], [Identifier("ticket", str(number))])
    return {each.ticket.number for each in found}
