"""Two desks, each with its own database and secret, one read by the other: shared, adopted, withdrawn."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from pydantic import SecretStr
from sqlmodel import Session, col, select

from navigator import clock, database
from navigator.administration.apply_change import apply_change, kind_of
from navigator.administration.sharing_schemas import PeerSetting, SharingSetting
from navigator.engines import engines_for
from navigator.people.actor import SYSTEM
from navigator.people.reporter import ReporterKind
from navigator.problems import records, updates
from navigator.problems.inputs import NewProblemInput, StatusInput
from navigator.problems.problem import Problem, ProblemStatus, ProblemUpdate
from navigator.settings import settings
from navigator.shared_problems import elsewhere, pull, signatures
from navigator.shared_problems.elsewhere import AdoptInput, Joined
from navigator.shared_problems.feed import PATH
from navigator.shared_problems.published import PublishInput, publish, withdraw
from navigator.shared_problems.tables import PeerDesk, SharedProblem
from tests.committing.test_server_kill import serving
from tests.engines import Fresh
from tests.navigator.tickets.report_factory import link_and_tell, tell
from tests.people import People, settle

pytestmark = pytest.mark.slow

CANARIES = ("canary", "wren", "07700 900", "900451", "Amina", "North Talking", "sing in the mine")
"""Planted where people write at the desk that shares: none of it may leave."""
SECRET = "the secret of the desk in Leeds"


class Leeds:
    """The desk that shares: a served process with its own database and secret."""

    def __init__(self, url: str, address: str) -> None:
        self.url, self.address = url, address
        self.people: People
        self.problem_id = 0

    @contextmanager
    def open(self) -> Iterator[Session]:
        """Act there: by its database, and its secret."""
        own = database._Bound.read, database._Bound.write, settings().secret
        read, write = engines_for(self.url)
        database.bind(read, write)
        settings().secret = SecretStr(SECRET)
        try:
            with database.writing() as session:
                yield session
        finally:
            database.bind(*own[:2])
            settings().secret = own[2]
            read.dispose()
            write.dispose()


@pytest.fixture
def leeds(committing: str, fresh: Fresh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Leeds]:
    clock.set_to(datetime.now(UTC))  # the other process has the time of day
    monkeypatch.setenv("NAVIGATOR_ASKS_ITSELF", "yes")
    settings.cache_clear()
    with socket.socket() as free, fresh(f"leeds_{uuid4().hex}") as url:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        desk = Leeds(url, f"http://127.0.0.1:{port}")
        with desk.open() as session:
            desk.people = settle(session)
            desk.problem_id = _problem(session, desk.people)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("NAVIGATOR_SECRET", SECRET)
            with serving(url, port, tmp_path):
                yield desk


def _problem(session: Session, people: People) -> int:
    """A problem with eight reports, in which canaries are planted wherever somebody writes."""
    known = "wren-note: ask Amina about canary@wren.example"
    told = NewProblemInput(
        service="north",
        programme="fern",
        category="access.forgotten_password",
        title="Log-in ends at once (canary)",
        known=known,
        workaround="Call 07700 900 451, says the canary",
        supplier_reference="CANARY-7",
    )
    problem = records.open_problem(session, people.amina, told)
    for number in range(8):
        ticket = tell(
            session,
            people.priya,
            reporter=ReporterKind.PWP,
            text=f"I sing in the mine like a canary {number}",
            contact={"route": "email", "email": f"canary{number}@wren.example"},
        )
        link_and_tell(session, people.amina, ticket, problem.id)
    return problem.id


WORDS = PublishInput(
    title="Log-in ends at once",
    known="After the code is typed, the page goes back to the start.",
    workaround="Use the website, not the app. <b>Then</b> [log in](https)",
    versions="4.2 on iPhone",
    is_read=True,
)


def _share(desk: Leeds) -> str:
    """Switch the feed on at the other desk, make its key and publish its problem."""
    with desk.open() as session:
        key = signatures.make_key(session).public_key
        on = SharingSetting(is_active=True, name="Leeds", owner="Lee", review_on=date(2027, 6, 1))
        apply_change(session, SYSTEM, kind_of("sharing"), ("desk",), on)
        publish(session, desk.people.amina, desk.problem_id, WORDS)
    return key


def _read(desk: Leeds, public_key: str) -> PeerDesk:
    """Read the other desk, with this key typed for it."""
    with database.writing() as session:
        peer = PeerSetting(
            name="Leeds",
            url=desk.address + PATH,
            public_key=public_key,
            owner="Ada",
            review_on=date(2027, 6, 1),
        )
        apply_change(session, SYSTEM, kind_of("peer"), ("leeds",), peer)
        session.exec(select(PeerDesk)).one().tried_at = None
    assert pull.pull_due() == 1
    with database.reading() as session:
        return session.exec(select(PeerDesk)).one()


def test_two_desks_exchange_a_problem(leeds: Leeds) -> None:
    with database.writing() as session:
        people = settle(session)
    assert httpx.get(leeds.address + PATH).status_code == 404  # nothing is shared before somebody says so
    key = _share(leeds)
    raw = httpx.get(leeds.address + PATH)
    assert raw.headers["content-type"] == "application/feed+json"
    assert [canary for canary in CANARIES if canary.lower() in raw.text.lower()] == []
    assert raw.json()["items"][0]["_navigator_desk"]["reports"] == 10  # of eight
    assert _read(leeds, key).error == ""

    with database.writing() as session:
        (each,) = elsewhere.list_elsewhere(session, people.amina)
        assert (each.desk, each.programme, each.problem.title) == ("Leeds", "fern", "Log-in ends at once")
        adopted = AdoptInput(service="north", programme=each.programme)
        problem = elsewhere.adopt(session, people.amina, each.problem.id, adopted)
        assert (problem.category, problem.is_public) == ("access.forgotten_password", False)
        assert problem.workaround == WORDS.workaround  # text, and drawn as text
        assert "4.2 on iPhone" in problem.known
        id = problem.id
    with database.reading() as session:
        assert elsewhere.joined(session, [id]) == {id: Joined(desks=1, reports=10)}

    with leeds.open() as session:
        closed = StatusInput(status=ProblemStatus.WITH_SUPPLIER)
        updates.change_status(session, leeds.people.amina, leeds.problem_id, closed)
    _read(leeds, key)
    with database.reading() as session:
        assert session.exec(select(SharedProblem)).one().status == ProblemStatus.WITH_SUPPLIER

    with leeds.open() as session:
        withdraw(session, leeds.people.amina, leeds.problem_id)
    _read(leeds, key)
    with database.reading() as session:
        row = session.exec(select(SharedProblem)).one()
        assert row.withdrawn_at
        assert (row.known, row.workaround, row.reports) == ("", "", None)
        assert elsewhere.list_elsewhere(session, people.amina) == []
        assert elsewhere.joined(session, [id]) == {id: Joined(withdrawn=1)}
        assert session.get_one(Problem, id).workaround == WORDS.workaround  # what was made of it is ours
        notes = [note.body for note in session.exec(select(ProblemUpdate).order_by(col(ProblemUpdate.id)))]
        assert notes[-1].startswith("Leeds no longer shares it.")


def test_what_another_key_signs_is_not_read_and_a_new_key_is_announced(leeds: Leeds) -> None:
    with leeds.open() as session:
        other = signatures.make_key(session).public_key
        signatures.live_keys(session)[0].ended_at = clock.now()
    key = _share(leeds)
    assert _read(leeds, other).error == "It is not signed by the key that was typed for it."
    with database.reading() as session:
        assert session.exec(select(SharedProblem)).all() == []
    assert _read(leeds, key).error == ""
    with leeds.open() as session:
        newest = signatures.make_key(session).public_key
    peer = _read(leeds, key)
    assert (peer.error, peer.newest_key) == ("", newest)
    with leeds.open() as session:
        signatures.end_key(
            session, next(one.id for one in signatures.live_keys(session) if one.public_key == key)
        )
    assert _read(leeds, key).error
    assert _read(leeds, newest).error == ""
    with database.reading() as session:
        assert session.exec(select(SharedProblem)).one().withdrawn_at is None
