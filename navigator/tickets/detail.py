"""One ticket with everything at hand: for staff all that they may know, for its reporter what is public."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlmodel import Session, col, select

from navigator.catalogue.catalogue import Category, catalogue
from navigator.catalogue.contact import Contact
from navigator.catalogue.lookups import contact_of
from navigator.catalogue.programme import Programme
from navigator.catalogue.service import Service
from navigator.people.actor import Actor
from navigator.people.reporter import Reporter
from navigator.people.user import User
from navigator.tickets.action_rules import Action
from navigator.tickets.enums import TicketRole
from navigator.tickets.lifecycle import allowed
from navigator.tickets.phone_call import PhoneCall
from navigator.tickets.ticket import Audience, ClinicalReview, Event, Message, Ticket
from navigator.tickets.visibility import find, roles_on

Row = TypeVar("Row", Event, ClinicalReview, PhoneCall)

_KNOWS_CONTACT = {TicketRole.NAVIGATOR, TicketRole.CLINICIAN, TicketRole.PWP, TicketRole.REPORTER}


@dataclass(frozen=True)
class TicketDetail:
    """A ticket and what belongs to it; `reporter` is None for those who need not know how to reach them.

    `contact` is whom it was passed on to; `turn_to` is whom a rule names for what stays with the navigators.
    """

    ticket: Ticket
    service: Service
    programme: Programme | None
    category: Category | None
    reporter: Reporter | None
    contact: Contact | None
    suggested_contact: Contact | None
    messages: Sequence[Message]
    events: Sequence[Event]
    reviews: Sequence[ClinicalReview]
    calls: Sequence[PhoneCall]
    names: Mapping[int, str]
    allowed: frozenset[Action]
    parts: frozenset[TicketRole]

    @property
    def assignee(self) -> str | None:
        """The name of whoever has the ticket."""
        return self.names.get(self.ticket.assignee_id or 0)

    @property
    def given(self) -> Event | None:
        """How the ticket came to whoever has it or, where nobody has, why it was given to nobody."""
        given = (one for one in reversed(self.events) if one.action in (Action.ASSIGN, Action.CLAIM))
        return next(given, None)

    @property
    def snoozed(self) -> tuple[str, str]:
        """Who left it aside last, and why; both empty if nobody did."""
        events = [one for one in self.events if one.action == Action.SNOOZE][-1:]
        notes = [
            one
            for one in self.messages
            if one.action == Action.SNOOZE and events[0].created_at <= one.created_at
        ]
        return "".join(one.actor_name for one in events), "".join(one.body for one in notes)


def ticket_detail(session: Session, actor: Actor, number: int) -> TicketDetail:
    """Everything about a ticket that an actor may know."""
    ticket = find(session, actor, number)
    played = roles_on(actor, ticket)
    is_staff = not played <= {TicketRole.REPORTER}
    messages = _messages(session, ticket, only_public=not is_staff)
    events = _of(session, Event, number) if is_staff else []
    return TicketDetail(
        ticket=ticket,
        service=session.get_one(Service, ticket.service_id),
        programme=session.get(Programme, ticket.programme_id) if ticket.programme_id else None,
        category=catalogue().category(ticket.category) if ticket.category else None,
        reporter=session.get_one(Reporter, ticket.reporter_id) if played & _KNOWS_CONTACT else None,
        contact=_contact(session, ticket, ticket.diverted_to),
        suggested_contact=_contact(session, ticket, ticket.suggested_contact),
        messages=messages,
        events=events,
        reviews=_of(session, ClinicalReview, number) if is_staff and ticket.review_requested_at else [],
        calls=_of(session, PhoneCall, number) if is_staff else [],
        names=_names(session, ticket, messages, events),
        allowed=allowed(actor, ticket),
        parts=played,
    )


def _of(session: Session, table: type[Row], number: int) -> Sequence[Row]:
    """What of this kind belongs to a ticket, oldest first."""
    query = select(table).where(table.ticket_number == number)
    return session.exec(query.order_by(col(table.id))).all()


def _messages(session: Session, ticket: Ticket, only_public: bool) -> Sequence[Message]:
    query = select(Message).where(Message.ticket_number == ticket.number).order_by(col(Message.id))
    if only_public:
        query = query.where(Message.audience == Audience.PUBLIC)
    return session.exec(query).all()


def _contact(session: Session, ticket: Ticket, kind: str | None) -> Contact | None:
    return contact_of(session, ticket.service_id, kind) if kind else None


def _names(
    session: Session, ticket: Ticket, messages: Sequence[Message], events: Sequence[Event]
) -> dict[int, str]:
    covered = {id for event in events for id in (*event.details.get("covers", ()), event.details.get("from"))}
    wanted = {ticket.assignee_id, ticket.pwp_id, *(message.author_id for message in messages)}
    wanted = (wanted | covered) - {None}
    rows = session.exec(select(User.id, User.name).where(col(User.id).in_(wanted))) if wanted else ()
    return dict(iter(rows))


def changes_since(session: Session, actor: Actor, number: int, version: int) -> Sequence[Event]:
    """What others did to a ticket since the version that somebody saw."""
    find(session, actor, number)
    query = select(Event).where(Event.ticket_number == number, Event.version > version)
    return session.exec(query.order_by(col(Event.id))).all()
