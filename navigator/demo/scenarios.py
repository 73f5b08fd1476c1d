"""The episodes: known problems and their suppliers, training, clinical reviews, known fixes that helped."""

from datetime import datetime, time, timedelta
from typing import Any

from sqlmodel import Session

from navigator import clock
from navigator.demo.clinical_review import review_scenario
from navigator.demo.context import DemoContext, get_ticket
from navigator.demo.dates import london_time
from navigator.demo.event_queue import Scenario
from navigator.demo.report_schedule import PROGRAMMES, ScheduledReport
from navigator.demo.story import TrainingAnswer, TrainingAsk, FollowedReport, ReportKind, KnownProblem, ProblemStep, HeldSession, SafetyReport
from navigator.demo.submit_report import submit
from navigator.demo.ticket_scenarios import confirm_fix, resolve_ticket, handle_ticket
from navigator.people.actor import ANONYMOUS, Actor, reporter
from navigator.people.reporter import ContactMethod
from navigator.people.user import Role
from navigator.problems import records, updates
from navigator.problems.inputs import ProblemInput, StatusInput, UpdateInput
from navigator.problems.problem import Problem, ProblemStatus
from navigator.tickets.actions import staff
from navigator.tickets.actions.clinical_review import request_review_by_staff, set_contact_note
from navigator.tickets.inputs import AttachInput, ContactInput, ReportInput, ReviewRequestInput, SayInput
from navigator.tickets.reports import drafts
from navigator.training import requests, sessions
from navigator.training.inputs import AnswerInput, AttendanceInput, TrainingSessionInput

WORKS_AFTER_FIX = 0.7
DEFAULT_CATEGORY = "use.outage_or_error"
FIX_MESSAGE = "We went through it together and it works now."
EMAIL = "worried@demo.example"


def all_scenarios(stage: DemoContext) -> None:
    """Enter every episode into the diary."""
    told, enter = stage.story, stage.queue.add
    for problem in told.problems:
        enter(_problem_scenario(stage, problem))
    for ask in told.training.asks:
        enter(_training_request(stage, ask))
    for answer in told.training.answers:
        enter(_training_answer(stage, answer))
    for taught in told.training.sessions:
        enter(_training_session(stage, taught))
    for worry in told.clinical_reviews:
        enter(_safety_report(stage, worry))
    enter(_followed_report(stage, told.followed))
    for category, times in told.solved.items():
        for _ in range(times):
            enter(_deflection(stage, category))


def _problem_scenario(stage: DemoContext, told: KnownProblem) -> Scenario:
    """A problem is written down, comes further, and in the end everybody linked hears of it."""
    who = stage.people.actors[told.by]
    session = yield stage.dates.moment(told.opened)
    id = stage.problem_ids[told.key] = records.open_problem(session, who, told.open_input()).id
    for step in told.steps:
        session = yield stage.dates.moment(step.at)
        _take_step(stage, session, who, told, id, step)


def _take_step(
    stage: DemoContext, session: Session, who: Actor, told: KnownProblem, id: int, step: ProblemStep
) -> None:
    keepers = [who, *_navigators_elsewhere(stage, who)]
    problem = records.find(session, who, id)
    linked = [number for keeper in keepers for number in updates.tickets_to_notify(session, keeper, problem)]
    if facts := _supplier_facts(told, step):
        records.edit(session, who, id, _problem_input(problem, **facts))
    if step.status:
        updates.change_status(session, who, id, StatusInput(status=step.status, body=step.words))
    for keeper in keepers if step.words else ():
        if keeper is not who or not step.status:
            updates.send_update(session, keeper, id, UpdateInput(body=step.words))
    if step.status is ProblemStatus.RELEASED:
        del stage.problem_ids[told.key]
        for number in linked:
            stage.queue.add(_retry_after_release(stage, number))


def _navigators_elsewhere(stage: DemoContext, who: Actor) -> list[Actor]:
    """The navigators of services in which somebody is none: they write to their own reporters."""
    own = who.services(Role.NAVIGATOR)
    others = (actor for actor in stage.people.actors.values() if actor.has(Role.NAVIGATOR))
    return [actor for actor in others if not actor.services(Role.NAVIGATOR) & own]


def _supplier_facts(told: KnownProblem, step: ProblemStep) -> dict[str, Any]:
    """What becomes known of the supplier with a step."""
    if step.status is ProblemStatus.WITH_SUPPLIER:
        return {"supplier_reference": told.reference, "reported_to_supplier_on": clock.today()}
    if step.due_in:
        return {"supplier_due_on": clock.today() + timedelta(days=step.due_in)}
    return {}


def _problem_input(problem: Problem, **facts: Any) -> ProblemInput:
    """What is known of a problem, and these facts besides."""
    fields = ProblemInput.model_fields.keys() - {"version"}
    return ProblemInput(**{name: getattr(problem, name) for name in fields} | facts)


def _retry_after_release(stage: DemoContext, number: int) -> Scenario:
    """Somebody linked tries again after the fix: it works for most, and a navigator helps the others."""
    if stage.happens(WORKS_AFTER_FIX):
        yield from confirm_fix(stage, number, 30)
    else:
        session = yield stage.staff_time("riverside", 60, 900)
        service = stage.service_of(get_ticket(session, number))
        yield from resolve_ticket(stage, service, number, stage.story.update.put_right)


def _training_request(stage: DemoContext, told: TrainingAsk) -> Scenario:
    session = yield stage.dates.moment(told.at)
    requests.request_training(session, stage.people.actors[told.by], told.what)


def _training_answer(stage: DemoContext, told: TrainingAnswer) -> Scenario:
    session = yield stage.dates.moment(told.at)
    who = stage.people.actors[told.by]
    for id in _open_request_ids(stage, session, who, told):
        requests.answer(session, who, id, AnswerInput(answer=told.words))


def _open_request_ids(stage: DemoContext, session: Session, who: Actor, told: TrainingAnswer | HeldSession) -> list[int]:
    """The open requests of a service for a topic."""
    here = stage.people.service_ids[told.service]
    open_ones = (request for request, _ in sessions.list_open_requests(session, who))
    return [one.id for one in open_ones if one.service_id == here and one.topic == told.topic]


def _training_session(stage: DemoContext, told: HeldSession) -> Scenario:
    """A session is planned for those who asked, and held; those who came say how confident they are."""
    who = stage.people.actors[told.by]
    session = yield stage.dates.moment(told.planned)
    starts_at = stage.dates.moment(told.held)
    wall = clock.local(starts_at)
    plan = TrainingSessionInput(
        **told.model_dump(include={"service", "topic", "title", "places", "venue"}),
        on=wall.date(),
        at=wall.time(),
        minutes=45,
        requests=_open_request_ids(stage, session, who, told),
    )
    id = sessions.plan_session(session, who, plan).id
    session = yield starts_at + timedelta(hours=1)
    after = {stage.people.actors[name].user_id or 0: how for name, how in told.came.items()}
    confidence = {str(user_id): how for user_id, how in after.items()}
    sessions.record_attendance(session, who, id, AttendanceInput(came=list(after), confidence=confidence))


def _safety_report(stage: DemoContext, told: SafetyReport) -> Scenario:
    """Somebody says what a clinician must read; what is technical about it goes on beside that."""
    session = yield _reported_at(stage, told)
    kind = ReportKind(category=told.category or DEFAULT_CATEGORY, texts=[told.text], put_right=[FIX_MESSAGE])
    report = ScheduledReport(clock.now(), told.service, told.programme, kind)
    number = submit(stage, session, report, email=EMAIL)
    if told.by_hand:
        who = stage.people.with_role(told.service, Role.NAVIGATOR)[0]
        request_review_by_staff(session, who, number, ReviewRequestInput(reason=told.by_hand))
    if told.reach:
        set_contact_note(session, reporter(number), told.reach)
    stage.queue.add(review_scenario(stage, told.service, number, told))
    yield from handle_ticket(stage, report, number)


def _reported_at(stage: DemoContext, told: SafetyReport) -> datetime:
    if told.at:
        return stage.dates.moment(told.at)
    return stage.dates.working_minutes_before(told.before)


def _followed_report(stage: DemoContext, told: FollowedReport) -> Scenario:
    """Somebody reports, is helped at once, and asked whether it works."""
    session = yield stage.dates.working_minutes_before(told.before)
    report = ReportInput(
        **told.model_dump(include={"service", "programme", "category", "text", "practitioner"}),
        next_session=stage.dates.moment("today+2 09:00").date(),
        contact=ContactInput(route=ContactMethod.EMAIL, email=told.email),
    )
    ticket = staff.report(session, ANONYMOUS, report).ticket
    number = stage.followed_ticket = ticket.number
    session = yield stage.staff_time(told.service, 20, 60)
    who = stage.navigator_of(get_ticket(session, number), told.service)
    staff.attach(session, who, number, AttachInput(pwp_id=stage.people.actors[told.practitioner].user_id or 0))
    staff.wait(session, who, number, SayInput(body=told.asked))


def _deflection(stage: DemoContext, category: str) -> Scenario:
    """The known fix that the form shows first helps, and nothing is sent."""
    session = yield london_time(stage.choose(stage.dates.days[:-1]), time(stage.choose(range(9, 21)), stage.choose(range(60))))
    draft, _ = drafts.start_draft(session)
    session.flush()
    service = stage.choose([*stage.story.services])
    drafts.record_deflection(session, draft, service, stage.choose(PROGRAMMES), category)
