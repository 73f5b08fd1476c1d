"""Training requests: for oneself, by a manager for a team, or from a how-to ticket."""

from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.lookups import programme_by_code, service_by_code
from navigator.errors import Conflict, Forbidden, NotFound
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import Recipient
from navigator.people.actor import Actor
from navigator.people.reporter import ReporterKind
from navigator.people.user import Membership, Role, User
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import staff
from navigator.tickets.lifecycle import act, record
from navigator.tickets.report_input import ReportInput
from navigator.tickets.ticket import Channel
from navigator.training.inputs import AnswerInput, TrainingRequestInput
from navigator.training.tables import RequestStatus, TrainingRequest
from navigator.training.topics import BY_ID, OWN_WORDS
from navigator.triage.safety_screen import screen

OPEN_STATUSES = (RequestStatus.ASKED, RequestStatus.PLANNED)


def request_training(session: Session, actor: Actor, request_input: TrainingRequestInput) -> TrainingRequest:
    """Create a training request; only a manager may ask for a team."""
    service = service_by_code(session, request_input.service)
    if actor.user_id is None or service.id not in actor.services():
        raise Forbidden("Only staff of a service can ask for its training.")
    if request_input.is_for_team and service.id not in actor.services(Role.MANAGER):
        raise Forbidden("Only a manager asks for a whole team. You can ask for yourself.")
    programme = programme_by_code(session, service, request_input.programme)
    request = TrainingRequest(
        service_id=service.id,
        programme_id=programme.id if programme else None,
        asked_by=actor.user_id,
        ticket_number=_ticket_if_at_risk(session, actor, request_input),
        details=request_input.words,
        format=request_input.form,
        **request_input.model_dump(exclude={"service", "programme", "words", "form"}),
    )
    session.add(request)
    session.flush()
    return request


def request_training_for(
    session: Session, key: Actor, email: str, request_input: TrainingRequestInput
) -> TrainingRequest:
    """Create a request on behalf of a practitioner of the API key's service."""
    service = service_by_code(session, request_input.service)
    practitioner = colleague(session, key, service.id, email)
    values = request_input.model_dump(include=set(TrainingRequestInput.model_fields))
    return request_training(session, practitioner, TrainingRequestInput.model_validate(values))


def colleague(session: Session, key: Actor, service_id: int, email: str, role: Role | None = None) -> Actor:
    """Somebody of the key's service (with that role, if named) by their address: the key acts for them."""
    query = select(Membership.user_id).join(User, col(User.id) == col(Membership.user_id))
    query = query.where(User.email == email.casefold(), Membership.service_id == service_id)
    if role:
        query = query.where(Membership.role == role)
    user_id = session.exec(query.where(col(User.is_active))).first()
    if service_id not in key.services() or user_id is None:
        raise NotFound("Nobody with that address works in the key’s service.")
    return Actor(name=key.name, user_id=user_id, roles=key.roles)


def _ticket_if_at_risk(session: Session, actor: Actor, request_input: TrainingRequestInput) -> int | None:
    """Open a ticket with a clinical review if the safety screen matches, and return its number."""
    if not screen(request_input.words, is_of_staff=True).hit:
        return None
    report = ReportInput(
        service=request_input.service,
        category="training.request",
        text=request_input.words,
        reporter=ReporterKind.PWP,
    )
    return staff.report(session, actor, report, Channel.STAFF).ticket.number


def request_from_ticket(session: Session, actor: Actor, number: int, topic: str) -> TrainingRequest:
    """Create a training request from a practitioner's how-to ticket: asked by them, linked to it."""
    ticket = act(session, actor, Action.NOTE, number)
    if ticket.reporter_user_id is None:
        raise Conflict("A patient reported this. Only a practitioner’s ticket becomes a training request.")
    if request_of_ticket(session, number):
        raise Conflict("This ticket is a training request already.")
    request = TrainingRequest(
        service_id=ticket.service_id,
        programme_id=ticket.programme_id,
        asked_by=ticket.reporter_user_id,
        topic=topic if topic in BY_ID else OWN_WORDS,
        ticket_number=number,
    )
    session.add(request)
    session.flush()
    record(session, actor, Action.NOTE, ticket, training_request=request.id)
    return request


def request_of_ticket(session: Session, number: int) -> TrainingRequest | None:
    """The training request of a ticket that the actor may see; None without one."""
    return session.exec(select(TrainingRequest).where(TrainingRequest.ticket_number == number)).one_or_none()


def answer(session: Session, actor: Actor, request_id: int, answer_input: AnswerInput) -> TrainingRequest:
    """Answer a request at once; its author is notified."""
    request = find_open_request(session, actor, request_id)
    request.answer, request.status, request.settled_at = (
        answer_input.answer,
        RequestStatus.ANSWERED,
        clock.now(),
    )
    enqueue(session, "training_answered", Recipient.USER, request.asked_by)
    return request


def withdraw(session: Session, actor: Actor, request_id: int) -> TrainingRequest:
    """Withdraw one's own request."""
    request = session.get(TrainingRequest, request_id, with_for_update=True)
    if request is None or request.asked_by != actor.user_id:
        raise NotFound("We cannot find that request.")
    if request.status not in OPEN_STATUSES:
        raise Conflict("This request is settled already.")
    request.status, request.settled_at, request.session_id = RequestStatus.WITHDRAWN, clock.now(), None
    return request


def find_open_request(session: Session, actor: Actor, request_id: int) -> TrainingRequest:
    """An open request of a service in which the actor is a navigator; its row is locked."""
    request = session.get(TrainingRequest, request_id, with_for_update=True)
    if request is None or request.service_id not in actor.services(Role.NAVIGATOR):
        raise NotFound("We cannot find that request.")
    if request.status not in OPEN_STATUSES:
        raise Conflict("This request is settled already.")
    return request


def list_own(session: Session, actor: Actor) -> list[TrainingRequest]:
    """The actor's own requests, newest first."""
    query = select(TrainingRequest).where(TrainingRequest.asked_by == actor.user_id)
    return list(session.exec(query.order_by(col(TrainingRequest.id).desc())))
