"""Training sessions: planned, moved, cancelled and held, by navigators of their service."""

from datetime import datetime

from sqlmodel import Session, select

from navigator import clock
from navigator.catalogue.lookups import service_by_code
from navigator.errors import Conflict, Forbidden, Invalid
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.training import seats
from navigator.training.inputs import AttendanceInput, SessionChangeInput, TrainingSessionInput
from navigator.training.invitations import ASKED_AFTER, CANCELLED, MOVED
from navigator.training.requests import find_open_request
from navigator.training.tables import RequestStatus, SeatState, TrainingRequest, TrainingSession
from navigator.training.topics import BY_ID, OWN_WORDS

IN_A_CALENDAR = ("title", "starts_at", "minutes", "venue")
"""What stands in a calendar: who has a place is told when any of it changes."""


def plan_session(session: Session, actor: Actor, session_input: TrainingSessionInput) -> TrainingSession:
    """Plan a session and add those whose requests it answers; each is notified."""
    service = service_by_code(session, session_input.service)
    if service.id not in actor.services(Role.NAVIGATOR) or actor.user_id is None:
        raise Forbidden("Only a navigator of the service plans its training.")
    training_session = TrainingSession(
        service_id=service.id,
        topic=session_input.topic if session_input.topic in BY_ID else OWN_WORDS,
        title=session_input.title,
        starts_at=_start_of(session_input),
        minutes=session_input.minutes,
        places=session_input.places,
        venue=session_input.venue,
        led_by=actor.user_id,
    )
    session.add(training_session)
    session.flush()
    for request_id in session_input.requests:
        add_attendee(session, actor, training_session.id, request_id)
    return training_session


def _start_of(session_input: SessionChangeInput) -> datetime:
    starts_at = clock.london_time(session_input.on, session_input.at)
    if starts_at <= clock.now():
        raise Invalid("There is a problem", {"on": "Choose a date and time to come"})
    return starts_at


def change_session(
    session: Session, actor: Actor, session_id: int, change: SessionChangeInput
) -> TrainingSession:
    """Change when, where or for how many a session is; who has a place gets the change for their calendar."""
    training_session = seats.find_open_session(session, actor, session_id)
    booked = seats.seats_of(session, training_session, SeatState.BOOKED)
    if change.places < len(booked):
        words = f"{len(booked)} people have a place. Take somebody off the list first"
        raise Invalid("There is a problem", {"places": words})
    before = [getattr(training_session, name) for name in IN_A_CALENDAR]
    training_session.title, training_session.venue = change.title, change.venue
    training_session.starts_at, training_session.minutes = _start_of(change), change.minutes
    training_session.places = change.places
    if before != [getattr(training_session, name) for name in IN_A_CALENDAR]:
        training_session.revise()
        for seat in booked:
            seats.tell(session, training_session, seat, MOVED)
    seats.fill_places(session, training_session)
    return training_session


def add_attendee(session: Session, actor: Actor, session_id: int, request_id: int) -> TrainingRequest:
    """Give the author of a request a place in a session, while there are places."""
    training_session = seats.find_open_session(session, actor, session_id)
    request = find_open_request(session, actor, request_id)
    if request.service_id != training_session.service_id:  # who asked could not open it, nor keep the place
        raise Conflict("This request is of another service. Plan a session there.")
    seat = seats.seat_of(session, training_session, request.asked_by)
    if seat is None or seat.state != SeatState.BOOKED:
        if seats.places_left(session, training_session) < 1:
            raise Conflict("This session is full.")
        seats.take_place(session, training_session, request.asked_by, request.confidence)
    request.session_id, request.status = training_session.id, RequestStatus.PLANNED
    session.flush()
    return request


def record_attendance(
    session: Session, actor: Actor, session_id: int, attendance_input: AttendanceInput
) -> TrainingSession:
    """Record the attendance; requests of those who came are done, those of the others are open again.

    Who came and told no confidence is asked by a letter, once.
    """
    training_session = seats.find_open_session(session, actor, session_id)
    training_session.held_at = clock.now()
    for seat in seats.seats_of(session, training_session, SeatState.BOOKED, SeatState.WAITING):
        seat.attended = seat.user_id in attendance_input.came
        if not seat.attended:
            seats.reopen_requests(session, training_session, seat.user_id)
            continue
        seats.answer_requests(session, training_session, seat)  # of who waited, and came all the same
        _finish_requests(session, training_session, seat.user_id)
        seat.confidence_after = _confidence_of(attendance_input, seat.user_id)
        if seat.confidence_after is None:
            seats.tell(session, training_session, seat, ASKED_AFTER)
    return training_session


def _finish_requests(session: Session, training_session: TrainingSession, user_id: int) -> None:
    mine = (TrainingRequest.session_id == training_session.id, TrainingRequest.asked_by == user_id)
    for request in session.exec(select(TrainingRequest).where(*mine)):
        request.status, request.settled_at = RequestStatus.DONE, clock.now()


def _confidence_of(attendance_input: AttendanceInput, user_id: int) -> int | None:
    confidence = attendance_input.confidence.get(str(user_id))
    if confidence is not None and not 0 <= confidence <= 10:
        raise Invalid("There is a problem", {f"confidence.{user_id}": "Give a number from 0 to 10"})
    return confidence


def cancel_session(session: Session, actor: Actor, session_id: int) -> TrainingSession:
    """Cancel a session: the requests that it was to answer are open again, and who is on its list is told."""
    training_session = seats.find_open_session(session, actor, session_id)
    training_session.cancelled_at = clock.now()
    training_session.revise()
    for seat in seats.seats_of(session, training_session, SeatState.BOOKED, SeatState.WAITING):
        seats.reopen_requests(session, training_session, seat.user_id)
        had_place = seat.state == SeatState.BOOKED
        seats.tell(session, training_session, seat, CANCELLED, had_place=had_place)
    return training_session
