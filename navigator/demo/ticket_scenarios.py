"""The life of a report: told, taken up, put right or left to the supplier, and what comes after."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from navigator import clock
from navigator.catalogue.catalogue import Fixability
from navigator.demo.clinical_review import review_scenario
from navigator.demo.context import DemoContext, ticket_in
from navigator.demo.event_queue import Play
from navigator.demo.report_schedule import ScheduledReport
from navigator.demo.submit_report import submit
from navigator.people.actor import Actor, reporter
from navigator.people.reporter import ContactMethod, Reporter
from navigator.problems.inputs import LinkInput
from navigator.problems.linking import link
from navigator.tickets.actions import calls, staff
from navigator.tickets.actions.merge import merge
from navigator.tickets.actions.reporter import answer, confirm, reopen, withdraw
from navigator.tickets.enums import CallOutcome, CallPurpose
from navigator.tickets.inputs import AttachInput, CallInput, MergeInput, ResolveInput, SayInput, TriageInput
from navigator.tickets.ticket import LIVE, Resolution, Status, Ticket

WITHDRAWN, TWICE = 0.02, 0.015
SORTED, ATTACHED, CHECKED, NOTED, CALLED, REPLIED, ASKED = 0.3, 0.8, 0.3, 0.12, 0.12, 0.15, 0.2
IN_TIME, ANSWERED, GIVEN_UP = 0.88, 0.85, 0.8
CONFIRMED, CAME_BACK = 0.55, 0.06

ENDS: dict[str | None, Resolution] = {
    Fixability.SUPPLIER: Resolution.WORKAROUND,
    Fixability.PROTOCOL: Resolution.EXPLAINED,
    Fixability.DIVERT: Resolution.PASSED_ON,
    Fixability.NONE: Resolution.EXPLAINED,
}


def ticket_life(stage: DemoContext, told: ScheduledReport) -> Play:
    """One report from its first word to its end."""
    session = yield told.at
    number = submit(stage, session, told)
    if ticket_in(session, number).has_open_review:
        stage.diary.enter(review_scenario(stage, told.service, number))
    if stage.lucky(WITHDRAWN):
        stage.diary.enter(_withdrawn(stage, number))
    if not told.is_by_pwp and stage.lucky(TWICE):
        stage.diary.enter(_told_twice(stage, told))
    yield from seen_to(stage, told, number)


def seen_to(stage: DemoContext, told: ScheduledReport, number: int) -> Play:
    """What navigators do with a report that has come in."""
    session = yield stage.at_work(told.service, 10, 240)
    ticket = ticket_in(session, number)
    if ticket.status not in LIVE:
        return
    who = _take_up(stage, session, told, ticket)
    if _leave_to_supplier(stage, session, who, told, ticket):
        yield from _given_up(stage, told, number)
        return
    if stage.lucky(ASKED):
        yield from _asked(stage, told, number)
    yield from put_right(stage, told.service, number, told.kind.put_right)


def _take_up(stage: DemoContext, session: Session, told: ScheduledReport, ticket: Ticket) -> Actor:
    """Look at a ticket, sort it if need be, and do first things first."""
    who, number, lucky = stage.navigator(ticket, told.service), ticket.number, stage.lucky
    if ticket.category != told.kind.category or lucky(SORTED):
        staff.triage(session, who, number, TriageInput(category=told.kind.category))
    else:
        staff.claim(session, who, number)
    practitioner = stage.cast.people.get(ticket.practitioner_name_given)
    if practitioner and practitioner.user_id and lucky(ATTACHED):
        staff.attach(session, who, number, AttachInput(pwp_id=practitioner.user_id))
    if told.kind.category.startswith("access.") and lucky(CHECKED):
        staff.verify(session, who, number)
    for verb, share in ((staff.note, NOTED), (_phone, CALLED), (staff.reply, REPLIED)):
        if lucky(share):
            verb(session, who, number, SayInput(body=stage.one(stage.story.said[verb.__name__.strip("_")])))
    return who


def _phone(session: Session, who: Actor, number: int, what: SayInput) -> Ticket:
    return _call(session, who, number, what.body, number % 2 == 0)


def _call(session: Session, who: Actor, number: int, said: str, is_reached: bool = True) -> Ticket:
    """Phone a reporter; who is not reached is tried again on the next working day."""
    is_access = str(session.get_one(Ticket, number).category).startswith("access.")
    what = CallInput(
        came=CallOutcome.SPOKE if is_reached else CallOutcome.NO_ANSWER,
        responsibility=CallPurpose.ACCESS if is_access else CallPurpose.TECHNOLOGY,
        minutes=4 + number % 13,
        next_on=None if is_reached else clock.today() + timedelta(days=1),
        body=said if is_reached else "",
    )
    return calls.call(session, who, number, what)


def _leave_to_supplier(
    stage: DemoContext, session: Session, who: Actor, told: ScheduledReport, ticket: Ticket
) -> bool:
    """Link a ticket to the known problem behind it; whether it now waits for the supplier."""
    known = stage.behind(told.programme, ticket.category)
    if known is None or ticket.fixability != Fixability.SUPPLIER:
        return False
    link(session, who, ticket.number, LinkInput(problem_id=stage.problems[known.key]))
    if not stage.lucky(known.parks):
        return False
    staff.park(session, who, ticket.number, SayInput(body=stage.one(stage.story.said["park"])))
    return True


def _given_up(stage: DemoContext, told: ScheduledReport, number: int) -> Play:
    """Most that wait for the supplier are ended after some days, with the truth."""
    session = yield stage.at_work(told.service, 3 * 480, 9 * 480)
    ticket = ticket_in(session, number)
    if ticket.status == Status.WAITING_FOR_SUPPLIER and stage.lucky(GIVEN_UP):
        what = ResolveInput(resolution=Resolution.NOT_FIXABLE, body=stage.one(told.kind.put_right))
        staff.resolve(session, stage.navigator(ticket, told.service), number, what)


def _asked(stage: DemoContext, told: ScheduledReport, number: int) -> Play:
    """Ask the reporter something; most answer."""
    session = yield stage.at_work(told.service, 5, 60)
    ticket = ticket_in(session, number)
    if ticket.status not in LIVE - {Status.WAITING_FOR_REPORTER}:
        return
    who = stage.navigator(ticket, told.service)
    staff.wait(session, who, number, SayInput(body=stage.one(stage.story.said["ask"])))
    session = yield stage.at_home(0.5, 60)
    if ticket_in(session, number).status == Status.WAITING_FOR_REPORTER and stage.lucky(ANSWERED):
        answer(session, reporter(number), number, SayInput(body=stage.one(stage.story.said["answer"])))
    else:
        yield stage.at_work(told.service, 5 * 480, 8 * 480)


def put_right(stage: DemoContext, service: str, number: int, words: Sequence[str]) -> Play:
    """Put it right, mostly before the session; then hear what the reporter says."""
    session = yield stage.at_work(service, 5, 20)
    session = yield _ready_at(stage, service, ticket_in(session, number))
    ticket = ticket_in(session, number)
    if ticket.status not in LIVE:
        return
    _resolve(stage, session, service, ticket, words)
    if stage.lucky(CONFIRMED):
        yield from confirmed(stage, number, 60)
    elif stage.lucky(CAME_BACK / (1 - CONFIRMED)):
        yield from _came_back(stage, service, number, words)


def _ready_at(stage: DemoContext, service: str, ticket: Ticket) -> datetime:
    """When it is put right: in most cases before the guard, if that has not passed."""
    calendar, now = stage.cast.calendars[service], clock.now()
    ready_at = stage.at_work(service, 30, 1500)
    guard_at = ticket.session_deadline_at
    if guard_at is None or guard_at <= now or ready_at <= guard_at or not stage.lucky(IN_TIME):
        return ready_at
    left = calendar.minutes_between(now, guard_at)
    return calendar.add(now, stage.chance.randint(0, max(0, left - 10)))


def _resolve(
    stage: DemoContext, session: Session, service: str, ticket: Ticket, words: Sequence[str]
) -> None:
    ended = ENDS.get(ticket.fixability, Resolution.FIXED)
    who = stage.navigator(ticket, service)
    staff.resolve(session, who, ticket.number, ResolveInput(resolution=ended, body=stage.one(words)))
    if session.get_one(Reporter, ticket.reporter_id).contact_method == ContactMethod.PHONE:
        _call(session, who, ticket.number, stage.one(stage.story.said["phoned"]))


def confirmed(stage: DemoContext, number: int, hours: float) -> Play:
    """The reporter says that it works, within so many hours."""
    session = yield stage.at_home(0.3, hours)
    if ticket_in(session, number).status in (Status.OPEN, Status.RESOLVED):
        confirm(session, reporter(number), number)


def _came_back(stage: DemoContext, service: str, number: int, words: Sequence[str]) -> Play:
    session = yield stage.at_home(2, 70)
    if ticket_in(session, number).status == Status.RESOLVED:
        said = SayInput(body=stage.one(stage.story.said["again"]))
        reopen(session, reporter(number), number, said)
        yield from put_right(stage, service, number, words)


def _withdrawn(stage: DemoContext, number: int) -> Play:
    session = yield stage.at_home(0.2, 20)
    if ticket_in(session, number).status in LIVE:
        withdraw(session, reporter(number), number)


def _told_twice(stage: DemoContext, told: ScheduledReport) -> Play:
    """Somebody tells the same again, having heard nothing yet; a navigator makes one ticket of the two."""
    email = f"again{stage.chance.randrange(1000)}@demo.example"
    session = yield stage.at_home(0, 1)
    first = submit(stage, session, told, email=email)
    session = yield stage.at_home(0.2, 2)
    second = submit(stage, session, told, stage.one(stage.story.said["twice"]), email)
    session = yield stage.at_work(told.service, 5, 60)
    ticket = ticket_in(session, second)
    if ticket.status in LIVE and ticket_in(session, first).status in LIVE:
        merge(session, stage.navigator(ticket, told.service), second, MergeInput(into=first))
    yield from seen_to(stage, told, first)
