"""Many people book one session at once, with real commits: no place twice, and everybody else waits."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta

import pytest
from sqlmodel import select

from navigator import database
from navigator.errors import Refused
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.actor import Actor
from navigator.training import seats, sessions
from navigator.training.inputs import BookingInput, SessionChangeInput, TrainingSessionInput
from navigator.training.tables import Attendance
from tests.conftest import MOMENT
from tests.navigator.training.test_seats import colleagues
from tests.people import People, settle

pytestmark = pytest.mark.slow

BOOKERS, PLACES = 50, 8
WHEN = {"title": "Assigning", "on": MOMENT.date() + timedelta(days=7), "at": time(14)}


@pytest.fixture
def people(committing: str) -> People:
    """Everybody, committed."""
    with database.writing() as session:
        return settle(session)


def begin(people: People, places: int = PLACES) -> tuple[int, list[Actor]]:
    """A session with its places, and everybody who wants one."""
    with database.writing() as session:
        planned = sessions.plan_session(
            session,
            people.amina,
            TrainingSessionInput.model_validate(
                WHEN | {"service": "north", "topic": "assign", "places": places}
            ),
        )
        return planned.id, colleagues(session, people, BOOKERS)


def book(actor: Actor, session_id: int) -> None:
    with database.writing() as session:
        seats.book(session, actor, session_id, BookingInput())


def leave(actor: Actor, session_id: int) -> None:
    with database.writing() as session:
        seats.leave(session, actor, session_id)


def states() -> dict[int, str]:
    with database.reading() as session:
        return dict(session.exec(select(Attendance.user_id, Attendance.state)).all())


def letters() -> Counter[str]:
    with database.reading() as session:
        return Counter(session.exec(select(OutboxMessage.template)))


def test_fifty_who_book_eight_places(people: People) -> None:
    id, actors = begin(people)
    with ThreadPoolExecutor(BOOKERS) as pool:
        list(pool.map(lambda actor: book(actor, id), actors))
    assert Counter(states().values()) == {"booked": PLACES, "waiting": BOOKERS - PLACES}
    assert letters() == {"training_planned": PLACES}


def test_places_that_are_given_up_while_others_book_are_filled_once(people: People) -> None:
    id, actors = begin(people)
    first, rest = actors[:PLACES], actors[PLACES:]
    for actor in first:
        book(actor, id)

    def act(n: int) -> None:
        (leave if n < PLACES else book)(actors[n], id)

    with ThreadPoolExecutor(BOOKERS) as pool:
        list(pool.map(act, range(BOOKERS)))
    found = states()
    assert {found[actor.user_id or 0] for actor in first} == {"left"}
    assert Counter(found[actor.user_id or 0] for actor in rest) == {
        "booked": PLACES, "waiting": len(rest) - PLACES,
    }  # fmt: skip
    told = letters()
    assert told["training_planned"] + told["training_moved_up"] == 2 * PLACES


def test_one_person_who_books_many_times_at_once_has_one_seat(people: People) -> None:
    id, (one, *_) = begin(people)

    def tries(_: int) -> bool:
        try:
            book(one, id)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(tries, range(10))) == 1
    assert states() == {one.user_id: "booked"}


def test_moved_and_booked_and_withdrawn_at_once_nobody_waits_for_ever(people: People) -> None:
    id, actors = begin(people, places=BOOKERS)
    change = SessionChangeInput.model_validate(WHEN | {"at": time(15), "places": BOOKERS})

    def move() -> None:
        with database.writing() as session:
            sessions.change_session(session, people.amina, id, change)

    with ThreadPoolExecutor(BOOKERS) as pool:
        jobs = [pool.submit(book, actor, id) for actor in actors[:20]]
        jobs.append(pool.submit(move))
        for job in jobs:
            job.result(timeout=60)
    assert Counter(states().values()) == {"booked": 20}
