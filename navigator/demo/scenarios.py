"""The episodes: known problems and their suppliers, training, hand-overs, known fixes that helped."""

from datetime import datetime, time, timedelta
from typing import Any

from sqlmodel import Session

from navigator import clock
from navigator.demo.clinical_review import review_scenario
from navigator.demo.context import DemoContext, ticket_in
from navigator.demo.dates import at
from navigator.demo.event_queue import Play
from navigator.demo.report_schedule import PROGRAMMES, ScheduledReport
from navigator.demo.story import Answer, Ask, Followed, Kind, KnownProblem, Step, Taught, Worry
from navigator.demo.submit_report import submit
from navigator.demo.ticket_scenarios import confirmed, put_right, seen_to
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
from navigator.training.inputs import AnswerInput, AttendanceInput, PlanInput

TRIED_AT_ONCE = 0.7
UNSORTED = "use.outage_or_error"
PUT_RIGHT = "We went through it together and it works now."
EMAIL = "worried@demo.example"


def all_scenarios(stage: DemoContext) -> None:
    """Enter every episode into the diary."""
    told, enter = stage.story, stage.diary.enter
    for problem in told.problems:
        enter(_problem(stage, problem))
    for ask in told.training.asks:
        enter(_asks(stage, ask))
    for answer in told.training.answers:
        enter(_answers(stage, answer))
    for taught in told.training.sessions:
        enter(_teaches(stage, taught))
    for worry in told.hand_overs:
        enter(_worries(stage, worry))
    enter(_followed(stage, told.followed))
    for category, times in told.solved.items():
        for _ in range(times):
            enter(_solved(stage, category))


def _problem(stage: DemoContext, told: KnownProblem) -> Play:
    """A problem is written down, comes further, and in the end everybody linked hears of it."""
    who = stage.cast.people[told.by]
    session = yield stage.dates.moment(told.opened)
    id = stage.problems[told.key] = records.open_problem(session, who, told.record()).id
    for step in told.steps:
        session = yield stage.dates.moment(step.at)
        _goes_on(stage, session, who, told, id, step)


def _goes_on(
    stage: DemoContext, session: Session, who: Actor, told: KnownProblem, id: int, step: Step
) -> None:
    keepers = [who, *_elsewhere(stage, who)]
    problem = records.find(session, who, id)
    linked = [number for keeper in keepers for number in updates.tickets_to_notify(session, keeper, problem)]
    if facts := _facts(told, step):
        records.edit(session, who, id, _known(problem, **facts))
    if step.status:
        updates.change_status(session, who, id, StatusInput(status=step.status, body=step.words))
    for keeper in keepers if step.words else ():
        if keeper is not who or not step.status:
            updates.send_update(session, keeper, id, UpdateInput(body=step.words))
    if step.status is ProblemStatus.RELEASED:
        del stage.problems[told.key]
        for number in linked:
            stage.diary.enter(_tries_again(stage, number))


def _elsewhere(stage: DemoContext, who: Actor) -> list[Actor]:
    """The navigators of services in which somebody is none: they write to their own reporters."""
    own = who.services(Role.NAVIGATOR)
    others = (actor for actor in stage.cast.people.values() if actor.has(Role.NAVIGATOR))
    return [actor for actor in others if not actor.services(Role.NAVIGATOR) & own]


def _facts(told: KnownProblem, step: Step) -> dict[str, Any]:
    """What becomes known of the supplier with a step."""
    if step.status is ProblemStatus.WITH_SUPPLIER:
        return {"supplier_reference": told.reference, "reported_to_supplier_on": clock.today()}
    if step.due_in:
        return {"supplier_due_on": clock.today() + timedelta(days=step.due_in)}
    return {}


def _known(problem: Problem, **facts: Any) -> ProblemInput:
    """What is known of a problem, and these facts besides."""
    fields = ProblemInput.model_fields.keys() - {"version"}
    return ProblemInput(**{name: getattr(problem, name) for name in fields} | facts)


def _tries_again(stage: DemoContext, number: int) -> Play:
    """Somebody linked tries again after the fix: it works for most, and a navigator helps the others."""
    if stage.lucky(TRIED_AT_ONCE):
        yield from confirmed(stage, number, 30)
    else:
        session = yield stage.at_work("riverside", 60, 900)
        service = stage.home_of(ticket_in(session, number))
        yield from put_right(stage, service, number, stage.story.update.put_right)


def _asks(stage: DemoContext, told: Ask) -> Play:
    session = yield stage.dates.moment(told.at)
    requests.ask(session, stage.cast.people[told.by], told.what)


def _answers(stage: DemoContext, told: Answer) -> Play:
    session = yield stage.dates.moment(told.at)
    who = stage.cast.people[told.by]
    for id in _wanting(stage, session, who, told):
        requests.answer(session, who, id, AnswerInput(answer=told.words))


def _wanting(stage: DemoContext, session: Session, who: Actor, told: Answer | Taught) -> list[int]:
    """The open requests of a service for a topic."""
    here = stage.cast.services[told.service]
    open_ones = (request for request, _ in sessions.waiting(session, who))
    return [one.id for one in open_ones if one.service_id == here and one.topic == told.topic]


def _teaches(stage: DemoContext, told: Taught) -> Play:
    """A session is planned for those who asked, and held; those who came say how confident they are."""
    who = stage.cast.people[told.by]
    session = yield stage.dates.moment(told.planned)
    starts_at = stage.dates.moment(told.held)
    wall = clock.local(starts_at)
    plan = PlanInput(
        **told.model_dump(include={"service", "topic", "title", "places", "venue"}),
        on=wall.date(),
        at=wall.time(),
        minutes=45,
        requests=_wanting(stage, session, who, told),
    )
    id = sessions.plan(session, who, plan).id
    session = yield starts_at + timedelta(hours=1)
    after = {stage.cast.people[name].user_id or 0: how for name, how in told.came.items()}
    confidence = {str(user_id): how for user_id, how in after.items()}
    sessions.record_attendance(session, who, id, AttendanceInput(came=list(after), confidence=confidence))


def _worries(stage: DemoContext, told: Worry) -> Play:
    """Somebody says what a clinician must read; what is technical about it goes on beside that."""
    session = yield _when(stage, told)
    kind = Kind(category=told.category or UNSORTED, texts=[told.text], put_right=[PUT_RIGHT])
    report = ScheduledReport(clock.now(), told.service, told.programme, kind)
    number = submit(stage, session, report, email=EMAIL)
    if told.by_hand:
        who = stage.cast.of(told.service, Role.NAVIGATOR)[0]
        request_review_by_staff(session, who, number, ReviewRequestInput(reason=told.by_hand))
    if told.reach:
        set_contact_note(session, reporter(number), told.reach)
    stage.diary.enter(review_scenario(stage, told.service, number, told))
    yield from seen_to(stage, report, number)


def _when(stage: DemoContext, told: Worry) -> datetime:
    if told.at:
        return stage.dates.moment(told.at)
    return stage.dates.working_minutes_before(told.before)


def _followed(stage: DemoContext, told: Followed) -> Play:
    """Somebody reports, is helped at once, and asked whether it works."""
    session = yield stage.dates.working_minutes_before(told.before)
    report = ReportInput(
        **told.model_dump(include={"service", "programme", "category", "text", "practitioner"}),
        next_session=stage.dates.moment("today+2 09:00").date(),
        contact=ContactInput(route=ContactMethod.EMAIL, email=told.email),
    )
    ticket = staff.report(session, ANONYMOUS, report).ticket
    number = stage.followed = ticket.number
    session = yield stage.at_work(told.service, 20, 60)
    who = stage.navigator(ticket_in(session, number), told.service)
    staff.attach(session, who, number, AttachInput(pwp_id=stage.cast.people[told.practitioner].user_id or 0))
    staff.wait(session, who, number, SayInput(body=told.asked))


def _solved(stage: DemoContext, category: str) -> Play:
    """The known fix that the form shows first helps, and nothing is sent."""
    session = yield at(stage.one(stage.dates.days[:-1]), time(stage.one(range(9, 21)), stage.one(range(60))))
    draft, _ = drafts.start_draft(session)
    session.flush()
    service = stage.one([*stage.story.services])
    drafts.record_deflection(session, draft, service, stage.one(PROGRAMMES), category)
