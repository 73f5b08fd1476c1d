"""Simulated clinical reviews: a clinician is alerted until they read a ticket, and writes the outcome."""

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
from navigator.tickets.outcome_input import OutcomeInput

HARMLESS_OUTCOME = {
    "outcome": "Read. No words of risk in it, a question about the programme. Left to the navigator.",
    "done": "no_concern",
    "for_navigators": "Please go on as usual.",
}


def review_scenario(
    context: DemoContext, service: str, number: int, report: SafetyReport | None = None
) -> Scenario:
    """Read a ticket and write the outcome: as the story says, or as is usual for a false alarm."""
    clinicians = context.people.with_role(service, Role.CLINICIAN)
    clinician = context.people.actors[report.clinician] if report else clinicians[0]
    read_after, concluded_after = (report.read, report.ended) if report else (context.rng.randint(3, 14), 20)
    if read_after is None:
        return
    opened_at = clock.now()
    read_at = _minutes_after(context, service, opened_at, read_after)
    yield from _run_alerts(number, read_at)
    session = yield read_at
    for review in open_reviews_of(session, number):
        acknowledge(session, clinician, review.id)
    if concluded_after is None:
        return
    minutes = concluded_after if report else read_after + concluded_after
    session = yield _minutes_after(context, service, opened_at, minutes)
    what = {"outcome": report.outcome, "done": "contacted"} if report else HARMLESS_OUTCOME
    _conclude(session, clinician, number, OutcomeInput.model_validate(what))


def _minutes_after(context: DemoContext, service: str, start: datetime, minutes: int) -> datetime:
    return context.people.calendars[service].add(start, minutes)


def _run_alerts(number: int, read_at: datetime) -> Scenario:
    """Run the desk's own job, which alerts those next in line, as long as nobody reads it."""
    session = yield clock.now()
    while next_at := _next_alert_at(session, number, read_at):
        session = yield next_at
        session.flush()  # the job has a session of its own
        JOBS["hand-overs"].run()
        session.expire_all()


def _next_alert_at(session: Session, number: int, read_at: datetime) -> datetime | None:
    alert_times = (review.next_alert_at for review in open_reviews_of(session, number))
    return min((at for at in alert_times if at and at < read_at), default=None)


def _conclude(session: Session, clinician: Actor, number: int, outcome: OutcomeInput) -> None:
    for review in open_reviews_of(session, number):
        conclude(session, clinician, review.id, outcome)
