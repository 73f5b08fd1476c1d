"""Asking for training: for oneself, by a manager for a team, or out of a how-to ticket."""

from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.lookups import programme_by_code, service_by_code
from navigator.errors import Conflict, Forbidden, NotFound
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import Recipient
from navigator.people.actor import Actor
from navigator.people.reporter import ReporterKind
from navigator.people.user import Membership, Role, User
from navigator.tickets.actions import staff
from navigator.tickets.inputs import ReportInput
from navigator.tickets.lifecycle import act, record
from navigator.tickets.ticket import Action, Channel
from navigator.training.inputs import AnswerInput, AskInput
from navigator.training.tables import RequestStatus, TrainingRequest
from navigator.training.topics import BY_ID, OWN_WORDS
from navigator.triage.safety_screen import screen

OPEN = (RequestStatus.ASKED, RequestStatus.PLANNED)


def ask(session: Session, actor: Actor, what: AskInput) -> TrainingRequest:
    """Ask for training; a request for a team is a manager's to make."""
    service = service_by_code(session, what.service)
    if actor.user_id is None or service.id not in actor.services():
        raise Forbidden("Only staff of a service can ask for its training.")
    if what.is_for_team and service.id not in actor.services(Role.MANAGER):
        raise Forbidden("Only a manager asks for a whole team. You can ask for yourself.")
    programme = programme_by_code(session, service, what.programme)
    request = TrainingRequest(
        service_id=service.id,
        programme_id=programme.id if programme else None,
        asked_by=actor.user_id,
        ticket_number=_to_be_read(session, actor, what),
        **what.model_dump(exclude={"service", "programme"}),
    )
    session.add(request)
    session.flush()
    return request


def ask_for(session: Session, key: Actor, email: str, what: AskInput) -> TrainingRequest:
    """Ask on behalf of a practitioner of the key's own service."""
    service = service_by_code(session, what.service)
    query = select(Membership.user_id).join(User, col(User.id) == col(Membership.user_id))
    query = query.where(User.email == email.casefold(), Membership.service_id == service.id)
    user_id = session.exec(query.where(col(User.is_active))).first()
    if service.id not in key.services() or user_id is None:
        raise NotFound("Nobody with that address works in the key’s service.")
    who = Actor(name=key.name, user_id=user_id, roles=key.roles)
    asked = what.model_dump(include=set(AskInput.model_fields))
    return ask(session, who, AskInput.model_validate(asked))


def _to_be_read(session: Session, actor: Actor, what: AskInput) -> int | None:
    """Words that a person must read become a ticket too, and with it a hand-over."""
    if not screen(what.words).hit:
        return None
    told = ReportInput(
        service=what.service, category="training.request", text=what.words, reporter=ReporterKind.PWP
    )
    return staff.report(session, actor, told, Channel.STAFF).ticket.number


def from_ticket(session: Session, actor: Actor, number: int, topic: str) -> TrainingRequest:
    """Turn a practitioner's how-to ticket into a request: asked by them, linked to it."""
    ticket = act(session, actor, Action.NOTE, number)
    if ticket.reporter_user_id is None:
        raise Conflict("A patient reported this. Only a practitioner’s ticket becomes a training request.")
    if of_ticket(session, number):
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


def of_ticket(session: Session, number: int) -> TrainingRequest | None:
    """The request that a ticket has become, for whoever was shown the ticket; None if it is none."""
    return session.exec(select(TrainingRequest).where(TrainingRequest.ticket_number == number)).one_or_none()


def answer(session: Session, actor: Actor, request_id: int, what: AnswerInput) -> TrainingRequest:
    """Answer a request at once; a letter says that there is an answer."""
    request = request_to_answer(session, actor, request_id)
    request.answer, request.status, request.settled_at = what.answer, RequestStatus.ANSWERED, clock.now()
    enqueue(session, "training_answered", Recipient.USER, request.asked_by)
    return request


def withdraw(session: Session, actor: Actor, request_id: int) -> TrainingRequest:
    """The one who asked no longer needs it."""
    request = session.get(TrainingRequest, request_id, with_for_update=True)
    if request is None or request.asked_by != actor.user_id:
        raise NotFound("We cannot find that request.")
    if request.status not in OPEN:
        raise Conflict("This request is settled already.")
    request.status, request.settled_at, request.session_id = RequestStatus.WITHDRAWN, clock.now(), None
    return request


def request_to_answer(session: Session, actor: Actor, request_id: int) -> TrainingRequest:
    """An open request of a service in which the actor is a navigator, locked."""
    request = session.get(TrainingRequest, request_id, with_for_update=True)
    if request is None or request.service_id not in actor.services(Role.NAVIGATOR):
        raise NotFound("We cannot find that request.")
    if request.status not in OPEN:
        raise Conflict("This request is settled already.")
    return request


def own(session: Session, actor: Actor) -> list[TrainingRequest]:
    """What somebody asked for, newest first."""
    query = select(TrainingRequest).where(TrainingRequest.asked_by == actor.user_id)
    return list(session.exec(query.order_by(col(TrainingRequest.id).desc())))
