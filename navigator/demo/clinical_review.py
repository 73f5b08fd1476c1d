"""How a clinician reads what somebody must read: alerted until they do, and with an outcome in words."""

from datetime import datetime

from sqlmodel import Session

from navigator import clock
from navigator.demo.context import DemoContext
from navigator.demo.event_queue import Scenario
from navigator.demo.story import SafetyReport
from navigator.jobs.registry import JOBS
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.tickets.actions.clinical_review import acknowledge, conclude, open_reviews_of

HARMLESS_OUTCOME = "Read. No words of risk in it, a question about the programme. Left to the navigator."


def review_scenario(context: DemoContext, service: str, number: int, worry: SafetyReport | None = None) -> Scenario:
    """Read it and write the outcome: as the story says, or as is usual for what only sounded bad."""
    who = context.people.actors[worry.clinician] if worry else context.people.with_role(service, Role.CLINICIAN)[0]
    read, ended = (worry.read, worry.ended) if worry else (context.rng.randint(3, 14), 20)
    if read is None:
        return
    opened_at = clock.now()
    read_at = _minutes_after(context, service, opened_at, read)
    yield from _run_alerts(number, read_at)
    session = yield read_at
    for review in open_reviews_of(session, number):
        acknowledge(session, who, review.id)
    if ended is None:
        return
    session = yield _minutes_after(context, service, opened_at, ended if worry else read + ended)
    _conclude(session, who, number, worry.outcome if worry else HARMLESS_OUTCOME)


def _minutes_after(stage: DemoContext, service: str, since: datetime, minutes: int) -> datetime:
    return stage.people.calendars[service].add(since, minutes)


def _run_alerts(number: int, read_at: datetime) -> Scenario:
    """The desk's own job alerts those next in line, as long as nobody reads it."""
    session = yield clock.now()
    while next_at := _next_alert_at(session, number, read_at):
        session = yield next_at
        session.flush()  # the job has a session of its own
        JOBS["hand-overs"].run()
        session.expire_all()


def _next_alert_at(session: Session, number: int, read_at: datetime) -> datetime | None:
    due = (review.next_alert_at for review in open_reviews_of(session, number))
    return min((at for at in due if at and at < read_at), default=None)


def _conclude(session: Session, who: Actor, number: int, outcome: str) -> None:
    for review in open_reviews_of(session, number):
        conclude(session, who, review.id, outcome)
