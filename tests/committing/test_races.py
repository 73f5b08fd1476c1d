"""Many people at once, with real commits: one winner, no lost change, and nobody told of a lock."""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Event as Bell
from time import monotonic, sleep
from typing import Any

import pytest
from sqlmodel import Session, select

from navigator import clock, database
from navigator.errors import Conflict, Stale
from navigator.jobs.registry import JOBS
from navigator.jobs.unassigned_alerts import TEMPLATE, ask_to_assign
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.problems.inputs import OutageInput
from navigator.problems.outages import open_outage
from navigator.problems.problem import Problem
from navigator.shared_problems import elsewhere, pull
from navigator.shared_problems.elsewhere import AdoptInput
from navigator.shared_problems.tables import PeerDesk, SharedProblem
from navigator.tickets.actions import staff
from navigator.tickets.detail import ticket_detail
from navigator.tickets.inputs import AssignInput, SayInput
from navigator.tickets.queue.filters import Filters
from navigator.tickets.queue.queue import queue
from navigator.tickets.ticket import Event, Message, Ticket
from tests.navigator.tickets.report_factory import tell
from tests.people import People, join, settle

pytestmark = pytest.mark.slow

CLAIMERS, TICKETS = 50, 20
SECONDS = float(os.environ.get("NAVIGATOR_TEST_SECONDS", "3"))


@pytest.fixture
def people(committing: str) -> People:
    """Everybody, committed."""
    with database.writing() as session:
        return settle(session)


def unassigned(session: Session, people: People, count: int) -> list[int]:
    numbers = [tell(session, contact={"route": "none"}).number for _ in range(count)]
    for number in numbers:
        staff.assign(session, people.mo, number, AssignInput())
    return numbers


def test_fifty_claimers_of_twenty_tickets_have_one_winner_each(people: People) -> None:
    with database.writing() as session:
        numbers = unassigned(session, people, TICKETS)
        claimers = [
            join(session, f"N {n}", f"n{n}@north.example", people.north, Role.NAVIGATOR)
            for n in range(CLAIMERS)
        ]

    def claim_all(claimer: Actor) -> list[int]:
        return [number for number in numbers if _claims(claimer, number)]

    with ThreadPoolExecutor(CLAIMERS) as pool:
        won = [number for numbers in pool.map(claim_all, claimers) for number in numbers]
    assert Counter(won) == dict.fromkeys(numbers, 1)
    with database.reading() as session:
        claims = session.exec(select(Event.ticket_number).where(Event.action == "claim")).all()
        assert Counter(claims) == dict.fromkeys(numbers, 1)


def _claims(claimer: Actor, number: int) -> bool:
    try:
        with database.writing() as session:
            staff.claim(session, claimer, number)
    except Conflict:
        return False
    return True


def test_of_two_saves_on_one_version_one_is_refused_and_says_so(people: People) -> None:
    with database.writing() as session:
        number = tell(session).number
    with database.reading() as session:
        seen = session.get_one(Ticket, number).version

    def save(who: Actor) -> bool:
        try:
            with database.writing() as session:
                staff.reply(session, who, number, SayInput(body=who.name, version=seen))
        except Stale:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(save, (people.amina, people.tom))) == [False, True]


def test_two_reports_at_once_go_to_two_people(people: People) -> None:
    """221: who waited for the other’s choice counted the tickets of before it, and chose the same person."""
    with database.writing() as session:
        assert {_chosen(session, "a"), _chosen(session, "b")} == {people.amina.user_id, people.tom.user_id}

    def choose_too() -> int | None:
        with database.writing() as session:
            return _chosen(session, "c")

    with ThreadPoolExecutor(1) as pool:
        with database.writing() as session:
            first = _chosen(session, "d")
            waits = pool.submit(choose_too)
            sleep(1)
            assert not waits.done()
        assert (first, waits.result()) == (people.amina.user_id, people.tom.user_id)


def _chosen(session: Session, name: str) -> int | None:
    return tell(session, contact={"route": "email", "email": f"{name}@example.org"}).assignee_id


def test_a_worker_that_waited_for_another_does_nothing_twice(people: People) -> None:
    """221: it went by what the database held before it waited, and all were told once more."""
    with database.writing() as session:
        (number,) = unassigned(session, people, 1)
        session.get_one(Ticket, number).assign_by_at = clock.now()
    with ThreadPoolExecutor(1) as pool:
        with database.writing() as session:
            session.exec(select(Ticket.number).where(Ticket.number == number).with_for_update()).one()
            ask_to_assign(session, clock.now(), number)
            other = pool.submit(JOBS["unclaimed"].run)
            sleep(1)
            assert not other.done()
        assert other.result() == 0
    with database.reading() as session:
        told = session.exec(select(OutboxMessage).where(OutboxMessage.template == TEMPLATE)).all()
        assert len(told) == len({each.recipient_id for each in told}) > 0


@pytest.mark.only_on("postgresql")
def test_two_workers_read_two_feeds_at_once(committing: str) -> None:
    """Whoever claimed one held all that were due."""
    with database.writing() as session:
        for code in ("calder.example", "leeds.nhs.uk", "york.nhs.uk"):
            session.add(PeerDesk(code=code, url=f"https://{code}/feed", is_active=True))
    with database.writing() as first, database.writing() as second:
        claims = pull._claim_next(first), pull._claim_next(second), pull._claim_next(second)
    assert [claim and claim.url for claim in claims] == [
        "https://leeds.nhs.uk/feed", "https://york.nhs.uk/feed", None,
    ]  # fmt: skip


def test_two_who_adopt_a_problem_of_another_desk_make_one(people: People) -> None:
    with database.writing() as session:
        peer = PeerDesk(code="leeds", name="Leeds")
        session.add(peer)
        session.flush()
        facts: dict[str, Any] = {
            "title": "Log-in ends",
            "programme": "Fern",
            "category": "access.forgotten_password",
        }
        session.add(SharedProblem(peer_id=peer.id, item_id="1", published_at=clock.now(), **facts))
        session.flush()
        id = session.exec(select(SharedProblem.id)).one()

    def adopts(who: Actor) -> bool:
        try:
            with database.writing() as session:
                elsewhere.adopt(session, who, id, AdoptInput(service="north", programme="fern"))
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(adopts, (people.amina, people.tom) * 2)) == 1
    with database.reading() as session:
        assert len(session.exec(select(Problem)).all()) == 1


def test_writers_and_readers_together_never_meet_a_lock(people: People) -> None:
    """Eight of each, for a while: whatever is said is there, and nobody sees "database is locked"."""
    with database.writing() as session:
        numbers = [tell(session, contact={"route": "none"}).number for _ in range(8)]
    ends_at, rung = monotonic() + SECONDS, Bell()

    def write(number: int) -> int:
        said = 0
        while monotonic() < ends_at and not rung.is_set():
            with database.writing() as session:
                staff.note(session, people.amina, number, SayInput(body=f"note {said}"))
            said += 1
        return said

    def read(number: int) -> int:
        looked = 0
        while monotonic() < ends_at and not rung.is_set():
            with database.reading() as session:
                queue(session, people.amina, Filters())
                ticket_detail(session, people.amina, number)
            looked += 1
        return looked

    with ThreadPoolExecutor(16) as pool:
        writing = [pool.submit(write, number) for number in numbers]
        reading = [pool.submit(read, number) for number in numbers]
        said = [one.result() for one in writing]
        assert all(one.result() for one in reading)
    assert all(said), "a writer was starved"
    with database.reading() as session:
        kept = session.exec(select(Message.id).where(Message.action == "note")).all()
        assert len(kept) == sum(said)


def test_two_navigators_who_make_an_outage_at_once_make_one(people: People) -> None:
    with database.writing() as session:
        contacts = ({"route": "email", "email": f"p{n}@example.org"} for n in range(6))
        numbers = [tell(session, category="use.outage_or_error", contact=one).number for one in contacts]

    def make(who: Actor) -> int:
        with database.writing() as session:
            return open_outage(session, who, OutageInput(programme="fern", category="use.outage_or_error")).id

    with ThreadPoolExecutor(6) as pool:
        made = set(pool.map(make, (people.amina, people.tom) * 3))
    with database.reading() as session:
        linked = session.exec(select(Event.ticket_number).where(Event.action == "link")).all()
        assert sorted(linked) == numbers
        assert {session.get_one(Ticket, one).problem_id for one in numbers} == made
    assert len(made) == 1
