"""11.B: many people book at once, with real commits: each time once, and nobody is told of a lock."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from time import sleep

import pytest
from sqlmodel import Session, select

from navigator import database
from navigator.errors import Conflict
from navigator.people.actor import SYSTEM, reporter
from navigator.people.user import Membership, Role
from navigator.tickets.actions import staff
from navigator.tickets.actions.booked_calls import cancel_call
from navigator.tickets.actions.merge import merge
from navigator.tickets.assignment import free_navigators
from navigator.tickets.booked_call import BookedCall, BookedQuarter, live_call
from navigator.tickets.inputs import AssignInput, MergeInput
from navigator.tickets.ticket import Event, Ticket
from navigator.tickets.visibility import lock_tickets
from tests.navigator.tickets.booking import book, london, offer_calls
from tests.navigator.tickets.report_factory import tell
from tests.people import People, settle

pytestmark = pytest.mark.slow

BOOKERS = 50
AT = london("2026-06-10", "13:00")
NEXT = london("2026-06-10", "13:30")


@pytest.fixture
def people(committing: str) -> People:
    """Everybody, committed, where calls can be booked for two hours a day."""
    with database.writing() as session:
        people = settle(session)
        offer_calls(session, people.north)
        offer_calls(session, people.south)
        return people


def books(number: int, at: datetime) -> bool:
    try:
        with database.writing() as session:
            book(session, number, at)
    except Conflict:
        return False
    return True


def reports(session: Session, people: People, count: int, assignee_id: int | None) -> list[int]:
    """Tickets of people who can be phoned, which somebody has or nobody."""
    numbers = [
        tell(session, contact={"route": "email", "email": f"p{n}@example.org"}).number for n in range(count)
    ]
    for number in numbers:
        staff.assign(session, people.mo, number, AssignInput(assignee_id=assignee_id))
    return numbers


def book_all(numbers: list[int], times: list[datetime]) -> Counter[datetime]:
    """All of them at once; how many got each time."""
    wanted = [(number, times[n % len(times)]) for n, number in enumerate(numbers)]
    with ThreadPoolExecutor(BOOKERS) as pool:
        got = pool.map(lambda one: books(*one), wanted)
        return Counter(at for (_, at), is_booked in zip(wanted, got, strict=True) if is_booked)


def test_fifty_who_want_one_time_of_one_navigator(people: People) -> None:
    with database.writing() as session:
        numbers = reports(session, people, BOOKERS, people.amina.user_id)
    assert book_all(numbers, [AT]) == {AT: 1}
    with database.reading() as session:
        call = session.exec(select(BookedCall)).one()
        assert len(session.exec(select(BookedQuarter)).all()) == 2
        assert session.get_one(Ticket, call.ticket_number).next_call_at == AT
        booked = session.exec(select(Event.ticket_number).where(Event.action == "book_call")).all()
        assert booked == [call.ticket_number], "of what was refused nothing is kept"


def test_fifty_who_want_two_times_of_a_team_of_two(people: People) -> None:
    with database.writing() as session:
        numbers = reports(session, people, BOOKERS, None)
    assert book_all(numbers, [AT, NEXT]) == {AT: 2, NEXT: 2}
    with database.reading() as session:
        calls = session.exec(select(BookedCall)).all()
        assert Counter((call.navigator_id, call.starts_at) for call in calls).most_common(1)[0][1] == 1
        for call in calls:
            assert session.get_one(Ticket, call.ticket_number).assignee_id == call.navigator_id


def test_of_two_services_that_share_a_navigator_one_gets_the_time(people: People) -> None:
    """What one service locks the other does not: the database itself refuses the second."""
    with database.writing() as session:
        session.add(
            Membership(user_id=people.amina.user_id or 0, service_id=people.south, role=Role.NAVIGATOR)
        )
        numbers = reports(session, people, 10, people.amina.user_id)
        elsewhere = [tell(session, service="south").number for _ in range(10)]
        given = AssignInput(assignee_id=people.amina.user_id)
        for number in elsewhere:
            staff.assign(session, people.sam, number, given)
    mixed = [number for pair in zip(numbers, elsewhere, strict=True) for number in pair]
    assert book_all(mixed, [AT]) == {AT: 1}


def test_without_any_look_before_the_database_refuses_too(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(free_navigators._Diary, "is_free", lambda *_: True)
    with database.writing() as session:
        numbers = reports(session, people, 10, people.amina.user_id)
    assert book_all(numbers, [AT]) == {AT: 1}


def test_one_reporter_who_books_several_times_at_once_has_one_call(people: People) -> None:
    with database.writing() as session:
        number = reports(session, people, 1, people.amina.user_id)[0]
    got = book_all([number] * 6, [AT, NEXT])
    assert sum(got.values()) == 1
    with database.reading() as session:
        assert live_call(session, number)


def test_who_cancels_a_call_that_went_on_in_an_older_ticket_waits_in_everybodys_order(people: People) -> None:
    with database.writing() as session:
        older, own = (tell(session).number for _ in range(2))
        book(session, own, AT)
        merge(session, people.amina, own, MergeInput(into=older))

    def cancels() -> None:
        with database.writing() as session:
            cancel_call(session, reporter(own, is_joined=True), own)

    with ThreadPoolExecutor(1) as pool:
        with database.writing() as session:
            lock_tickets(session, SYSTEM, {older})
            cancelling = pool.submit(cancels)
            sleep(0.5)  # it waits now
            lock_tickets(session, SYSTEM, {own})
        cancelling.result()
    with database.reading() as session:
        assert live_call(session, older) is None
