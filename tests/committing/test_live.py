"""Live pages: a stream wakes those whom a change concerns, on both engines, and nobody else."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from queue import Empty, Queue
from threading import Event, Thread

import httpx
import pytest
from sqlmodel import Session, col, update

from navigator import clock, database
from navigator.people import login, sessions
from navigator.people.access_rules import AccessRules
from navigator.people.actor import ANONYMOUS
from navigator.people.tokens import hashed
from navigator.people.user_session import UserSession
from navigator.tickets import bell
from navigator.tickets.actions import staff
from navigator.tickets.inputs import SayInput
from navigator.tickets.report_input import ReportInput
from navigator.tickets.ticket import Ticket
from tests.browser.conftest import served
from tests.people import People, settle, token_of

pytestmark = pytest.mark.slow

PATIENCE = 60
"""Seconds that a busy machine may take over what takes one."""


class Ear:
    """Somebody with a page open: the lines that its stream sends."""

    def __init__(self, address: str, token: str, path: str = "/live", cookie: str = "desk_log_in") -> None:
        self.lines: Queue[str] = Queue()
        self.status: Queue[int] = Queue()
        self.headers: Queue[httpx.Headers] = Queue()
        self.has_ended = Event()
        asked = (f"{address}{path}", {cookie: token})
        Thread(target=self._listen, args=asked, daemon=True).start()

    def _listen(self, address: str, cookies: dict[str, str]) -> None:
        stream = httpx.stream("GET", address, cookies=cookies, timeout=PATIENCE * 2)
        with suppress(httpx.TransportError), stream as answer:  # the server may end before the stream does
            self.status.put(answer.status_code)
            self.headers.put(answer.headers)
            for line in filter(None, answer.iter_lines()):
                self.lines.put(line)
            self.has_ended.set()

    def hears(self, within: float = PATIENCE) -> str:
        """The next line, or nothing."""
        try:
            return self.lines.get(timeout=within)
        except Empty:
            return ""


@pytest.fixture
def people(committing: str) -> People:
    """North and South, for real."""
    with database.writing() as session:
        return settle(session)


@pytest.fixture
def address(people: People) -> Iterator[str]:
    """A served desk."""
    with served() as address:
        yield address


def log_in(people: People, who: str) -> str:
    with database.writing() as session:
        return token_of(session, getattr(people, who))


def report(service: str = "north") -> int:
    told = ReportInput(service=service, category="access.forgotten_password", text="I forgot it")
    with database.writing() as session:
        return staff.report(session, ANONYMOUS, told).ticket.number


def test_a_new_ticket_wakes_its_own_service_alone(address: str, people: People) -> None:
    """T11 of the peers."""
    amina, sam = (Ear(address, log_in(people, who)) for who in ("amina", "sam"))
    assert [ear.hears() for ear in (amina, sam)] == ["retry: 3000"] * 2
    report("north")
    assert amina.hears() == "event: changed"
    assert amina.hears() == "data: queue"
    assert sam.hears(within=2.5) == ""
    report("south")
    assert sam.hears() == "event: changed"


def test_an_open_ticket_is_woken_by_its_own_changes_alone(address: str, people: People) -> None:
    first, second = report(), report()
    ear = Ear(address, log_in(people, "amina"), f"/live?ticket={first}")
    assert ear.hears() == "retry: 3000"
    with database.writing() as session:
        staff.note(session, people.tom, second, SayInput(body="A note"))
    assert ear.hears(within=2.5) == ""
    with database.writing() as session:
        staff.note(session, people.tom, first, SayInput(body="A note"))
    assert ear.hears() == "event: changed"


def test_one_stream_tells_of_the_queue_and_of_each_ticket(address: str, people: People) -> None:
    """11.D1: all tabs of a browser share one, and each must know whether it is meant."""
    first, second, foreign = report(), report(), report("south")
    asked = "&".join(f"ticket={number}" for number in (first, second, foreign))
    tickets = Ear(address, log_in(people, "amina"), f"/live?{asked}")
    both = Ear(address, log_in(people, "amina"), f"/live?queue=yes&{asked}")
    assert [ear.hears() for ear in (tickets, both)] == ["retry: 3000"] * 2
    assert tickets.headers.get(timeout=PATIENCE)["x-accel-buffering"] == "no"
    with database.writing() as session:
        for number in (first, second, foreign):
            actor = people.sam if number == foreign else people.tom
            staff.note(session, actor, number, SayInput(body="A note"))
    assert [tickets.hears(), tickets.hears()] == ["event: changed", f"data: {first} {second}"]
    assert [both.hears(), both.hears()] == ["event: changed", f"data: {first} {second} queue"]


def test_strangers_hear_nothing(address: str, people: People) -> None:
    """T9 of the peers."""
    number = report()
    stranger = Ear(address, log_in(people, "sam"), f"/live?ticket={number}")
    assert stranger.status.get(timeout=PATIENCE) == 404
    nobody = Ear(address, "wrong")
    assert nobody.status.get(timeout=PATIENCE) in (303, 401)


def test_whoever_asks_for_the_head_alone_is_answered_at_once(address: str, people: People) -> None:
    cookies = {"desk_log_in": log_in(people, "amina")}
    with httpx.Client(cookies=cookies, timeout=PATIENCE) as client:
        for _ in range(2):  # on one connection: the second waits until the first is done
            answer = client.head(f"{address}/live")
            assert answer.headers["content-type"].startswith("text/event-stream")


def test_a_bell_rings_for_its_own_reader_and_when_they_have_read_elsewhere(
    address: str, people: People
) -> None:
    amina, tom = (Ear(address, log_in(people, who), "/live?bell=yes") for who in ("amina", "tom"))
    assert [ear.hears() for ear in (amina, tom)] == ["retry: 3000"] * 2
    number = report()
    with database.writing() as session:
        ticket = session.get_one(Ticket, number)
        others = people.tom if ticket.assignee_id == people.amina.user_id else people.amina
        assignee = (amina, tom)[others is people.amina]
    assert [assignee.hears() for _ in range(2)] == ["event: changed", "data: bell"]
    colleague = tom if assignee is amina else amina
    assert colleague.hears(within=2.5) == ""
    with database.writing() as session:
        bell.read_all(session, people.amina if assignee is amina else people.tom, 1_000)
    assert [assignee.hears() for _ in range(2)] == ["event: changed", "data: bell"]


def lock(session: Session, token: str) -> None:
    sessions.lock(session, token)


def be_idle(session: Session, token: str) -> None:
    session.add(AccessRules(lock_minutes=15))
    is_it = col(UserSession.token_hash) == hashed(token)
    session.exec(update(UserSession).where(is_it).values(used_at=clock.now() - timedelta(minutes=15)))


@pytest.mark.parametrize("happens", [lock, be_idle, login.log_out])
def test_a_stream_ends_when_its_log_in_does_or_is_locked_and_tells_nothing_after(
    address: str, people: People, happens: Callable[[Session, str], object]
) -> None:
    token = log_in(people, "amina")
    locked, other = Ear(address, token), Ear(address, log_in(people, "amina"))
    assert [ear.hears() for ear in (locked, other)] == ["retry: 3000"] * 2
    with database.writing() as session:
        happens(session, token)
    report()
    assert other.hears() == "event: changed"
    assert locked.has_ended.wait(PATIENCE)
    assert locked.hears(within=0) == ""
