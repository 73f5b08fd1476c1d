"""Mail by LMTP: a served process, a real client, real deaths between the mail and its answer."""

import asyncio
import os
import smtplib
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from navigator import database
from navigator.catalogue.mailbox import Mailbox
from navigator.errors import Conflict, Invalid
from navigator.mail_in import join, land, lmtp, store
from navigator.mail_in.lmtp_place import Place, read_place, require_free
from navigator.mail_in.tables import Mail, MailOriginal, MailState
from navigator.people import private_links
from navigator.people.actor import ANONYMOUS
from navigator.people.rate_limit import Limit
from navigator.people.reply_tokens import reply_token
from navigator.people.reporter import ContactMethod, LinkChannel
from navigator.tickets.actions import staff
from navigator.tickets.report_input import ContactInput, ReportInput
from navigator.tickets.ticket import Message
from tests.committing.processes import PATIENCE, ROOT
from tests.navigator.mail_in.mails import DESK, PAT, letter
from tests.people import People, settle

pytestmark = pytest.mark.slow

ROUNDS = int(os.environ.get("NAVIGATOR_TEST_MAIL_KILLS", "24"))
SOUTH = "help@south.example"


@pytest.fixture
def people(committing: str) -> People:
    with database.writing() as session:
        people = settle(session)
        for service_id, address in ((people.north, DESK), (people.south, SOUTH)):
            session.add(Mailbox(service_id=service_id, address=address, is_active=True, owner="Ada"))
    return people


@contextmanager
def served(url: str, listen: str) -> Iterator[str]:
    """The command, in a process of its own; where it says that it listens."""
    code = "from navigator.cli import app; app()"
    words = [sys.executable, "-c", code, "mail", "lmtp", "--listen", listen]
    environment = os.environ | {"NAVIGATOR_DATABASE_URL": url, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()
            assert process.wait(PATIENCE) == 0


def client_of(where: str) -> smtplib.LMTP:
    host, _, port = where.rpartition(":")
    return smtplib.LMTP(host, int(port)) if host else smtplib.LMTP(where)


def deliver(
    client: smtplib.LMTP, content: bytes, *recipients: str, sender: str = PAT
) -> list[tuple[int, int]]:
    """How each recipient was answered, before the mail and after it; 0 where nothing is said afterwards."""
    if not client.ehlo_resp:
        client.ehlo("mx.example")
    client.docmd("MAIL", f"FROM:<{sender}> BODY=8BITMIME SMTPUTF8")
    before = [client.docmd("RCPT", f"TO:<{each}>")[0] for each in recipients]
    after: Iterator[int] = iter(())
    if 250 in before:
        first = client.data(content)[0]
        after = iter([first, *(client.getreply()[0] for _ in range(before.count(250) - 1))])
    else:
        client.rset()
    return [(code, next(after) if code == 250 else 0) for code in before]


def kept() -> dict[str, bytes]:
    """The mails as they came, by their service’s id and subject."""
    with database.reading() as session:
        query = select(Mail.service_id, MailOriginal.content).join(
            MailOriginal, col(MailOriginal.mail_id) == col(Mail.id)
        )
        return {f"{id}": content for id, content in session.exec(query)}


def count() -> int:
    with database.reading() as session:
        return len(session.exec(select(Mail.id)).all())


def rename(before: str, after: str) -> None:
    with database.writing() as session:
        session.exec(text(f"ALTER TABLE {before} RENAME TO {after}"))  # type: ignore[call-overload]


def test_each_recipient_is_answered_once_the_mail_is_kept(committing: str, people: People):
    mail = letter(b"Hello\r\n..two dots\r\n" + b"long " * 40_000 + "\r\nSigné ✓".encode())
    with served(committing, "127.0.0.1:0") as where, client_of(where) as client:
        to = (
            DESK,
            "nobody@north.example",
            SOUTH.upper(),
            "desk+anything@north.example",
            "desk@south.example",
        )
        answers = [(250, 250), (550, 0), (250, 250), (250, 250), (550, 0)]
        assert deliver(client, mail, *to, sender="") == answers
        assert deliver(client, mail, DESK) == [(250, 250)]
        originals = kept()
        assert set(originals) == {str(people.north), str(people.south)}
        assert count() == 2, "the same mail again is the one that is kept"
        head, _, rest = originals[str(people.north)].partition(b"From:")
        assert head.split(b"\r\n")[:3] == [
            b"Return-Path: <>",
            b"Delivered-To: desk@north.example",
            b"Delivered-To: desk+anything@north.example",
        ]
        assert b"From:" + rest == mail[mail.index(b"From:") :], "byte for byte, dots and long lines too"

        client.docmd("MAIL", "FROM:<pat@home.example>")
        client.docmd("RCPT", f"TO:<{DESK}>")
        rename("mailoriginal", "elsewhere")
        assert client.data(letter("Kept later"))[0] == 451
        rename("elsewhere", "mailoriginal")
        assert count() == 2
        assert deliver(client, letter("Kept later"), DESK) == [(250, 250)]
        assert client.docmd("DATA")[0] == 503
        assert client.docmd("HELO", "x")[0] == 500


def test_what_the_desk_cannot_read_or_does_not_take_is_said(tmp_path: Path):
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    path = tmp_path / "lmtp.sock"
    with served(nowhere, str(path)) as where, client_of(where) as client:
        assert path.stat().st_mode & 0o777 == 0o660
        client.ehlo("mx.example")
        client.docmd("MAIL", "FROM:<pat@home.example>")
        assert client.docmd("RCPT", f"TO:<{DESK}>")[0] == 451
        assert client.docmd("DATA")[0] == 503
    assert not path.exists()


def test_killed_between_a_mail_and_its_answer_it_loses_and_doubles_nothing(
    committing: str, people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    number, to = a_reply_address()
    path = str(tmp_path / "lmtp.sock")
    words = [sys.executable, "-m", "tests.committing.lmtp_kills", path, str(ROUNDS)]
    environment = os.environ | {"NAVIGATOR_DATABASE_URL": committing}
    tries: Counter[int] = Counter()
    with subprocess.Popen(words, cwd=ROOT, env=environment) as process:
        try:
            for each in range(ROUNDS + 1):
                mail = letter(f"Mail number {each}", to=to)
                is_kept = False
                while not is_kept:
                    assert process.poll() is None
                    tries[each] += 1
                    is_kept = is_acknowledged(path, mail, to)
        finally:
            process.terminate()
    assert all(tries[each] > 1 for each in range(ROUNDS)), "each was killed over once"
    assert count() == ROUNDS + 1
    monkeypatch.setattr(join, "PER_LINK", Limit(ROUNDS + 1, timedelta(hours=1)))  # nobody writes as often
    while land.land_waiting():
        pass
    with database.reading() as session:
        said = session.exec(select(Message).where(Message.ticket_number == number)).all()
        states = Counter(session.exec(select(Mail.state)))
    answers = Counter(one.body for one in said if one.action == "answer")
    assert answers == {f"Mail number {each}": 1 for each in range(ROUNDS + 1)}
    assert states == {MailState.JOINED: ROUNDS + 1}


def a_reply_address() -> tuple[int, str]:
    contact = ContactInput(route=ContactMethod.EMAIL, email=PAT, is_safe=True)
    with database.writing() as session:
        told = ReportInput(service="north", text="My password is refused", contact=contact)
        number = staff.report(session, ANONYMOUS, told).ticket.number
        token = private_links.mint(session, number, LinkChannel.EMAIL, PAT)
        link = private_links.link_by_token(session, token)
        assert link
        return number, f"desk+{reply_token(link)}@north.example"


def connected(path: str) -> smtplib.LMTP:
    """A connection to the server that is there by now."""
    for _ in range(PATIENCE * 50):
        with suppress(ConnectionError, FileNotFoundError, smtplib.SMTPServerDisconnected):
            return smtplib.LMTP(path)
        time.sleep(0.02)
    raise AssertionError("no server came")


def is_acknowledged(path: str, mail: bytes, to: str) -> bool:
    """Whether a mail server would take a mail for delivered."""
    with suppress(ConnectionError, smtplib.SMTPServerDisconnected), connected(path) as client:
        return deliver(client, mail, to) == [(250, 250)]
    return False


@contextmanager
def door(path: Path | None = None, **limits: float) -> Iterator[str]:
    """A server with limits of its own, in a thread."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def begin() -> tuple[lmtp.Door, asyncio.Server]:
        opened = lmtp.Door(**limits)  # type: ignore[arg-type]
        return opened, await opened.open(Place(path, "127.0.0.1"))

    opened, server = asyncio.run_coroutine_threadsafe(begin(), loop).result()
    yield str(path or "") or f"127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def end() -> None:
        server.close()
        opened.close()

    asyncio.run_coroutine_threadsafe(end(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_who_sends_too_slowly_too_much_or_too_often_holds_nothing_up(
    people: People, monkeypatch: pytest.MonkeyPatch
):
    for module in (lmtp, store):
        monkeypatch.setattr(module, "LARGEST", 1_000)
    monkeypatch.setattr("navigator.mail_in.delivered.LARGEST", 1_000)
    monkeypatch.setattr("navigator.mail_in.lmtp.BEGINNING", 200)
    with door(seconds=0.5, most=1) as where:
        with client_of(where) as slow:
            slow.ehlo("mx.example")
            with pytest.raises(smtplib.SMTPConnectError, match="421"):
                client_of(where)
            slow.docmd("MAIL", "FROM:<pat@home.example>")
            slow.docmd("RCPT", f"TO:<{DESK}>")
            assert slow.docmd("DATA")[0] == 354
            assert slow.sock
            slow.sock.settimeout(PATIENCE)
            with suppress(ConnectionError):
                slow.sock.sendall(b"From: Pat\r\n")
                assert slow.sock.recv(1) == b"", "the desk ended it"
        assert count() == 0
    with door(seconds=PATIENCE, most=1) as where, client_of(where) as client:
        mail = letter("Please help me.\r\n" + "x" * 2_000)
        assert deliver(client, mail, DESK, "desk+a@north.example") == [(250, 552), (250, 552)]
        assert deliver(client, letter("Short"), DESK) == [(250, 250)]
    with database.reading() as session:
        assert Counter(session.exec(select(Mail.is_whole))) == {False: 1, True: 1}


def test_who_reads_no_answer_holds_no_connection(tmp_path: Path):
    with door(tmp_path / "lmtp.sock", seconds=0.5, most=1) as where, client_of(where) as deaf:
        assert deaf.sock
        deaf.sock.settimeout(PATIENCE)
        with pytest.raises(ConnectionError):
            deaf.sock.sendall(b"LHLO mx.example\r\n" * 100_000)


def test_a_connection_lasts_so_long_whatever_is_said():
    """One that said NOOP again and again was held for ever."""
    with door(seconds=PATIENCE, most=1, life=0.5) as where:
        with client_of(where) as client:
            said = islice(iter(lambda: client.noop()[0], 421), 50_000)
            with suppress(smtplib.SMTPServerDisconnected):
                assert {*said} == {250}
            with pytest.raises(smtplib.SMTPServerDisconnected):
                client.noop()
        with client_of(where) as another:
            assert another.ehlo("mx.example")[0] == 250


def test_a_mail_that_comes_in_as_a_connection_ends_is_kept_and_answered_first(
    people: People, monkeypatch: pytest.MonkeyPatch
):
    arrived = lmtp._Connection._arrived

    async def grow_old_meanwhile(connection: lmtp._Connection) -> store.Arrived:
        connection._grow_old()
        return await arrived(connection)

    monkeypatch.setattr(lmtp._Connection, "_arrived", grow_old_meanwhile)
    with door(seconds=PATIENCE, most=1) as where, client_of(where) as client:
        assert deliver(client, letter("Please help"), DESK) == [(250, 250)]
        with suppress(smtplib.SMTPServerDisconnected):
            assert client.noop()[0] == 421
        with pytest.raises(smtplib.SMTPServerDisconnected):
            client.noop()
    assert count() == 1


def test_it_listens_on_this_machine_alone():
    code = "from navigator.cli import app; app()"
    words = [sys.executable, "-c", code, "mail", "lmtp", "--listen", "0.0.0.0:24"]
    ran = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.returncode, "address of this machine" in ran.stderr) == (2, True)
    for typed in ("192.0.2.1:24", "mx.example:24", "127.0.0.1", "127.0.0.1:70000", "lmtp.sock", ""):
        with pytest.raises(Invalid):
            read_place(typed)
    assert read_place("[::1]:24") == Place(host="::1", port=24)


def test_it_takes_no_path_from_anybody_else(people: People, tmp_path: Path):
    file, path = tmp_path / "notes", tmp_path / "lmtp.sock"
    file.write_text("words")
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(path))
        other.listen(0)
        for taken in (file, path, path):  # at last it has more callers than it answers
            with pytest.raises(Conflict):
                require_free(taken)
    require_free(path)
    assert file.read_text() == "words"
