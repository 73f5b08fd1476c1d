"""Letters about a place in a session: what they say and their calendar file, looked up when they leave."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlmodel import Session

from navigator.dates_in_words import appointment
from navigator.errors import NotFound
from navigator.outbox.enclosures import EnclosedFile, Enclosure, encloses
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.actor import Actor
from navigator.people.user import User
from navigator.training.calendar_file import CANCEL, MEDIA_TYPE, REQUEST, calendar_file
from navigator.training.tables import Attendance, SeatState, TrainingSession

PLANNED, MOVED_UP, MOVED = "training_planned", "training_moved_up", "training_moved"
TAKEN_OFF, CANCELLED = "training_taken_off", "training_cancelled"
ASKED_AFTER, ASKED_LATER = "training_after", "training_later"

IsStill = Callable[[TrainingSession, Attendance], bool]


def _has_place(training_session: TrainingSession, seat: Attendance) -> bool:
    return training_session.is_to_come and seat.state == SeatState.BOOKED


def _is_off(_: TrainingSession, seat: Attendance) -> bool:
    return seat.state == SeatState.LEFT


def _is_cancelled(training_session: TrainingSession, _: Attendance) -> bool:
    return training_session.cancelled_at is not None


def _is_asked(moment: str) -> IsStill:
    return lambda _, seat: seat.attended is True and getattr(seat, f"confidence_{moment}") is None


LETTERS: Mapping[str, tuple[IsStill, str]] = {
    PLANNED: (_has_place, REQUEST),
    MOVED_UP: (_has_place, REQUEST),
    MOVED: (_has_place, REQUEST),
    TAKEN_OFF: (_is_off, CANCEL),
    CANCELLED: (_is_cancelled, CANCEL),
    ASKED_AFTER: (_is_asked("after"), ""),
    ASKED_LATER: (_is_asked("later"), ""),
}
"""By template: whether what a letter says is still so, and what it does to a calendar."""


_OF_BEFORE = Enclosure({"title": "a training session", "when": "see the page for when", "venue": ""})
"""For letters that were queued before they named their session."""


@encloses(*LETTERS)
def enclose(session: Session, message: OutboxMessage) -> Enclosure | None:
    """The facts and the calendar file of a letter about a place; None if what it says is no longer so."""
    if "training_session" not in message.context:
        return _OF_BEFORE
    training_session = session.get_one(TrainingSession, message.context["training_session"])
    user = session.get_one(User, message.recipient_id)
    seat = session.get_one(Attendance, (training_session.id, user.id))
    is_still, method = LETTERS[message.template]
    if not is_still(training_session, seat):
        return None
    has_calendar = method and message.context.get("had_place", True)
    files = (_calendar_part(training_session, user, method),) if has_calendar else ()
    return Enclosure(_facts(training_session), files)


def _facts(training_session: TrainingSession) -> dict[str, Any]:
    return {
        "title": training_session.title,
        "when": appointment(training_session.starts_at),
        "venue": training_session.venue,
    }


def _calendar_part(training_session: TrainingSession, user: User, method: str) -> EnclosedFile:
    content = calendar_file(training_session, user, method)
    return EnclosedFile("invitation.ics", MEDIA_TYPE, content, calendar_method=method)


def own_calendar_file(session: Session, actor: Actor, training_session: TrainingSession) -> bytes:
    """The calendar file of the actor's own place, as the last letter about it holds it."""
    seat = session.get(Attendance, (training_session.id, actor.user_id or 0))
    if seat is None or not _has_place(training_session, seat):
        raise NotFound("You have no place in this session.")
    return calendar_file(training_session, session.get_one(User, seat.user_id), REQUEST)
