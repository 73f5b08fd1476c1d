"""Who is left out in the demonstration, what they are given instead, and what patients say of a programme.

Its chances are drawn by themselves, so that all else goes as it went before.
"""

from datetime import date, timedelta
from random import Random
from typing import Any

from sqlmodel import Session, select

from navigator import clock
from navigator.catalogue.business_hours import WorkingCalendar
from navigator.catalogue.programme import Programme
from navigator.demo.context import DemoContext, get_ticket
from navigator.demo.event_queue import Scenario
from navigator.demo.report_schedule import ScheduledReport
from navigator.people.access_needs import Barrier, needs_of
from navigator.people.actor import Actor, reporter
from navigator.people.reporter import ContactMethod, Reporter
from navigator.tickets.actions.inclusion import offer
from navigator.tickets.enums import OfferState
from navigator.tickets.inclusion_inputs import OfferInput
from navigator.tickets.inclusion_offer import InclusionSetting
from navigator.usability import asking
from navigator.usability.sus import NUMBERS, SusAnswers
from navigator.usability.tables import UsabilitySetting

OWNER = "Mo Lewis"
ROUND_DAYS = 28
LENT_FOR = timedelta(days=28)
SAYS_IF_FIXED, SAYS_OF_PROGRAMME, WORKED = 0.6, 0.75, 0.85


def set_up(context: DemoContext, session: Session) -> None:
    """Each service says what it has to offer, and asks its patients in rounds of four weeks."""
    review_on = context.dates.today + timedelta(days=180)
    first, today = context.dates.days[0], context.dates.today
    rounds = [first + timedelta(days=n) for n in range(0, (today - first).days + 1, ROUND_DAYS)]
    for id in context.people.service_ids.values():
        answers_for: dict[str, Any] = {"service_id": id, "owner": OWNER, "review_on": review_on}
        session.add(InclusionSetting(usual=["device", "sim", "skills", "paper"], **answers_for))
        begins = [day.isoformat() for day in rounds]
        asks = UsabilitySetting(asks_after_fix=True, rounds=begins, round_days=ROUND_DAYS, **answers_for)
        session.add(asks)
    for programme in session.exec(select(Programme)):
        programme.version = context.story.versions[programme.code][0]
    for code, (_, *later) in context.story.versions.items():
        for version in later:
            context.queue.add(_update(context, code, version))


def _update(context: DemoContext, code: str, version: str) -> Scenario:
    session = yield context.dates.moment("update 08:00")
    session.exec(select(Programme).where(Programme.code == code)).one().version = version


def needs_for(context: DemoContext, scheduled: ScheduledReport, way: str | None) -> list[str]:
    """What a patient needs, as often as people of their programme do."""
    rng = Random(f"needs {scheduled.at.isoformat()}")  # noqa: S311 - a story, no secret
    shares = context.story.needs[scheduled.programme]
    needs = [code for code, share in shares.items() if rng.random() < share]
    wants_call = way == ContactMethod.PHONE
    return [code for code in needs if not (wants_call and needs_of([code])[0].blocks_calls)]


def offer_help(context: DemoContext, session: Session, navigator: Actor, number: int, service: str) -> None:
    """A navigator gives somebody without a good enough device or connection what the service has."""
    who = session.get_one(Reporter, get_ticket(session, number).reporter_id)
    is_left_out = any(need.barrier is Barrier.DEVICE for need in needs_of(who.access_needs))
    if not is_left_out or number % 3 == 0:
        return
    kind, due_on = ("device", clock.today() + LENT_FOR) if number % 3 == 1 else ("skills", None)
    offer(session, navigator, number, OfferInput(kind=kind, due_on=due_on))
    if number % 4:
        context.queue.add(_use(context.people.calendars[service], navigator, number, kind, due_on))


def _use(
    calendar: WorkingCalendar, navigator: Actor, number: int, kind: str, due_on: date | None
) -> Scenario:
    session = yield calendar.next_opening(clock.now() + timedelta(days=6))
    offer(session, navigator, number, OfferInput(kind=kind, state=OfferState.USED))
    if due_on and number % 8 < 6:
        session = yield calendar.next_opening(clock.now() + timedelta(days=20))
        offer(session, navigator, number, OfferInput(kind=kind, state=OfferState.RETURNED))


def say_what_they_think(context: DemoContext, session: Session, number: int) -> None:
    """A patient whose report is over answers, or does not."""
    ticket, rng = get_ticket(session, number), Random(f"thinks {number}")  # noqa: S311 - a story, no secret
    if asking.is_asked_of_fix(session, ticket) and rng.random() < SAYS_IF_FIXED:
        asking.answer_fix(session, reporter(number), number, worked=rng.random() < WORKED)
    if asking.round_for(session, ticket) and rng.random() < SAYS_OF_PROGRAMME:
        programme = session.get_one(Programme, ticket.programme_id)
        good = context.story.thought_of[f"{programme.code} {programme.version}"]
        points = {n: min(5, max(1, round(rng.gauss(good, 0.9)))) for n in NUMBERS}
        answers = {n: point if int(n) % 2 else 6 - point for n, point in points.items()}
        asking.answer_of_reporter(session, reporter(number), number, SusAnswers(answers=answers))
