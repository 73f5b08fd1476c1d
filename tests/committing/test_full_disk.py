"""A disk that is full, and bodies that are broken: a clear answer at every door, and no trace in the log."""

import errno
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select
from typer.testing import CliRunner

from navigator import cli, database
from navigator.outbox import file_backend
from navigator.people import private_links
from navigator.people.access_rules import AccessRules
from navigator.settings import settings
from navigator.tickets.ticket import Message
from tests.cases import each_case
from tests.navigator.tickets.report_factory import tell
from tests.page_visitor import Visitor
from tests.people import PASSWORD, People, settle, token_of
from tests.web.public.test_pictures import PDF
from web.app import app

pytestmark = [pytest.mark.slow, pytest.mark.only_on("sqlite")]

ROOM = "PRAGMA max_page_count=1000000"
LONG = "It will not open. " * 250
TOLD = {"service": "north", "body": LONG, "contact": {"route": "email", "email": "a@example.org"}}
DOORS: dict[str, tuple[str, dict[str, object]]] = {
    "a draft": ("/report/place", {"data": {"service": "north", "programme": "fern"}}),
    "a log-in": ("/log-in", {"data": {"email": "tom@north.example", "password": PASSWORD}}),
    "a lost link": ("/lost-link", {"data": {"reference": "1", "email": "pat@example.org"}}),
    "a report by the API": ("/api/v1/reports", {"json": TOLD}),
    "a report with a key": ("/api/v1/reports", {"json": TOLD, "headers": {"idempotency-key": "5f1c"}}),
}


@pytest.fixture
def amina(committing: str) -> Visitor:
    """A navigator, logged in, where there is a ticket."""
    settings().signing_key()
    with database.writing() as session:
        people = settle(session)
        tell(session)
        visitor = Visitor(app)
        visitor.cookies.set("desk_log_in", token_of(session, people.amina))
    return visitor


@pytest.fixture
def full_disk(amina: Visitor) -> Iterator[None]:
    """The database file can grow no more, and every page of it is used."""
    _run("CREATE TABLE filler (blob)")
    _run("PRAGMA max_page_count=1")
    for size in (4000, 400, 40, 1):
        with suppress(OperationalError):
            while True:
                _run(f"INSERT INTO filler VALUES (zeroblob({size}))")  # noqa: S608 - a number of this test
    yield
    _run(ROOM)


def _run(statement: str) -> None:
    with database.writing() as session:
        session.connection().exec_driver_sql(statement)


@pytest.mark.usefixtures("full_disk")
@each_case("door", DOORS)
def test_whoever_writes_to_a_full_disk_is_told(amina: Visitor, door: str) -> None:
    """11.F12: nothing is pretended, and no error is left to nobody."""
    path, body = DOORS[door]
    # There may be room left in a page for one or two.
    answers = [amina.post(path, follow_redirects=False, **body) for _ in range(5)]  # type: ignore[arg-type]
    assert {answer.status_code for answer in answers} <= {201, 303, 503}
    if door.startswith("a report"):
        assert answers[-1].json()["detail"] == "The desk is not working at the moment."


@pytest.mark.usefixtures("full_disk")
def test_what_was_written_for_a_full_disk_is_sent_again_from_the_page_that_says_so(amina: Visitor) -> None:
    """Back asked for the page anew, and the words were gone."""
    amina.get("/tickets/1")
    refused = amina.press("Send", body=LONG)
    assert (refused.status_code, "Your words are still here." in amina.text) == (503, True)
    assert [each.text() for each in amina.page.css("main form strong")] == ["What you want to say"]
    _run(ROOM)
    amina.press("Send")
    assert amina.path == "/tickets/1"
    with database.reading() as session:
        replies = session.exec(select(Message.body).where(Message.action == "reply")).all()
    assert replies == [LONG.strip()]


def test_the_page_that_says_so_locks_as_the_desk_does_and_keeps_what_stands_on_it(
    amina: Visitor, request: pytest.FixtureRequest
) -> None:
    """It stayed open for whoever came by, with the words of a reply."""
    with database.writing() as session:
        session.add(AccessRules(lock_minutes=7, owner="Ada"))
    amina.get("/tickets/1")
    request.getfixturevalue("full_disk")
    amina.headers["referer"] = f"{amina.base_url}/tickets/1"  # as a browser says it
    amina.press("Send", body=LONG)
    assert amina.one("[data-locks-after]").attributes["data-locks-after"] == "420"
    form = amina.one("main form")
    mark = amina.one("main form input[name=once]").attributes["value"]
    _run(ROOM)
    page = form.attributes["data-unsaved"]
    facts = {"lock.page": page, "lock.path": form.attributes["action"], "lock.mark": mark, "body": LONG}
    amina.post("/account/lock", data=facts)
    assert (amina.path, LONG in amina.text) == ("/unlock", False)
    amina.press("Unlock", password=PASSWORD)
    assert (amina.path, LONG.strip() in amina.text) == ("/tickets/1", True)


@pytest.mark.usefixtures("amina")
def test_of_pictures_that_found_a_full_disk_it_is_said_that_they_were_not_sent(
    request: pytest.FixtureRequest,
) -> None:
    """They were left out of what is sent again, and the next page said that the message was sent."""
    with database.writing() as session:
        link = private_links.mint(session, 1)
    pat = Visitor(app)
    pat.get(f"/t/{link}")
    request.getfixturevalue("full_disk")
    refused = pat.press("Send", body=LONG)
    assert (refused.status_code, "The pictures were not sent." in pat.text) == (503, False)
    picture = {"files": ("it.pdf", PDF, "application/pdf")}
    assert pat.post("/follow/1/answer", data={"body": LONG}, files=picture).status_code == 503
    assert "The pictures were not sent. Your words are still here." in pat.text


@pytest.mark.usefixtures("full_disk")
def test_no_password_stands_in_the_page_that_says_so(amina: Visitor) -> None:
    path, body = DOORS["a log-in"]
    answer = [amina.post(path, **body) for _ in range(5)][-1]  # type: ignore[arg-type]
    assert "Your words are still here." not in answer.text
    assert PASSWORD not in answer.text


def test_mail_that_finds_a_full_disk_leaves_no_part_of_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """11.F12."""

    def no_space(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", no_space)
    with pytest.raises(OSError, match="No space"):
        file_backend._write(tmp_path / "one.eml", b"words")
    assert list(tmp_path.iterdir()) == []


def test_the_command_line_says_in_words_that_there_is_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """11.F12: it ended in a trace."""

    def no_space(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "navigator.db")

    monkeypatch.setattr("migrations.upgrade", no_space)
    done = CliRunner().invoke(cli.app, ["migrate"])
    assert (done.exit_code, done.output) == (2, "No space left on device: navigator.db\n")


BROKEN: dict[str, tuple[str, bytes]] = {
    "no boundary": ("multipart/form-data", b"abc"),
    "cut in a header": ("multipart/form-data; boundary=x", b"--x\r\nContent-Dispo"),
    "no name": ("multipart/form-data; boundary=x", b"--x\r\nA: b\r\n\r\na\r\n--x--\r\n"),
    "a charset that nobody knows": (
        "multipart/form-data; boundary=x; charset=nope",
        b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\na\r\n--x--\r\n",
    ),
    "a file": (
        "multipart/form-data; boundary=x",
        b"--x\r\nContent-Disposition: form-data; name=a; filename=b\r\n\r\na\r\n--x--\r\n",
    ),
    "no JSON": ("application/json", b"{"),
    "no UTF-8": ("application/json", b'{"text": "\xff"}'),
}


@pytest.mark.parametrize("path", ["/report/place", "/log-in", "/api/v1/reports"])
@each_case("name", BROKEN)
def test_a_broken_upload_is_answered_in_words(session: Session, people: People, name: str, path: str) -> None:
    """11.F12."""
    kind, body = BROKEN[name]
    answer = Visitor(app).post(path, content=body, headers={"content-type": kind})
    assert answer.status_code in (400, 415, 422)
