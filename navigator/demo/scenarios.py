"""Scenarios beside ordinary tickets: known problems, clinical reviews, deflections; training has a file."""

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session

from navigator import clock
from navigator.attachments.receive import store_own
from navigator.clock import london_time
from navigator.demo.channels import add_channels
from navigator.demo.clinical_review import review_scenario
from navigator.demo.context import DemoContext, get_ticket
from navigator.demo.event_queue import Scenario
from navigator.demo.follow_up import followed_up
from navigator.demo.notices import notice_scenario
from navigator.demo.report_schedule import PROGRAMMES, ScheduledReport
from navigator.demo.shared_and_watched import sharing_scenario, watch_scenario
from navigator.demo.story import (
    FollowedReport,
    KnownProblem,
    ProblemStep,
    ReportKind,
    SafetyReport,
)
from navigator.demo.submit_report import submit
from navigator.demo.ticket_scenarios import confirm_fix, handle_ticket, resolve_ticket
from navigator.demo.training_scenarios import add_training
from navigator.people.actor import ANONYMOUS, Actor, reporter
from navigator.people.reporter import ContactMethod
from navigator.people.user import Role
from navigator.problems import records, suppliers, updates
from navigator.problems.inputs import ProblemInput, SaidInput, SendInput, StatusInput, UpdateInput
from navigator.problems.problem import Problem, ProblemStatus
from navigator.tickets import attached_files
from navigator.tickets.actions import staff
from navigator.tickets.actions.booked_calls import book_call
from navigator.tickets.actions.clinical_review import request_review_by_staff, set_contact_note
from navigator.tickets.assignment.free_navigators import free_times
from navigator.tickets.booking_inputs import BookCallInput
from navigator.tickets.inputs import AttachInput, ReviewRequestInput, SayInput
from navigator.tickets.report_input import ContactInput, ReportInput
from navigator.tickets.reports import drafts

WORKS_AFTER_FIX = 0.7
DEFAULT_CATEGORY = "use.outage_or_error"
FIX_MESSAGE = "We went through it together and it works now."
EMAIL = "worried@demo.example"
SCREENSHOT = Path(__file__).with_name("screenshot.png")
"""What the reporter who follows their ticket sees, drawn for this."""


def add_scenarios(context: DemoContext) -> None:
    """Add every scenario of the story to the event queue."""
    story, add = context.story, context.queue.add
    for problem in story.problems:
        add(_problem_scenario(context, problem))
    add_training(context)
    for report in story.clinical_reviews:
        add(_safety_report(context, report))
    add(_followed_report(context, story.followed))
    add(followed_up(context, story.followed_up))
    add(watch_scenario(context, story.watch))
    add(sharing_scenario(context, story.sharing))
    for told in story.notices:
        add(notice_scenario(context, told))
    add_channels(context, story.channels)
    for category, count in story.solved.items():
        for _ in range(count):
            add(_deflection(context, category))


def _problem_scenario(context: DemoContext, known: KnownProblem) -> Scenario:
    """A problem record is opened, changes its status, and in the end everybody linked is notified."""
    owner = context.people.actors[known.by]
    session = yield context.dates.moment(known.opened)
    problem = records.open_problem(session, owner, known.open_input())
    id = context.problem_ids[known.key] = problem.id
    for step in known.steps:
        session = yield context.dates.moment(step.at)
        _take_step(context, session, owner, known, id, step)


def _take_step(
    context: DemoContext, session: Session, owner: Actor, known: KnownProblem, id: int, step: ProblemStep
) -> None:
    senders = [owner, *_navigators_elsewhere(context, owner)]
    problem = records.find(session, owner, id)
    linked = [n for sender in senders for n in updates.tickets_to_notify(session, sender, problem)]
    if known.reference and not problem.supplier_reference and step.status is ProblemStatus.WITH_SUPPLIER:
        records.edit(session, owner, id, _problem_input(problem, supplier_reference=known.reference))
    _deal_with_supplier(session, owner, id, step)
    if step.status:
        updates.change_status(session, owner, id, StatusInput(status=step.status, body=step.words))
    for sender in senders if step.words else ():
        if sender is not owner or not step.status:
            updates.send_update(session, sender, id, UpdateInput(body=step.words))
    if step.status is ProblemStatus.RELEASED:
        del context.problem_ids[known.key]
        for number in linked:
            context.queue.add(_retry_after_release(context, number))


def _navigators_elsewhere(context: DemoContext, navigator: Actor) -> list[Actor]:
    """The navigators of services in which this one is none: they write to their own reporters."""
    service_ids = navigator.services(Role.NAVIGATOR)
    others = (actor for actor in context.people.actors.values() if actor.has(Role.NAVIGATOR))
    return [actor for actor in others if not actor.services(Role.NAVIGATOR) & service_ids]


def _deal_with_supplier(session: Session, owner: Actor, id: int, step: ProblemStep) -> None:
    """Send a problem to its supplier, or write down what they said."""
    if step.sends:
        suppliers.send(session, owner, id, SendInput(again=True))
    if step.said:
        due_on = clock.today() + timedelta(days=step.due_in) if step.due_in else None
        said = SaidInput(kind=step.said, happened_on=clock.today(), due_on=due_on, body=step.answer)
        suppliers.record_said(session, owner, id, said)


def _problem_input(problem: Problem, **facts: Any) -> ProblemInput:
    """The fields of a problem record, with these changed."""
    fields = ProblemInput.model_fields.keys() - {"version"}
    return ProblemInput(**{name: getattr(problem, name) for name in fields} | facts)


def _retry_after_release(context: DemoContext, number: int) -> Scenario:
    """A linked reporter tries again after the release: it works for most; a navigator helps the others."""
    if context.happens(WORKS_AFTER_FIX):
        yield from confirm_fix(context, number, 30)
    else:
        session = yield context.staff_time("riverside", 60, 900)
        service = context.service_of(get_ticket(session, number))
        yield from resolve_ticket(context, service, number, context.story.update.put_right)


def _safety_report(context: DemoContext, report: SafetyReport) -> Scenario:
    """A report that a clinician must read; what is technical about it is handled beside that."""
    session = yield _reported_at(context, report)
    category = report.category or DEFAULT_CATEGORY
    kind = ReportKind(category=category, texts=[report.text], put_right=[FIX_MESSAGE])
    scheduled = ScheduledReport(clock.now(), report.service, report.programme, kind)
    number = submit(context, session, scheduled, email=EMAIL)
    if report.by_hand:
        navigator = context.people.with_role(report.service, Role.NAVIGATOR)[0]
        request_review_by_staff(session, navigator, number, ReviewRequestInput(reason=report.by_hand))
    if report.reach:
        set_contact_note(session, reporter(number), report.reach)
    context.queue.add(review_scenario(context, report.service, number, report))
    yield from handle_ticket(context, scheduled, number)


def _reported_at(context: DemoContext, report: SafetyReport) -> datetime:
    if report.at:
        return context.dates.moment(report.at)
    return context.dates.working_minutes_before(report.before)


def _followed_report(context: DemoContext, followed: FollowedReport) -> Scenario:
    """A report is answered at once, with a question; its reporter books a call by their private link."""
    session = yield context.dates.working_minutes_before(followed.before)
    report = ReportInput(
        **followed.model_dump(include={"service", "programme", "category", "text", "practitioner"}),
        next_session=context.dates.moment("today+2 09:00").date(),
        contact=ContactInput(route=ContactMethod.EMAIL, email=followed.email),
    )
    ticket = staff.report(session, ANONYMOUS, report).ticket
    number = context.followed_ticket = ticket.number
    with SCREENSHOT.open("rb", buffering=0) as file:
        attached_files.attach_to_newest(session, ticket, [store_own(file)])
    session = yield context.staff_time(followed.service, 20, 60)
    navigator = context.navigator_of(get_ticket(session, number), followed.service)
    practitioner = context.people.actors[followed.practitioner]
    staff.attach(session, navigator, number, AttachInput(pwp_id=practitioner.user_id or 0))
    staff.wait(session, navigator, number, SayInput(body=followed.asked))
    session = yield clock.now() + timedelta(minutes=10)
    _book_call(session, context, number, followed.phone)


def _book_call(session: Session, context: DemoContext, number: int, phone: str) -> None:
    """The reporter of a ticket books the first call that is free on another day than today."""
    free = free_times(session, get_ticket(session, number))
    starts_at = next(at for at in free if clock.local(at).date() > context.dates.today)
    booking = BookCallInput(starts_at=starts_at, phone=phone, voicemail_is_safe=False)
    book_call(session, reporter(number), number, booking)


def _deflection(context: DemoContext, category: str) -> Scenario:
    """A ticket is deflected: the known fix that the form shows first helps, and nothing is sent."""
    day = context.choose(context.dates.days[:-1])
    session = yield london_time(day, time(context.choose(range(9, 21)), context.choose(range(60))))
    draft, _ = drafts.start_draft(session)
    session.flush()
    service = context.choose([*context.story.services])
    drafts.record_deflection(session, draft, service, context.choose(PROGRAMMES), category)
