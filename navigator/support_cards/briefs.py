"""Briefs: a line to a practitioner for each card with a session on the next working day.

Got in? An open problem? Plan without it? On their Today always; by mail where their service sets an hour.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col, exists, select

from navigator import clock
from navigator.catalogue.catalogue import Blocks, Fixability
from navigator.catalogue.lookups import calendar_of, services
from navigator.catalogue.service import Service
from navigator.dates_in_words import day as day_in_words
from navigator.dates_in_words import short_date
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.people.reporter import Reporter, reference
from navigator.people.support_card import SupportCard
from navigator.people.user import Membership, Role
from navigator.tickets.deadlines import next_session
from navigator.tickets.enums import Status
from navigator.tickets.ticket import LIVE, Ticket

LETTER = "session_brief"
_NOT_OURS = frozenset({Fixability.SUPPLIER, Fixability.PROTOCOL})


@dataclass(frozen=True)
class BriefLine:
    """What a practitioner must know of one card before its session; `got_in` is None where nobody told us."""

    card: SupportCard
    session_on: date
    got_in: bool | None
    tickets: Sequence[int]
    stops: bool

    @property
    def words(self) -> str:
        """The line itself: did they get in, is there an open problem, what to plan."""
        numbers = ", ".join(map(reference, self.tickets))
        problem = f"Open problem: {numbers}." if numbers else "No open problem."
        return f"{self.got_in_words} {problem} {self.plan}"

    @property
    def got_in_words(self) -> str:
        """Whether they got in, as of the supplier’s list; that nobody told us is said too."""
        told_at, used_on = self.card.engagement_told_at, self.card.last_active_on
        if self.got_in and used_on:
            return f"Got in, last active {short_date(used_on)}."
        if self.got_in is False and told_at:
            return f"Had not got in by {short_date(clock.local(told_at).date())}."
        return "We do not know if they got in."

    @property
    def plan(self) -> str:
        """What to plan: only what is known is said to be in order."""
        if self.stops or self.got_in is False:
            return "Plan without it."
        return "Ask them how it goes." if self.tickets or self.got_in is None else "Go on as planned."


def lines_of(session: Session, user_id: int, cards: Sequence[SupportCard]) -> list[BriefLine]:
    """The lines of a practitioner, soonest session first."""
    now, by_id = clock.now(), {service.id: service for service in services(session)}
    coming = [(card, on) for card in cards if (on := _coming(by_id[card.service_id], card, now))]
    tickets = _tickets(session, user_id, {card.code for card, _ in coming}) if coming else {}
    lines = [_line(card, on, tickets.get(card.code, ()), now) for card, on in coming]
    return sorted(lines, key=lambda line: (line.session_on, line.card.label, line.card.id))


def has_session_of(user_id: int | None) -> ColumnElement[bool]:
    """That a card is a practitioner’s own, while they are one in its service, and knows of a session."""
    is_practitioner = exists().where(
        col(Membership.user_id) == user_id,
        col(Membership.service_id) == col(SupportCard.service_id),
        col(Membership.role) == Role.PWP,
    )
    return and_(col(SupportCard.pwp_id) == user_id, col(SupportCard.session_on).is_not(None), is_practitioner)


def _coming(service: Service, card: Any, now: datetime) -> date | None:
    """Its session, if that comes by the end of the next working day, and is not today."""
    today = clock.local(now).date()
    tomorrow = date.fromordinal(today.toordinal() + 1)
    on = next_session(card.session_on, card.session_is_weekly, tomorrow)
    return on if on and on <= calendar_of(service).working_day_after(today, 1) else None


def _tickets(session: Session, user_id: int, codes: Collection[str]) -> Mapping[str, list[Any]]:
    """The live tickets by each code that are shown to their practitioner."""
    columns: tuple[Any, ...] = (
        Reporter.support_code, Ticket.number, Ticket.session_on, Ticket.session_deadline_at, Ticket.status,
        Ticket.fixability, Ticket.blocks_session,
    )  # fmt: skip
    query: Any = select(*columns).join(Reporter, col(Reporter.id) == col(Ticket.reporter_id))
    is_theirs = (Ticket.pwp_id == user_id, col(Ticket.practitioner_is_confirmed))
    query = query.where(col(Reporter.support_code).in_(sorted(codes)), Reporter.support_code != "")
    by_code: dict[str, list[Any]] = {}
    for row in session.execute(query.where(*is_theirs, col(Ticket.status).in_(LIVE)).order_by(Ticket.number)):
        by_code.setdefault(row.support_code, []).append(row)
    return by_code


def _line(card: SupportCard, on: date, tickets: Sequence[Any], now: datetime) -> BriefLine:
    got_in = None if card.engagement_told_at is None else card.first_log_in_on is not None
    stops = any(_stops(ticket, on, now) for ticket in tickets)
    return BriefLine(card, on, got_in, [ticket.number for ticket in tickets], stops)


def _stops(ticket: Any, on: date, now: datetime) -> bool:
    """Whether a session is to be planned without the programme, as the ticket’s own page says it."""
    blocks = Blocks(ticket.blocks_session)
    if ticket.session_on != on or blocks is Blocks.NO:
        return blocks is Blocks.YES
    deadline_at: datetime | None = ticket.session_deadline_at
    is_past = deadline_at is not None and deadline_at <= now
    return is_past or ticket.fixability in _NOT_OURS or Status(ticket.status) is Status.WAITING_FOR_SUPPLIER


def is_due(service: Service, now: datetime) -> bool:
    """Whether its practitioners are to be written to by now: at its hour, while it is open that day."""
    today = clock.local(now).date()
    opening = calendar_of(service).open_on(today) if service.brief_time else None
    if opening is None:
        return False
    opens_at, closes_at = opening
    brief_at = clock.london_time(today, time.fromisoformat(service.brief_time))
    return now >= min(max(brief_at, opens_at), closes_at)


def practitioners_due(session: Session, now: datetime) -> Iterable[tuple[int, int]]:
    """Practitioners, each with a service whose session to come they are to be told of now and were not today.

    Each service has an hour of its own, so who works in two has two briefs.
    """
    due = {row.id: row for row in services(session) if is_due(row, now)}
    columns: tuple[Any, ...] = (
        SupportCard.pwp_id, SupportCard.service_id, SupportCard.session_on, SupportCard.session_is_weekly,
    )  # fmt: skip
    has_session = (col(SupportCard.pwp_id).is_not(None), col(SupportCard.session_on).is_not(None))
    query: Any = select(*columns).where(col(SupportCard.service_id).in_(due), *has_session)
    cards = session.execute(query).all() if due else ()
    to_tell = {(card.pwp_id, card.service_id) for card in cards if _coming(due[card.service_id], card, now)}
    keys = {_key(*one, now): one for one in to_tell}
    is_told = col(OutboxMessage.dedupe_key).in_(sorted(keys))
    told = set(session.exec(select(OutboxMessage.dedupe_key).where(is_told)))
    return sorted(one for key, one in keys.items() if key not in told)


def _key(user_id: int, service_id: int, now: datetime) -> str:
    return f"brief {user_id} {service_id} {clock.local(now).date()}"


def send_brief(session: Session, now: datetime, to_tell: tuple[int, int]) -> bool:
    """Write one practitioner the brief of one service: once a day, whoever else tries it."""
    user_id, service_id = to_tell
    is_of_service = (has_session_of(user_id), SupportCard.service_id == service_id)
    lines = lines_of(session, user_id, session.exec(select(SupportCard).where(*is_of_service)).all())
    told = [(line.card.id, f"{day_in_words(line.session_on)}. {line.words}") for line in lines]
    context = {"lines": [{"card": id, "text": words} for id, words in told]}
    key = _key(user_id, service_id, now)
    return bool(lines) and bool(
        enqueue(session, LETTER, Recipient.USER, user_id, context=context, dedupe_key=key)
    )
