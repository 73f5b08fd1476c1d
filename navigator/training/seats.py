"""Seats in a training session: booked and given up; whoever waited longest moves up and is told."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from navigator import clock
from navigator.errors import Conflict, NotFound
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import Recipient
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.training import requests
from navigator.training.inputs import BookingInput
from navigator.training.invitations import MOVED_UP, PLANNED, TAKEN_OFF
from navigator.training.tables import Attendance, RequestStatus, SeatState, TrainingRequest, TrainingSession


def book(session: Session, actor: Actor, session_id: int, booking: BookingInput) -> Attendance:
    """Book the actor a place while there is one, else a place on the waiting list."""
    training_session = _find_to_come(session, actor, session_id)
    seat = seat_of(session, training_session, actor.user_id or 0)
    if seat and seat.state != SeatState.LEFT:
        raise Conflict("You are on the list of this session already.")
    return take_place(session, training_session, actor.user_id or 0, booking.confidence)


def take_place(
    session: Session, training_session: TrainingSession, user_id: int, confidence: int | None = None
) -> Attendance:
    """Give a user a place while there is one, else let them wait; `confidence` is what they tell now."""
    seat = seat_of(session, training_session, user_id)
    if seat is None:
        seat = Attendance(session_id=training_session.id, user_id=user_id, state=SeatState.WAITING)
        session.add(seat)
    elif seat.state == SeatState.LEFT:  # what a calendar was told last is that the place is gone
        training_session.revise()
        seat.state, seat.booked_at = SeatState.WAITING, clock.now()
    if confidence is not None:
        seat.confidence_before = confidence
    session.flush()
    if places_left(session, training_session) > 0:
        _give_place(session, training_session, seat, PLANNED)
    return seat


def _give_place(session: Session, training_session: TrainingSession, seat: Attendance, template: str) -> None:
    seat.state = SeatState.BOOKED
    answer_requests(session, training_session, seat)
    session.flush()
    tell(session, training_session, seat, template)


def answer_requests(session: Session, training_session: TrainingSession, seat: Attendance) -> None:
    """Note that open requests of a seat's user for this topic are answered by the session."""
    mine = (TrainingRequest.asked_by == seat.user_id, TrainingRequest.topic == training_session.topic)
    query = select(TrainingRequest).where(*mine, TrainingRequest.service_id == training_session.service_id)
    query = query.where(TrainingRequest.status == RequestStatus.ASKED, ~col(TrainingRequest.is_for_team))
    for request in session.exec(query.order_by(col(TrainingRequest.id)).with_for_update()):
        request.status, request.session_id = RequestStatus.PLANNED, training_session.id
        if seat.confidence_before is None:
            seat.confidence_before = request.confidence


def leave(session: Session, actor: Actor, session_id: int) -> None:
    """Give up the actor's own seat, booked or waiting."""
    training_session = _find_to_come(session, actor, session_id)
    seat = _require_seat(session, training_session, actor.user_id or 0)
    _end_seat(session, training_session, seat, is_told=seat.state == SeatState.BOOKED)


def take_off(session: Session, actor: Actor, session_id: int, user_id: int) -> None:
    """Take somebody off the list of a session, as a navigator of its service; they are told."""
    training_session = find_open_session(session, actor, session_id)
    _end_seat(session, training_session, _require_seat(session, training_session, user_id), is_told=True)


def release(session: Session, training_session: TrainingSession, user_ids: Sequence[int]) -> None:
    """End the seats of those who may no longer come; whoever can still be reached is told."""
    for user_id in user_ids:
        seat = _require_seat(session, training_session, user_id)
        _end_seat(session, training_session, seat, is_told=True)


def _end_seat(
    session: Session, training_session: TrainingSession, seat: Attendance, *, is_told: bool
) -> None:
    had_place = seat.state == SeatState.BOOKED
    seat.state = SeatState.LEFT
    if had_place:
        training_session.revise()
    reopen_requests(session, training_session, seat.user_id)
    session.flush()
    if is_told:
        tell(session, training_session, seat, TAKEN_OFF, had_place=had_place)
    fill_places(session, training_session)


def reopen_requests(session: Session, training_session: TrainingSession, user_id: int) -> None:
    """Let the requests of a user that the session was to answer wait again."""
    mine = (TrainingRequest.session_id == training_session.id, TrainingRequest.asked_by == user_id)
    query = select(TrainingRequest).where(*mine).order_by(col(TrainingRequest.id)).with_for_update()
    for request in session.exec(query):
        request.status, request.session_id = RequestStatus.ASKED, None


def fill_places(session: Session, training_session: TrainingSession) -> None:
    """Let those who have waited longest move up while there are places, until the session begins."""
    if not training_session.is_to_come:
        return
    waiting = seats_of(session, training_session, SeatState.WAITING)
    for seat in waiting[: max(places_left(session, training_session), 0)]:
        _give_place(session, training_session, seat, MOVED_UP)


def withdraw(session: Session, actor: Actor, request_id: int) -> TrainingRequest:
    """Withdraw one's own request, and with it the place that was to answer it."""
    mine = (TrainingRequest.id == request_id, TrainingRequest.asked_by == actor.user_id)
    session_id = session.exec(select(TrainingRequest.session_id).where(*mine)).one_or_none()
    # The session is locked before its requests, as everywhere.
    if session_id is not None and _has_seat(session, actor, session_id):
        leave(session, actor, session_id)
    return requests.withdraw(session, actor, request_id)


def _has_seat(session: Session, actor: Actor, session_id: int) -> bool:
    training_session = _locked(session, session_id)
    if training_session is None or not training_session.is_to_come:
        return False
    seat = seat_of(session, training_session, actor.user_id or 0)
    return seat is not None and seat.state != SeatState.LEFT


def tell(
    session: Session, training_session: TrainingSession, seat: Attendance, template: str, **facts: bool
) -> None:
    """Queue a letter about a session to a seat's user; what it says is looked up when it is sent."""
    context = {"training_session": training_session.id, **facts}
    enqueue(session, template, Recipient.USER, seat.user_id, context=context)


def seat_of(session: Session, training_session: TrainingSession, user_id: int) -> Attendance | None:
    """The seat of a user in a session, also one that they gave up."""
    return session.get(Attendance, (training_session.id, user_id), populate_existing=True)


def _require_seat(session: Session, training_session: TrainingSession, user_id: int) -> Attendance:
    seat = seat_of(session, training_session, user_id)
    if seat is None or seat.state == SeatState.LEFT:
        raise NotFound("They are not on the list of this session.")
    return seat


def seats_of(session: Session, training_session: TrainingSession, *states: SeatState) -> Sequence[Attendance]:
    """The seats of a session in these states, first booked first."""
    query = select(Attendance).where(
        Attendance.session_id == training_session.id, col(Attendance.state).in_(states)
    )
    return session.exec(query.order_by(col(Attendance.booked_at), col(Attendance.user_id))).all()


def places_left(session: Session, training_session: TrainingSession) -> int:
    """How many places of a session nobody has."""
    return training_session.places - len(seats_of(session, training_session, SeatState.BOOKED))


def _locked(session: Session, session_id: int) -> TrainingSession | None:
    """A session as it is now, whatever was read of it before; its row is locked."""
    return session.get(TrainingSession, session_id, with_for_update=True, populate_existing=True)


def _find_to_come(session: Session, actor: Actor, session_id: int) -> TrainingSession:
    """A session to come of a service of the actor; its row is locked, and so its seats are counted once."""
    training_session = _locked(session, session_id)
    if training_session is None or training_session.service_id not in actor.services():
        raise NotFound("We cannot find that session.")
    if actor.user_id is None or not training_session.is_to_come:
        raise Conflict("This session has begun or was cancelled. Its list is closed.")
    return training_session


def find_open_session(session: Session, actor: Actor, session_id: int) -> TrainingSession:
    """A session that is not over, of a service in which the actor is a navigator; its row is locked."""
    training_session = _locked(session, session_id)
    if training_session is None or training_session.service_id not in actor.services(Role.NAVIGATOR):
        raise NotFound("We cannot find that session.")
    if training_session.held_at or training_session.cancelled_at:
        raise Conflict("This session is over.")
    return training_session
