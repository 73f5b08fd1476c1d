"""Ticket detail: one ticket with all that staff may know of it, or for its reporter what is public."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import bindparam
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from navigator import clock
from navigator.catalogue.catalogue import Category, catalogue
from navigator.catalogue.contact import Contact
from navigator.catalogue.lookups import contact_of, programme_of, service_of
from navigator.catalogue.programme import Programme
from navigator.catalogue.service import Service
from navigator.people import audit_spool
from navigator.people.actor import Actor
from navigator.people.private_links import known_links, live_links
from navigator.people.reporter import Reporter, ReporterKind, ReporterLink
from navigator.people.user import is_absence_on
from navigator.rows_to_read import rows_to_read, tables_to_read
from navigator.tickets.action_rules import ACTION_RULES, Action
from navigator.tickets.attached_files import Files, files_of
from navigator.tickets.booked_call import BookedCall, last_call_booked_on, live_call
from navigator.tickets.deadlines import next_session
from navigator.tickets.device_check import DeviceCheck
from navigator.tickets.enums import REPORTERS, Audience, Channel, TicketRole
from navigator.tickets.held_send import as_its_reporter_knows
from navigator.tickets.lifecycle import allowed_actions
from navigator.tickets.named_people import reporter_and_people
from navigator.tickets.phone_call import PhoneCall
from navigator.tickets.ticket import ClinicalReview, Event, Message, Ticket
from navigator.tickets.triage import NEVER
from navigator.tickets.visibility import (
    find,
    find_to_read,
    joined_tickets,
    readable_messages,
    reads_notes,
    roles_on,
)

Row = TypeVar("Row", Event, ClinicalReview, PhoneCall, Message, DeviceCheck)

_STAFF_ONLY = frozenset(action for action, rule in ACTION_RULES.items() if rule.audience == Audience.STAFF)
_BRING_CALLS = frozenset({Action.CALL, Action.MERGE})
"""Actions by which calls come to a ticket."""
_BRING_CHECKS = frozenset({Action.ANSWER, Action.MERGE})
"""Actions by which checks of a phone come to a ticket, if it was not reported with one."""


@dataclass(frozen=True)
class TicketDetail:
    """A ticket and what belongs to it; `reporter` is None for those who need not know how to reach them.

    `contact` is whom it was diverted to; `suggested_contact` is whom a routing rule names for what stays with
    the navigators; `names` are those of its people, and `away` who of them is; `roles` are the actor's.
    `checks` are what was found of the reporter's phone, for staff.
    """

    ticket: Ticket
    service: Service
    programme: Programme | None
    category: Category | None
    reporter: Reporter | None
    contact: Contact | None
    suggested_contact: Contact | None
    messages: Sequence[Message]
    files: Files
    events: Sequence[Event]
    reviews: Sequence[ClinicalReview]
    calls: Sequence[PhoneCall]
    booked_call: BookedCall | None
    names: Mapping[int, str]
    away: frozenset[int]
    allowed: frozenset[Action]
    roles: frozenset[TicketRole]
    checks: Sequence[DeviceCheck]

    @property
    def coming_session(self) -> dict[str, Any]:
        """The next session as a form asks for it, if its reader may know of it and it is to come."""
        if not self.shows_session:
            return {}
        ticket = self.ticket
        coming = next_session(ticket.session_on, ticket.session_is_weekly, clock.today())
        return {"next_session": coming, "session_is_weekly": ticket.session_is_weekly}

    @property
    def shows_session(self) -> bool:
        """Whether the actor may know of the session: no reporter, of one told for a code that they typed."""
        return not (self.ticket.session_is_by_code and self.roles <= REPORTERS)

    @property
    def assignee(self) -> str | None:
        """The name of whoever has the ticket."""
        return self.names.get(self.ticket.assignee_id or 0)

    @property
    def has_merged(self) -> bool:
        """Whether other reports are merged into it."""
        merged, parted = (
            {event.details[fact] for event in self.events if fact in event.details}
            for fact in ("merged", "parted")
        )
        return bool(merged - parted)

    @property
    def assignment_event(self) -> Event | None:
        """The event that gave the ticket to whoever has it or, where nobody has, to nobody."""
        assignments = (
            event for event in reversed(self.events) if event.action in (Action.ASSIGN, Action.CLAIM)
        )
        return next(assignments, None)

    def reviewers(self, review: ClinicalReview) -> tuple[str, str]:
        """Who read a clinical review and who ended it, by name; who ended it at once has read it too.

        The events of what was merged stay where they happened; whoever used a key has no other name.
        """
        names = {
            event.action: event.actor_name
            for event in self.events
            if event.details.get("hand_over") == review.id
        }
        ended_by = names.get(Action.CONCLUDE) or self.names.get(review.ended_by or 0)
        read_by = names.get(Action.ACKNOWLEDGE) or self.names.get(review.acknowledged_by or 0) or ended_by
        return read_by or "a clinician", ended_by or "a clinician"

    @property
    def waits_for_link(self) -> bool:
        """Whether staff reported it for a patient who can be told nothing but by a link that they pass on."""
        is_for_patient = self.ticket.reporter_kind == ReporterKind.PATIENT
        is_by_staff = is_for_patient and self.ticket.channel in (Channel.STAFF, Channel.PHONE)
        return is_by_staff and self.reporter is not None and self.reporter.is_out_of_reach

    @property
    def reads_for_navigators(self) -> bool:
        """Whether its reader may know what a clinician wrote for the navigators."""
        return bool(self.roles & {TicketRole.NAVIGATOR, TicketRole.CLINICIAN, TicketRole.MANAGER})

    @property
    def reads_outcomes(self) -> bool:
        """Whether its reader may know what a clinician did: the outcome, and to whom it was passed."""
        return bool(self.roles & {TicketRole.CLINICIAN, TicketRole.MANAGER})

    @property
    def last_snooze(self) -> tuple[str, str]:
        """Who snoozed it last, and why; both empty if nobody did."""
        events = [row for row in self.events if row.action == Action.SNOOZE][-1:]
        notes = [
            row
            for row in self.messages
            if row.action == Action.SNOOZE and events[0].created_at <= row.created_at
        ]
        return "".join(row.actor_name for row in events), "".join(row.body for row in notes)


@clock.one_moment()
def ticket_detail(session: Session, actor: Actor, number: int) -> TicketDetail:
    """Everything about a ticket that an actor may know; that they looked is noted for the audit log."""
    ticket = find_to_read(session, actor, number)
    audit_spool.note_look(actor, number, ticket.service_id)
    roles = roles_on(actor, ticket)
    sees_notes = reads_notes(roles)
    if not sees_notes:
        ticket = as_its_reporter_knows(session, ticket, clock.now())
    messages, events = _said_and_done(session, actor, ticket, roles)
    has_reviews = sees_notes and ticket.review_requested_at
    may_have_calls = any(event.action in _BRING_CALLS for event in events)
    may_have_checks = any(event.action in _BRING_CHECKS or "checked" in event.details for event in events)
    service = service_of(session, ticket.service_id)
    reviews = _rows_of(session, ClinicalReview, number) if has_reviews else []
    reporter, people = reporter_and_people(session, ticket, roles, _named(ticket, messages, events, reviews))
    return TicketDetail(
        ticket=ticket,
        service=service,
        programme=programme_of(session, ticket.programme_id),
        category=catalogue().category(ticket.category) if ticket.category else None,
        reporter=reporter,
        contact=_contact(session, ticket, ticket.diverted_to),
        suggested_contact=_contact(session, ticket, ticket.suggested_contact),
        messages=messages,
        files=files_of(session, messages),
        events=events,
        reviews=reviews,
        calls=_rows_of(session, PhoneCall, number) if sees_notes and may_have_calls else [],
        booked_call=booked_call_for(session, actor, ticket, service),
        names={id: name for id, name, *_ in people},
        away=frozenset(id for id, _, *absence in people if is_absence_on(clock.today(), *absence)),
        allowed=allowed_actions(actor, ticket),
        roles=roles,
        checks=_rows_of(session, DeviceCheck, number) if may_have_checks else [],
    )


def booked_call_for(session: Session, actor: Actor, ticket: Ticket, service: Service) -> BookedCall | None:
    """The booked call of a ticket, for staff while it is live; of a reporter the last that they booked."""
    if ticket.next_call_at is None and not service.call_hours:
        return None  # as most have none, at no cost
    if actor.ticket_number is None:
        return live_call(session, ticket.number)
    return last_call_booked_on(session, actor.reads or {actor.ticket_number})


def links_of(session: Session, number: int) -> Sequence[ReporterLink]:
    """The private links that work, to a ticket and to those that were merged with it."""
    return live_links(session, joined_tickets(session, number))


def links_to(session: Session, actor: Actor, detail: TicketDetail) -> Sequence[ReporterLink]:
    """The private links that work, for those who may end them: of a reporter, to their own ticket."""
    if Action.END_LINKS not in detail.allowed:
        return ()
    number = detail.ticket.number
    if actor.ticket_number is None:
        return links_of(session, number)
    reads = actor.reads or {number}
    return known_links(session, number) if reads == {number} else live_links(session, reads)


def _rows_of(session: Session, table: type[Row], number: int) -> Sequence[Row]:
    """The rows of a table that belong to a ticket, oldest first."""
    return rows_to_read(session, _rows_query(table), number=number)


@lru_cache
def _rows_query(table: type[Row]) -> SelectOfScalar[Row]:
    return select(table).where(table.ticket_number == bindparam("number")).order_by(col(table.id))


def _said_and_done(
    session: Session, actor: Actor, ticket: Ticket, roles: frozenset[TicketRole]
) -> tuple[Sequence[Message], Sequence[Event]]:
    """What an actor may read of what was said and done, oldest first."""
    if reads_notes(roles):
        queries = _rows_query(Message), _rows_query(Event)
        messages, events = tables_to_read(session, *queries, number=ticket.number)
        return messages, events
    return _messages(session, actor, ticket), _events(session, ticket.number, roles)


def _messages(session: Session, actor: Actor, ticket: Ticket) -> Sequence[Message]:
    """What an actor who reads no notes may read of what was said, oldest first."""
    condition = readable_messages(session, actor, ticket)
    return session.exec(select(Message).where(condition).order_by(col(Message.id))).all()


def _events(session: Session, number: int, roles: frozenset[TicketRole]) -> Sequence[Event]:
    """What was done, for staff; without what is for staff only if they reported it."""
    events = [] if roles <= REPORTERS else _rows_of(session, Event, number)
    hidden = () if reads_notes(roles) else _STAFF_ONLY
    return [event for event in events if event.action not in hidden]


def _contact(session: Session, ticket: Ticket, kind: str | None) -> Contact | None:
    return contact_of(session, ticket.service_id, kind) if kind else None


def _named(
    ticket: Ticket, messages: Sequence[Message], events: Sequence[Event], reviews: Sequence[ClinicalReview]
) -> frozenset[int]:
    """The ids of whoever is named on its page."""
    mentioned = {
        id for event in events for id in (*event.details.get("covers", ()), event.details.get("from"))
    }
    writers = {ticket.assignee_id, ticket.pwp_id, *(message.author_id for message in messages)}
    reviewers = {id for review in reviews for id in (review.acknowledged_by, review.ended_by)}
    return frozenset(id for id in writers | mentioned | reviewers if id is not None)


def due_at_for(actor: Actor, ticket: Ticket) -> datetime:
    """By when a ticket is due, as an actor may know: its target, where the session is not theirs to know."""
    roles = roles_on(actor, ticket)
    is_not_theirs = ticket.session_is_by_code or TicketRole.JOINED_REPORTER in roles
    return (ticket.target_at or NEVER) if roles <= REPORTERS and is_not_theirs else ticket.due_at


def changes_since(session: Session, actor: Actor, number: int, version: int) -> Sequence[Event]:
    """What others did to a ticket since the version that somebody saw."""
    roles = roles_on(actor, find(session, actor, number))
    return [event for event in _events(session, number, roles) if event.version > version]
