"""Canned replies for a ticket, best match first, with placeholders filled in."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, inspect
from sqlmodel import Session

from navigator import clock
from navigator.canned_replies.canned_reply import CannedReply
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.lookups import programme_of, service_of
from navigator.catalogue.programme import Programme
from navigator.catalogue.reference_data import kept
from navigator.dates_in_words import day
from navigator.people.actor import Actor
from navigator.people.reporter import reference
from navigator.tickets.deadlines import next_session
from navigator.tickets.detail import TicketDetail
from navigator.tickets.placeholders import placeholders_in, render
from navigator.tickets.ticket import Ticket

KeptReply = Row[Any]
"""A canned reply as all requests of a process share it, with the columns of its table: it is only read."""

_OF_ALL = frozenset({"{greeting}", "{navigator}"})
"""Placeholders that are filled in without a ticket."""


def replies_for(session: Session, detail: TicketDetail) -> list[KeptReply]:
    """The replies of a ticket's service for its category and programme or for any, best match first."""
    return replies_for_tickets(session, [detail.ticket])


def replies_for_tickets(session: Session, tickets: Collection[Ticket]) -> list[KeptReply]:
    """The replies that match all of these tickets, best match first; none for tickets of several services."""
    programmes = {_programme(session, ticket) for ticket in tickets}
    codes = {programme.code if programme else "" for programme in programmes}
    categories = {ticket.category or "" for ticket in tickets}
    return _matching(session, {ticket.service_id for ticket in tickets}, codes, categories)


def replies_for_problem(
    session: Session, services: Collection[int], programme: str, category: str | None
) -> list[KeptReply]:
    """The replies of a service for all who have a problem of a programme: they name nothing of a ticket."""
    replies = _matching(session, services, {programme}, {category or ""})
    return [reply for reply in replies if _OF_ALL.issuperset(placeholders_in(reply.body))]


def _matching(
    session: Session, services: Collection[int], codes: Collection[str], categories: Collection[str]
) -> list[KeptReply]:
    of_service = kept(session, _by_service).get(next(iter(services)), ()) if len(services) == 1 else ()
    programmes = {"", *(codes if len(codes) == 1 else ())}
    wanted = {"", *(categories if len(categories) == 1 else ())}
    replies = [row for row in of_service if row.programme in programmes and row.category in wanted]
    return sorted(replies, key=lambda reply: (not reply.category, not reply.programme))


def _by_service(session: Session) -> Mapping[int, Sequence[KeptReply]]:
    """All replies of each service, by title."""
    by_service = defaultdict(list)
    table: Any = inspect(CannedReply).local_table
    for row in session.connection().execute(table.select().order_by(table.c.title, table.c.id)):
        by_service[row.service_id].append(row)
    return dict(by_service)


def _programme(session: Session, ticket: Ticket) -> Programme | None:
    return programme_of(session, ticket.programme_id)


def fill_placeholders(session: Session, actor: Actor, ticket: Ticket, body: str) -> str:
    """Fill in a text's placeholders from a ticket; those without a value stay."""
    return render(body, _placeholder_values(session, actor, ticket)) if "{" in body else body


def fill_for_all(actor: Actor, body: str) -> str:
    """Fill in what is so for every reader of one text."""
    return render(body, _values_of(actor))


def _values_of(actor: Actor) -> dict[str, str]:
    return {"greeting": _greeting(clock.local(clock.now()).hour), "navigator": actor.name}


def _greeting(hour: int) -> str:
    return "Good morning" if hour < 12 else "Good afternoon" if hour < 18 else "Good evening"


def _session_day(ticket: Ticket) -> str:
    """The day of the next session, where the reporter may know of it."""
    if ticket.session_is_by_code:
        return ""
    coming = next_session(ticket.session_on, ticket.session_is_weekly, clock.today())
    return day(coming) if coming else ""


def _placeholder_values(session: Session, actor: Actor, ticket: Ticket) -> Mapping[str, str]:
    programme = _programme(session, ticket)
    service = service_of(session, ticket.service_id).name
    return _values_of(actor) | {
        "reference": reference(ticket.number),
        "service": service,
        "programme": programme.name if programme else "",
        "category": catalogue().category(ticket.category).label_to("patient") if ticket.category else "",
        "reason": ticket.fixability_reason,
        "next_step": ticket.next_step,
        "workaround": ticket.workaround,
        "session_day": _session_day(ticket),
        "signature": f"{actor.name}\n{service}",
    }
