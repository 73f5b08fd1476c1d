"""Ticket scenarios: a simulated ticket's life cycle, from the report to its resolution or the supplier."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from navigator import clock
from navigator.catalogue.catalogue import Fixability
from navigator.demo.clinical_review import review_scenario
from navigator.demo.context import DemoContext, get_ticket
from navigator.demo.event_queue import Scenario
from navigator.demo.inclusion import offer_help, say_what_they_think
from navigator.demo.report_schedule import ScheduledReport
from navigator.demo.submit_report import submit
from navigator.people.actor import Actor, reporter
from navigator.people.reporter import ContactMethod, Reporter
from navigator.problems.linking import link, words_to_confirm
from navigator.tickets.actions import calls, staff
from navigator.tickets.actions.merge import merge
from navigator.tickets.actions.reporter import answer, confirm, reopen, withdraw
from navigator.tickets.enums import CallOutcome, CallPurpose
from navigator.tickets.inputs import (
    AttachInput,
    CallInput,
    LinkInput,
    MergeInput,
    ResolveInput,
    SayInput,
    TriageInput,
)
from navigator.tickets.ticket import LIVE, Resolution, Status, Ticket

# Probabilities of what happens to a ticket.
WITHDRAWN, TWICE = 0.02, 0.015
SORTED, ATTACHED, CHECKED, NOTED, CALLED, REPLIED, ASKED = 0.3, 0.8, 0.3, 0.12, 0.12, 0.15, 0.2
IN_TIME, ANSWERED, GIVEN_UP = 0.88, 0.85, 0.8
CONFIRMED, CAME_BACK = 0.55, 0.06

RESOLUTIONS: dict[str | None, Resolution] = {
    Fixability.SUPPLIER: Resolution.WORKAROUND,
    Fixability.PROTOCOL: Resolution.EXPLAINED,
    Fixability.DIVERT: Resolution.PASSED_ON,
    Fixability.NONE: Resolution.EXPLAINED,
}


def ticket_life(context: DemoContext, report: ScheduledReport) -> Scenario:
    """The life cycle of one ticket, from its report to its end."""
    session = yield report.at
    number = submit(context, session, report)
    if get_ticket(session, number).has_open_review:
        context.queue.add(review_scenario(context, report.service, number))
    if context.happens(WITHDRAWN):
        context.queue.add(_withdraw(context, number))
    if not report.is_by_pwp and context.happens(TWICE):
        context.queue.add(_duplicate_report(context, report))
    yield from handle_ticket(context, report, number)


def handle_ticket(context: DemoContext, report: ScheduledReport, number: int) -> Scenario:
    """What navigators do with a ticket that has come in."""
    session = yield context.staff_time(report.service, 10, 240)
    ticket = get_ticket(session, number)
    if ticket.status not in LIVE:
        return
    navigator = _start_work(context, session, report, ticket)
    if _park_if_known(context, session, navigator, report, ticket):
        yield from _give_up_waiting(context, report, number)
        return
    if context.happens(ASKED):
        yield from _ask_reporter(context, report, number)
    yield from resolve_ticket(context, report.service, number, report.kind.put_right)


def _start_work(context: DemoContext, session: Session, report: ScheduledReport, ticket: Ticket) -> Actor:
    """Triage or claim a ticket, attach its practitioner, and take the first actions."""
    navigator, number, happens = context.navigator_of(ticket, report.service), ticket.number, context.happens
    if ticket.category != report.kind.category or happens(SORTED):
        staff.triage(session, navigator, number, TriageInput(category=report.kind.category))
    else:
        staff.claim(session, navigator, number)
    practitioner = context.people.actors.get(ticket.practitioner_name_given)
    if practitioner and practitioner.user_id and happens(ATTACHED):
        staff.attach(session, navigator, number, AttachInput(pwp_id=practitioner.user_id))
    if report.kind.category.startswith("access.") and happens(CHECKED):
        staff.verify(session, navigator, number)
    offer_help(context, session, navigator, number, report.service)
    actions = (("note", staff.note, NOTED), ("phone", _phone, CALLED), ("reply", staff.reply, REPLIED))
    for name, action, probability in actions:
        if happens(probability):
            action(session, navigator, number, _message(context, name))
    return navigator


def _message(context: DemoContext, name: str) -> SayInput:
    return SayInput(body=context.choose(context.story.said[name]))


def _phone(session: Session, navigator: Actor, number: int, message: SayInput) -> Ticket:
    if session.get_one(Reporter, get_ticket(session, number).reporter_id).is_not_phoned:
        return staff.note(session, navigator, number, SayInput(body="They asked not to be phoned."))
    return _call(session, navigator, number, message.body, number % 2 == 0)


def _call(session: Session, navigator: Actor, number: int, body: str, is_reached: bool = True) -> Ticket:
    """Log a phone call to a reporter; one who was not reached is called again the next day."""
    is_access = str(session.get_one(Ticket, number).category).startswith("access.")
    call_input = CallInput(
        came=CallOutcome.SPOKE if is_reached else CallOutcome.NO_ANSWER,
        responsibility=CallPurpose.ACCESS if is_access else CallPurpose.TECHNOLOGY,
        minutes=4 + number % 13,
        next_on=None if is_reached else clock.today() + timedelta(days=1),
        body=body if is_reached else "",
    )
    return calls.call(session, navigator, number, call_input)


def _park_if_known(
    context: DemoContext, session: Session, navigator: Actor, report: ScheduledReport, ticket: Ticket
) -> bool:
    """Link a ticket to the known problem behind it; whether it now waits for the supplier."""
    known_problem = context.known_problem_for(report.programme, ticket.category)
    if known_problem is None or ticket.fixability != Fixability.SUPPLIER:
        return False
    problem_id = context.problem_ids[known_problem.key]
    words = words_to_confirm(session, ticket, problem_id)
    what = LinkInput(problem_id=problem_id, tell=bool(words), body=words)
    link(session, navigator, ticket.number, what)
    if not context.happens(known_problem.parks):
        return False
    staff.park(session, navigator, ticket.number, _message(context, "park"))
    return True


def _give_up_waiting(context: DemoContext, report: ScheduledReport, number: int) -> Scenario:
    """Most tickets that wait for the supplier are resolved after some days as not fixable."""
    session = yield context.staff_time(report.service, 3 * 480, 9 * 480)
    ticket = get_ticket(session, number)
    if ticket.status == Status.WAITING_FOR_SUPPLIER and context.happens(GIVEN_UP):
        body = context.choose(report.kind.put_right)
        resolution = ResolveInput(resolution=Resolution.NOT_FIXABLE, body=body)
        staff.resolve(session, context.navigator_of(ticket, report.service), number, resolution)


def _ask_reporter(context: DemoContext, report: ScheduledReport, number: int) -> Scenario:
    """Ask the reporter something; most answer."""
    session = yield context.staff_time(report.service, 5, 60)
    ticket = get_ticket(session, number)
    if ticket.status not in LIVE - {Status.WAITING_FOR_REPORTER}:
        return
    navigator = context.navigator_of(ticket, report.service)
    staff.wait(session, navigator, number, _message(context, "ask"))
    session = yield context.patient_time(0.5, 60)
    if get_ticket(session, number).status == Status.WAITING_FOR_REPORTER and context.happens(ANSWERED):
        answer(session, reporter(number), number, _message(context, "answer"))
    else:
        yield context.staff_time(report.service, 5 * 480, 8 * 480)


def resolve_ticket(context: DemoContext, service: str, number: int, messages: Sequence[str]) -> Scenario:
    """Resolve a ticket, mostly before the session; then the reporter confirms it or reopens it."""
    session = yield context.staff_time(service, 5, 20)
    session = yield _resolved_at(context, service, get_ticket(session, number))
    ticket = get_ticket(session, number)
    if ticket.status not in LIVE:
        return
    _resolve(context, session, service, ticket, messages)
    if context.happens(CONFIRMED):
        yield from confirm_fix(context, number, 60)
    elif context.happens(CAME_BACK / (1 - CONFIRMED)):
        yield from _reopen(context, service, number, messages)


def _resolved_at(context: DemoContext, service: str, ticket: Ticket) -> datetime:
    """When a ticket is resolved: in most cases before the session deadline, if that has not passed."""
    calendar, now = context.people.calendars[service], clock.now()
    resolved_at = context.staff_time(service, 30, 1500)
    deadline_at = ticket.session_deadline_at
    if deadline_at is None or deadline_at <= now or resolved_at <= deadline_at:
        return resolved_at
    if not context.happens(IN_TIME):
        return resolved_at
    minutes = calendar.minutes_between(now, deadline_at)
    return calendar.add(now, context.rng.randint(0, max(0, minutes - 10)))


def _resolve(
    context: DemoContext, session: Session, service: str, ticket: Ticket, messages: Sequence[str]
) -> None:
    navigator = context.navigator_of(ticket, service)
    resolution = RESOLUTIONS.get(ticket.fixability, Resolution.FIXED)
    resolve_input = ResolveInput(resolution=resolution, body=context.choose(messages))
    staff.resolve(session, navigator, ticket.number, resolve_input)
    if session.get_one(Reporter, ticket.reporter_id).contact_method == ContactMethod.PHONE:
        _call(session, navigator, ticket.number, context.choose(context.story.said["phoned"]))


def confirm_fix(context: DemoContext, number: int, hours: float) -> Scenario:
    """The reporter says that it works, within so many hours."""
    session = yield context.patient_time(0.3, hours)
    if get_ticket(session, number).status in (Status.OPEN, Status.RESOLVED):
        confirm(session, reporter(number), number)
        say_what_they_think(context, session, number)


def _reopen(context: DemoContext, service: str, number: int, messages: Sequence[str]) -> Scenario:
    session = yield context.patient_time(2, 70)
    if get_ticket(session, number).status == Status.RESOLVED:
        reopen(session, reporter(number), number, _message(context, "again"))
        yield from resolve_ticket(context, service, number, messages)


def _withdraw(context: DemoContext, number: int) -> Scenario:
    session = yield context.patient_time(0.2, 20)
    if get_ticket(session, number).status in LIVE:
        withdraw(session, reporter(number), number)


def _duplicate_report(context: DemoContext, report: ScheduledReport) -> Scenario:
    """A reporter reports the same again before any answer; a navigator merges the two tickets."""
    email = f"again{context.rng.randrange(1000)}@demo.example"
    session = yield context.patient_time(0, 1)
    first = submit(context, session, report, email=email)
    session = yield context.patient_time(0.2, 2)
    second = submit(context, session, report, context.choose(context.story.said["twice"]), email)
    session = yield context.staff_time(report.service, 5, 60)
    ticket = get_ticket(session, second)
    if ticket.status in LIVE and get_ticket(session, first).status in LIVE:
        merge(session, context.navigator_of(ticket, report.service), second, MergeInput(into=first))
    yield from handle_ticket(context, report, first)
