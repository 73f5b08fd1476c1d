"""Eight weeks of a service, made through the use cases on a set clock: a little of all that is counted."""

from datetime import UTC, date, datetime

from sqlmodel import Session, col, select

from navigator import clock
from navigator.insight.day_counts import days_to_count, keep_counts
from navigator.jobs.deadlines import notify_missed_session
from navigator.people.actor import SYSTEM, reporter
from navigator.tickets.actions import calls, staff
from navigator.tickets.actions import reporter as following
from navigator.tickets.actions.clinical_review import acknowledge, request_review_by_staff
from navigator.tickets.actions.merge import merge
from navigator.tickets.enums import CallOutcome
from navigator.tickets.inputs import CallInput, MergeInput, ResolveInput, ReviewRequestInput, SayInput
from navigator.tickets.reports import drafts
from navigator.tickets.ticket import ClinicalReview, Resolution, Ticket
from navigator.training import requests
from navigator.training.inputs import AnswerInput, TrainingRequestInput
from tests.navigator.tickets.report_factory import tell
from tests.people import People

PASSWORD, REMINDERS = "access.forgotten_password", "notify.too_many"
NOW = datetime(2026, 6, 9, 9, 0, tzinfo=UTC)
FIXED = ResolveInput(resolution=Resolution.FIXED, body="It works now.")
SAID = SayInput(body="Still broken")


def live_through(session: Session, people: People) -> None:
    """Tell it all; the clock stands at its end, on Tuesday 9 June, afterwards."""
    _before(session, people)
    _sessions(session, people)
    _others(session, people)
    _hand_overs(session, people)
    _training(session, people)
    clock.set_to(NOW)
    session.flush()


def keep_all(session: Session) -> list[date]:
    """Keep the counts of all days that are over, as the job does; it says which were counted."""
    session.flush()
    days = days_to_count(session)
    for day in days:
        keep_counts(session, day)
    return days


def at(day: int, month: int, hour: int = 9) -> None:
    clock.set_to(datetime(2026, month, day, hour, 0, tzinfo=UTC))


def _fix(session: Session, people: People, ticket: Ticket) -> None:
    staff.resolve(session, people.amina, ticket.number, FIXED)


def _before(session: Session, people: People) -> None:
    """In the four weeks before: two passwords put right, reminders, and a limit of the programme."""
    at(20, 4)
    for _ in range(2):
        _fix(session, people, tell(session))
    at(1, 5)
    tell(session, category=REMINDERS)
    at(12, 5, 22)  # still the 12th in London
    tell(session, category="use.outage_or_error")


def _sessions(session: Session, people: People) -> None:
    """One in time, one not, one only for the week after, one with time left, one withdrawn."""
    at(12, 5, 23)  # the 13th in London
    in_time = tell(session, next_session=date(2026, 5, 20))
    at(13, 5)
    late = tell(session, next_session=date(2026, 5, 18))
    weekly = tell(session, next_session=date(2026, 5, 18), session_is_weekly=True)
    withdrawn = tell(session, next_session=date(2026, 5, 22))
    following.withdraw(session, reporter(withdrawn.number), withdrawn.number)
    at(14, 5)
    _fix(session, people, in_time)
    at(15, 5, 12)
    for ticket in (late, weekly):
        notify_missed_session(session, clock.now(), ticket.number)
    at(19, 5)
    _fix(session, people, late)
    staff.advance_weekly_session(session, SYSTEM, weekly.number)
    _fix(session, people, weekly)
    at(8, 6)
    tell(session, next_session=date(2026, 6, 30))


def _others(session: Session, people: People) -> None:
    """One left to the supplier and called, one that came back, one of each owner, one merged."""
    at(18, 5)
    outage = tell(session, category="use.outage_or_error")
    staff.park(session, people.amina, outage.number, SayInput(body="We told the supplier."))
    calls.call(session, people.amina, outage.number, CallInput(came=CallOutcome.NO_ANSWER, minutes=5))
    at(20, 5)
    back = tell(session, category=REMINDERS, programme=None)
    _fix(session, people, back)
    at(21, 5)
    following.reopen(session, reporter(back.number), back.number, SAID)
    tell(session, category=None, programme=None, text="zzz")
    for category in ("divert.clinical", "protocol.required_module", "other.feedback"):
        tell(session, category=category)
    first, second = tell(session), tell(session)
    merge(session, people.amina, second.number, MergeInput(into=first.number))
    tell(session, service="south")


def _hand_overs(session: Session, people: People) -> None:
    """One read at once, one after hours, one not yet; one with two, the second read late; one by a person."""
    read = {26: 0, 27: 3}
    for day, hours in read.items():
        at(day, 5)
        _handed(session, people, tell(session, text="I want to die"), hours)
    at(28, 5)
    twice = tell(session, text="I want to die")
    _handed(session, people, twice, 0)
    following.answer(session, reporter(twice.number), twice.number, SayInput(body="I want to die now"))
    _handed(session, people, twice, 4)
    at(29, 5)
    missed = tell(session, text="the diary page stays blank")
    request_review_by_staff(
        session, people.amina, missed.number, ReviewRequestInput(reason="She sounded unwell")
    )
    _handed(session, people, missed, 0)
    at(9, 6, 8)
    tell(session, text="I want to die")


def _handed(session: Session, people: People, ticket: Ticket, hours: int) -> None:
    query = select(ClinicalReview.id).where(ClinicalReview.ticket_number == ticket.number)
    query = query.where(col(ClinicalReview.acknowledged_at).is_(None))
    clock.set_to(clock.now().replace(hour=9 + hours))
    acknowledge(session, people.cole, session.exec(query).one())


def _training(session: Session, people: People) -> None:
    at(1, 6)
    draft, _ = drafts.start_draft(session)
    session.flush()
    drafts.record_deflection(session, draft, "north", "fern", PASSWORD)
    wanted = ("assign", "assign", "progress")
    asked = [
        requests.request_training(session, people.priya, TrainingRequestInput(service="north", topic=topic))
        for topic in wanted
    ]
    requests.answer(session, people.amina, asked[-1].id, AnswerInput(answer="Like this."))
