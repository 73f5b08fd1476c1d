"""Seats: booked, waited for, given up and taken away; whoever waited longest moves up and is told."""

from datetime import time, timedelta

import pytest
from sqlmodel import Session, col, delete, select

from navigator import clock
from navigator.errors import Conflict, Invalid, NotFound
from navigator.jobs.registry import JOBS
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.actor import Actor
from navigator.people.user import Membership, Role
from navigator.training import leavers, requests, seats, session_list, sessions
from navigator.training.inputs import AttendanceInput, BookingInput, SessionChangeInput, TrainingRequestInput
from navigator.training.tables import Attendance, TrainingSession
from tests.conftest import MOMENT
from tests.navigator.training.test_training import NEXT_WEEK, ask, letters, plan
from tests.people import People, join


def book(session: Session, actor: Actor, planned: TrainingSession, confidence: int | None = None) -> str:
    return seats.book(session, actor, planned.id, BookingInput(confidence=confidence)).state


def colleagues(session: Session, people: People, count: int) -> list[Actor]:
    return [join(session, f"P{n}", f"p{n}@north.example", people.north, Role.PWP) for n in range(count)]


def states(session: Session, planned: TrainingSession) -> dict[int, str]:
    query = select(Attendance.user_id, Attendance.state).where(Attendance.session_id == planned.id)
    return dict(session.exec(query).all())


def change(session: Session, people: People, planned: TrainingSession, **what: object) -> None:
    usual = {"title": planned.title, "on": NEXT_WEEK, "at": time(14), "minutes": planned.minutes}
    known = usual | {"places": planned.places, "venue": planned.venue}
    sessions.change_session(
        session, people.amina, planned.id, SessionChangeInput.model_validate(known | what)
    )


def test_who_books_has_a_place_while_there_is_one_and_then_waits(session: Session, people: People) -> None:
    planned = plan(session, people.amina, places=2)
    first, second, third = colleagues(session, people, 3)
    assert [book(session, one, planned) for one in (first, second, third)] == ["booked", "booked", "waiting"]
    assert letters(session) == [("training_planned", one.user_id) for one in (first, second)]
    places = session_list.places_of(session, third, [planned])[planned.id]
    assert (places.taken, places.waiting, places.own and places.own.user_id) == (2, 1, third.user_id)
    assert places.own
    assert session_list.position(session, places.own) == 1


def test_nobody_books_twice_nor_elsewhere_nor_too_late(session: Session, people: People) -> None:
    planned = plan(session, people.amina)
    book(session, people.priya, planned)
    with pytest.raises(Conflict):
        book(session, people.priya, planned)
    with pytest.raises(NotFound):
        book(session, people.sam, planned)
    clock.set_to(planned.starts_at)
    with pytest.raises(Conflict):
        book(session, people.mo, planned)


def test_who_waited_longest_moves_up_and_is_told(session: Session, people: People) -> None:
    planned = plan(session, people.amina, places=1)
    first, second, third = colleagues(session, people, 3)
    for minute, one in enumerate((first, third, second)):
        clock.set_to(MOMENT + timedelta(minutes=minute))
        book(session, one, planned)
    seats.leave(session, first, planned.id)
    assert states(session, planned) == {
        first.user_id: "left", third.user_id: "booked", second.user_id: "waiting",
    }  # fmt: skip
    assert letters(session)[1:] == [
        ("training_taken_off", first.user_id), ("training_moved_up", third.user_id),
    ]  # fmt: skip
    seats.take_off(session, people.amina, planned.id, third.user_id or 0)
    assert states(session, planned)[second.user_id or 0] == "booked"


def test_only_a_navigator_takes_somebody_off(session: Session, people: People) -> None:
    planned = plan(session, people.amina)
    book(session, people.priya, planned)
    for actor in (people.priya, people.mo, people.sam):
        with pytest.raises(NotFound):
            seats.take_off(session, actor, planned.id, people.priya.user_id or 0)
    with pytest.raises(NotFound):
        seats.take_off(session, people.amina, planned.id, people.mo.user_id or 0)


def test_nobody_moves_up_once_it_has_begun(session: Session, people: People) -> None:
    planned = plan(session, people.amina, places=1)
    first, second = colleagues(session, people, 2)
    for one in (first, second):
        book(session, one, planned)
    clock.set_to(planned.starts_at)
    seats.take_off(session, people.amina, planned.id, first.user_id or 0)
    assert states(session, planned)[second.user_id or 0] == "waiting"


def test_more_places_are_filled_and_fewer_than_are_taken_are_refused(
    session: Session, people: People
) -> None:
    planned = plan(session, people.amina, places=1)
    first, second = colleagues(session, people, 2)
    for one in (first, second):
        book(session, one, planned)
    change(session, people, planned, places=2)
    assert set(states(session, planned).values()) == {"booked"}
    assert planned.sequence == 0, "more places change nobody's calendar"
    with pytest.raises(Invalid):
        change(session, people, planned, places=1)


@pytest.mark.parametrize(
    "what", [{"at": time(15)}, {"venue": "Room 3"}, {"minutes": 60}, {"title": "Modules"}]
)
def test_a_change_is_told_to_who_has_a_place_alone(
    session: Session, people: People, what: dict[str, object]
) -> None:
    planned = plan(session, people.amina, places=1)
    first, second = colleagues(session, people, 2)
    for one in (first, second):
        book(session, one, planned)
    change(session, people, planned)
    assert (planned.sequence, len(letters(session))) == (0, 1), "what stayed as it was is not told"
    change(session, people, planned, **what)
    assert planned.sequence == 1
    assert letters(session)[1:] == [("training_moved", first.user_id)]


def test_a_place_answers_ones_request_until_it_is_given_up(session: Session, people: People) -> None:
    asked, other = ask(session, people.priya, confidence=3), ask(session, people.priya, topic="risk")
    planned = plan(session, people.amina)
    book(session, people.priya, planned)
    seat = session.exec(select(Attendance)).one()
    assert (asked.status, asked.session_id, seat.confidence_before) == ("planned", planned.id, 3)
    assert other.status == "asked"
    seats.leave(session, people.priya, planned.id)
    assert (asked.status, asked.session_id) == ("asked", None)


def test_who_needs_it_no_longer_frees_the_place(session: Session, people: People) -> None:
    (waits,) = colleagues(session, people, 1)
    asked = ask(session, people.priya)
    planned = plan(session, people.amina, asked, places=1)
    book(session, waits, planned)
    seats.withdraw(session, people.priya, asked.id)
    assert asked.status == "withdrawn"
    assert states(session, planned) == {people.priya.user_id: "left", waits.user_id: "booked"}


def test_who_waited_and_came_all_the_same_counts(session: Session, people: People) -> None:
    first, second = colleagues(session, people, 2)
    asked = requests.request_training(session, second, TrainingRequestInput(service="north", topic="assign"))
    planned = plan(session, people.amina, places=1)
    for one in (first, second):
        book(session, one, planned)
    sessions.record_attendance(session, people.amina, planned.id, AttendanceInput(came=[second.user_id or 0]))
    came = dict(session.exec(select(Attendance.user_id, Attendance.attended)).all())
    assert came == {first.user_id: False, second.user_id: True}
    assert asked.status == "done"


def test_everybody_on_the_list_is_told_that_it_is_cancelled(session: Session, people: People) -> None:
    planned = plan(session, people.amina, places=1)
    first, second = colleagues(session, people, 2)
    for one in (first, second):
        book(session, one, planned)
    sessions.cancel_session(session, people.amina, planned.id)
    assert set(letters(session)[1:]) == {("training_cancelled", one.user_id) for one in (first, second)}
    with pytest.raises(Conflict):
        book(session, people.priya, planned)


def test_the_seat_of_who_left_the_service_goes_to_who_waits(session: Session, people: People) -> None:
    planned = plan(session, people.amina, places=1)
    first, second = colleagues(session, people, 2)
    for one in (first, second):
        book(session, one, planned)
    due = leavers.sessions_with_leavers
    assert session.scalars(due(clock.now())).all() == []
    session.exec(delete(Membership).where(col(Membership.user_id) == first.user_id))
    assert session.scalars(due(clock.now())).all() == [planned.id]
    leavers.release_leavers(session, clock.now(), planned.id)
    assert states(session, planned) == {first.user_id: "left", second.user_id: "booked"}
    assert session.scalars(due(clock.now())).all() == []
    assert "training_leavers" in JOBS


def test_nobody_is_told_of_another_list(session: Session, people: People) -> None:
    planned = plan(session, people.amina)
    book(session, people.priya, planned)
    for actor in (people.priya, people.sam, people.cole):
        with pytest.raises(NotFound):
            session_list.attendance_of(session, actor, planned.id)
    assert session_list.find_session(session, people.priya, planned.id) is planned
    assert session.exec(select(OutboxMessage.id)).one()
