"""The calendar of a member of staff (iCalendar, RFC 5545): own sessions, booked calls and training.

Whoever looks at a shared screen reads a reference, which opens nothing; by what words a practitioner knows a
patient stands in it only where they asked for that. Times are UTC, which every calendar shows right on both
sides of a change of the clocks; a session is a day.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlmodel import Session, col, or_, select

from navigator import clock
from navigator.people import card_codes, login
from navigator.people.actor import Actor
from navigator.people.calendar_feeds import feed_by_token
from navigator.people.reporter import Reporter, reference
from navigator.people.rights import Area
from navigator.people.support_card import SupportCard
from navigator.people.user import Role
from navigator.settings import settings
from navigator.tickets.booked_call import BookedCall
from navigator.tickets.deadlines import next_session
from navigator.tickets.enums import LIVE
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import visible_to
from navigator.training.tables import Attendance, SeatState, TrainingSession

MEDIA_TYPE = "text/calendar; charset=utf-8"
KEPT_FOR = timedelta(days=30)
"""How long what is over stays in it."""
MOST = 500


def calendar_of(session: Session, token: str) -> bytes | None:
    """The calendar at a private address; None where there is none, or whose owner has left."""
    feed = feed_by_token(session, token)
    actor = login.actor_of(session, feed.user_id) if feed else None
    return _file(session, actor, feed.shows_own_words) if feed and actor and actor.roles else None


def _file(session: Session, actor: Actor, shows_own_words: bool) -> bytes:
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//Navigator Desk//Calendar of staff//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Navigator Desk")
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    found = [*_sessions(session, actor, shows_own_words), *_calls(session, actor), *_training(session, actor)]
    for values in found:
        calendar.add_component(_event(**values))
    return bytes(calendar.to_ical())


def _event(uid: str, summary: str, starts: date, ends: date, changed_at: datetime, venue: str = "") -> Any:
    from icalendar import Event

    event = Event()
    event.add("uid", f"{uid}@{urlsplit(settings().base_url).hostname}")
    event.add("dtstamp", changed_at)
    event.add("dtstart", starts)
    event.add("dtend", ends)
    event.add("summary", summary)
    if venue:
        event.add("location", venue)
    event.add("class", "PRIVATE")
    event.add("transp", "OPAQUE" if isinstance(starts, datetime) else "TRANSPARENT")
    return event


def _sessions(session: Session, actor: Actor, shows_own_words: bool) -> Iterator[dict[str, Any]]:
    """The next session of each patient: of their ticket, else of their card; each once."""
    told = set[tuple[str, date]]()
    for ticket, reporter in _tickets(session, actor):
        on = next_session(ticket.session_on, ticket.session_is_weekly, clock.today())
        if on is None:
            continue
        told.add((card_codes.canonical(reporter.support_code) or "", on))
        words = f" ({reporter.known_as})" if shows_own_words and reporter.known_as else ""
        summary = f"Session {reference(ticket.number)}{words}"
        yield _day(f"session-{ticket.number}", summary, on, ticket.updated_at)
    for card in _cards(session, actor):
        on = next_session(card.session_on, card.session_is_weekly, clock.today())
        if on is not None and (card.code, on) not in told:
            summary = f"Session: {card.label}" if shows_own_words and card.label else "Session (a card)"
            yield _day(f"card-{card.id}", summary, on, card.used_at)


def _day(uid: str, summary: str, on: date, changed_at: datetime) -> dict[str, Any]:
    span = {"starts": on, "ends": on + timedelta(days=1)}
    return {"uid": uid, "summary": summary, "changed_at": changed_at, **span}


def _tickets(session: Session, actor: Actor) -> list[tuple[Ticket, Reporter]]:
    is_own = (
        Ticket.pwp_id == actor.user_id,
        col(Ticket.practitioner_is_confirmed),
        visible_to(actor.within(Area.TICKETS)),
        col(Ticket.status).in_(LIVE),
        col(Ticket.session_on).is_not(None),
    )
    query = select(Ticket, Reporter).join(Reporter, col(Reporter.id) == col(Ticket.reporter_id))
    return list(session.exec(query.where(*is_own).order_by(col(Ticket.number)).limit(MOST)).all())


def _cards(session: Session, actor: Actor) -> list[SupportCard]:
    is_own = (
        SupportCard.pwp_id == actor.user_id,
        col(SupportCard.service_id).in_(sorted(actor.within(Area.CARDS).services(Role.PWP))),
        col(SupportCard.session_on).is_not(None),
    )
    return list(
        session.exec(select(SupportCard).where(*is_own).order_by(col(SupportCard.id)).limit(MOST)).all()
    )


def _calls(session: Session, actor: Actor) -> Iterator[dict[str, Any]]:
    """The calls that are booked with them, where they are a navigator still."""
    is_own = (
        BookedCall.navigator_id == actor.user_id,
        col(BookedCall.is_cancelled).is_(False),
        col(BookedCall.starts_at) > clock.now() - KEPT_FOR,
        col(Ticket.service_id).in_(sorted(actor.services(Role.NAVIGATOR))),
    )
    query = select(BookedCall).join(Ticket, col(Ticket.number) == col(BookedCall.ticket_number))
    for call in session.exec(query.where(*is_own).order_by(col(BookedCall.id)).limit(MOST)):
        span = {"starts": call.starts_at, "ends": call.ends_at, "changed_at": call.changed_at}
        summary = f"Phone call {reference(call.ticket_number)}"
        yield {"uid": f"call-{call.id}", "summary": summary, **span}


def _training(session: Session, actor: Actor) -> Iterator[dict[str, Any]]:
    """The training that they lead, or have a place in."""
    has_place = select(Attendance.session_id).where(
        Attendance.user_id == actor.user_id, Attendance.state == SeatState.BOOKED
    )
    is_own = (
        or_(TrainingSession.led_by == actor.user_id, col(TrainingSession.id).in_(has_place)),
        col(TrainingSession.cancelled_at).is_(None),
        col(TrainingSession.starts_at) > clock.now() - KEPT_FOR,
        col(TrainingSession.service_id).in_(sorted(actor.services())),
    )
    query = select(TrainingSession).where(*is_own).order_by(col(TrainingSession.id)).limit(MOST)
    for one in session.exec(query):
        span = {"starts": one.starts_at, "ends": one.ends_at, "changed_at": one.changed_at}
        yield {"uid": f"training-{one.id}", "summary": one.title, "venue": one.venue, **span}
