"""How a clinician reads what somebody must read: alerted until they do, and with an outcome in words."""

from datetime import datetime

from sqlmodel import Session

from navigator import clock
from navigator.demo.context import DemoContext
from navigator.demo.event_queue import Play
from navigator.demo.story import Worry
from navigator.jobs.registry import JOBS
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.tickets.actions.clinical_review import acknowledge, conclude, open_reviews_of

HARMLESS = "Read. No words of risk in it, a question about the programme. Left to the navigator."


def review_scenario(stage: DemoContext, service: str, number: int, worry: Worry | None = None) -> Play:
    """Read it and write the outcome: as the story says, or as is usual for what only sounded bad."""
    who = stage.cast.people[worry.clinician] if worry else stage.cast.of(service, Role.CLINICIAN)[0]
    read, ended = (worry.read, worry.ended) if worry else (stage.chance.randint(3, 14), 20)
    if read is None:
        return
    opened_at = clock.now()
    read_at = _in(stage, service, opened_at, read)
    yield from _alerted(number, read_at)
    session = yield read_at
    for handed in open_reviews_of(session, number):
        acknowledge(session, who, handed.id)
    if ended is None:
        return
    session = yield _in(stage, service, opened_at, ended if worry else read + ended)
    _end(session, who, number, worry.outcome if worry else HARMLESS)


def _in(stage: DemoContext, service: str, since: datetime, minutes: int) -> datetime:
    return stage.cast.calendars[service].add(since, minutes)


def _alerted(number: int, read_at: datetime) -> Play:
    """The desk's own job alerts those next in line, as long as nobody reads it."""
    session = yield clock.now()
    while next_at := _next_alert_at(session, number, read_at):
        session = yield next_at
        session.flush()  # the job has a session of its own
        JOBS["hand-overs"].run()
        session.expire_all()


def _next_alert_at(session: Session, number: int, read_at: datetime) -> datetime | None:
    due = (handed.next_alert_at for handed in open_reviews_of(session, number))
    return min((at for at in due if at and at < read_at), default=None)


def _end(session: Session, who: Actor, number: int, outcome: str) -> None:
    for handed in open_reviews_of(session, number):
        conclude(session, who, handed.id, outcome)
