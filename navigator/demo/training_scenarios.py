"""Training scenarios: requests, answers, sessions, and how-to questions of those who came and who did not."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from sqlmodel import Session

from navigator import clock
from navigator.demo.context import DemoContext
from navigator.demo.event_queue import Scenario
from navigator.demo.report_schedule import PROGRAMMES, ScheduledReport
from navigator.demo.story import HeldSession, TrainingAnswer, TrainingAsk
from navigator.demo.ticket_scenarios import handle_ticket
from navigator.people.actor import Actor
from navigator.people.reporter import ReporterKind
from navigator.tickets.actions import staff
from navigator.tickets.report_input import StaffReportInput
from navigator.tickets.ticket import Channel
from navigator.training import demand, requests, seats, sessions
from navigator.training.inputs import AnswerInput, AttendanceInput, BookingInput, TrainingSessionInput
from navigator.training.topics import HOW_TO


def add_training(context: DemoContext) -> None:
    """Add what the story tells of training to the event queue."""
    training, add = context.story.training, context.queue.add
    for ask in training.asks:
        add(_request(context, ask))
    for answer in training.answers:
        add(_answer(context, answer))
    for held in training.sessions:
        add(_session(context, held))
    for name, moments in training.questions.items():
        for n, moment in enumerate(moments):
            add(_question(context, name, moment, n))


def _request(context: DemoContext, ask: TrainingAsk) -> Scenario:
    session = yield context.dates.moment(ask.at)
    requests.request_training(session, context.people.actors[ask.by], ask.what)


def _answer(context: DemoContext, answer: TrainingAnswer) -> Scenario:
    session = yield context.dates.moment(answer.at)
    trainer = context.people.actors[answer.by]
    for id in _open_request_ids(context, session, trainer, answer):
        requests.answer(session, trainer, id, AnswerInput(answer=answer.words))


def _open_request_ids(
    context: DemoContext, session: Session, trainer: Actor, subject: TrainingAnswer | HeldSession
) -> list[int]:
    """The open training requests of a service for a topic."""
    service_id = context.people.service_ids[subject.service]
    open_requests = (request for request, _ in demand.list_open_requests(session, trainer))
    in_service = (request for request in open_requests if request.service_id == service_id)
    return [request.id for request in in_service if request.topic == subject.topic]


def _session(context: DemoContext, held: HeldSession) -> Scenario:
    """A session is planned for the open requests, booked by others, and held; they rate themselves."""
    trainer = context.people.actors[held.by]
    session = yield context.dates.moment(held.planned)
    starts_at = context.dates.moment(held.held)
    local = clock.local(starts_at)
    plan = TrainingSessionInput(
        **held.model_dump(include={"service", "topic", "title", "places", "venue"}),
        on=local.date(),
        at=local.time(),
        minutes=45,
        requests=_open_request_ids(context, session, trainer, held),
    )
    id = sessions.plan_session(session, trainer, plan).id
    for name in held.booked:
        session = yield clock.now() + timedelta(minutes=20)
        seats.book(session, context.people.actors[name], id, BookingInput(confidence=3))
    session = yield starts_at + timedelta(hours=1)
    ratings = {context.people.actors[name].user_id or 0: rating for name, rating in held.came.items()}
    confidence = {str(user_id): rating for user_id, rating in ratings.items()}
    attendance = AttendanceInput(came=list(ratings), confidence=confidence)
    sessions.record_attendance(session, trainer, id, attendance)


def _question(context: DemoContext, name: str, moment: str, n: int) -> Scenario:
    """A how-to question of a practitioner, and what a navigator does with it."""
    aside = replace(context, rng=Random(f"{name} {n}"))  # noqa: S311 - others' chances stay what they were
    session = yield context.dates.moment(moment)
    actor = context.people.actors[name]
    service = next(code for code, id in context.people.service_ids.items() if id in actor.roles)
    kind = next(kind for kind in context.story.kinds if kind.category == HOW_TO and kind.by == ["pwp"])
    text = aside.choose(kind.texts).format(module=aside.choose(context.story.words["module"]))
    programme = PROGRAMMES[n % len(PROGRAMMES)]
    report = StaffReportInput(
        service=service, programme=programme, category=HOW_TO, text=text, reporter=ReporterKind.PWP
    )
    number = staff.report(session, actor, report, Channel.STAFF).ticket.number
    scheduled = ScheduledReport(clock.now(), service, programme, kind, is_by_pwp=True)
    yield from handle_ticket(aside, scheduled, number)
