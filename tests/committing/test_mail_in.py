"""Mail with real servers, real commits and real deaths: a round trip, two desks, kills, and IDLE."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from PIL import Image
from sqlmodel import col, select

from navigator import database
from navigator.catalogue.mailbox import Mailbox
from navigator.mail_in import fetch, land, listen
from navigator.mail_in.secrets import keep_secret
from navigator.mail_in.tables import Mail, MailState
from navigator.outbox import sender
from navigator.people import private_links
from navigator.people.actor import ANONYMOUS
from navigator.people.reply_tokens import reply_token
from navigator.people.reporter import ContactMethod, LinkChannel
from navigator.settings import settings
from navigator.tickets.actions import staff
from navigator.tickets.inputs import ResolveInput, SayInput
from navigator.tickets.report_input import ContactInput, ReportInput
from navigator.tickets.ticket import Message, Resolution, Status, Ticket
from tests import imap_server
from tests.committing.processes import PATIENCE, ROOT
from tests.imap_server import PASSWORD, USER, ImapServer
from tests.mail_and_sms_servers import Mailbox as MailServer
from tests.mail_and_sms_servers import mail_server
from tests.navigator.mail_in.mails import DESK, PAT
from tests.people import People, settle

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not imap_server.is_there(), reason="Dovecot is not installed"),
]

ROUNDS = int(os.environ.get("NAVIGATOR_TEST_MAIL_KILLS", "24"))
"""How often the process is killed; the soak form is 200."""


@pytest.fixture(scope="module")
def imap() -> Iterator[ImapServer]:
    with imap_server.imap_server() as server:
        yield server


@pytest.fixture
def people(committing: str) -> People:
    with database.writing() as session:
        return settle(session)


@pytest.fixture
def desk(people: People, imap: ImapServer) -> ImapServer:
    """A desk that reads an empty mailbox."""
    with database.writing() as session:
        values: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": imap.port,
            "security": "none",
            "user": USER,
            "owner": "Ada",
        }
        mailbox = Mailbox(service_id=people.north, address=DESK, is_active=True, **values)
        session.add(mailbox)
        session.flush()
        keep_secret(session, mailbox, PASSWORD)
    with imap.client() as client:
        client.select_folder("INBOX")
        if uids := client.search(["ALL"]):
            client.delete_messages(uids)
            client.expunge()
    fetch.fetch_all()
    return imap


@pytest.fixture
def smtp(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    with mail_server() as box:
        for name, value in {"host": "127.0.0.1", "port": box.port, "security": "none"}.items():
            monkeypatch.setenv(f"NAVIGATOR_MAIL_{name.upper()}", str(value))
        settings.cache_clear()
        yield box


def report(text: str = "My password is refused") -> int:
    contact = ContactInput(route=ContactMethod.EMAIL, email=PAT, is_safe=True)
    with database.writing() as session:
        told = ReportInput(service="north", text=text, contact=contact)
        return staff.report(session, ANONYMOUS, told).ticket.number


def do(action: Callable[..., object], *args: object) -> None:
    with database.writing() as session:
        action(session, *args)


def messages(number: int) -> list[Message]:
    with database.reading() as session:
        query = select(Message).where(Message.ticket_number == number).order_by(col(Message.id))
        return list(session.exec(query))


def status(number: int) -> str:
    with database.reading() as session:
        return session.get_one(Ticket, number).status


def written(mail: EmailMessage, words: str, charset: str, picture: bytes = b"") -> bytes:
    """What a mail program makes of an answer to a letter."""
    answer = EmailMessage()
    answer["From"], answer["To"], answer["Subject"] = (
        f"Pat <{PAT}>",
        mail["Reply-To"],
        f"Re: {mail['Subject']}",
    )
    answer["Message-ID"] = f"<{charset}.{len(words)}@home.example>"
    answer["In-Reply-To"] = mail["Message-ID"]
    answer["References"] = f"{mail['References']} {mail['Message-ID']}"
    body = mail.get_body(("plain",))
    assert body
    quoted = "\n".join(f"> {line}" for line in body.get_content().splitlines() if line.isascii())
    answer.set_content(f"{words}\n\nOn 9 Jun 2026, North wrote:\n{quoted}\n", charset=charset)
    if picture:
        answer.add_attachment(picture, maintype="image", subtype="png", filename="screen.png")
    return answer.as_bytes()


def test_a_report_is_answered_by_mail_and_opened_again_in_three_charsets(
    people: People, desk: ImapServer, smtp: MailServer, tmp_path
):
    number = report()
    Image.new("RGB", (40, 30), "red").save(tmp_path / "screen.png")
    picture = (tmp_path / "screen.png").read_bytes()
    sender.send_waiting()
    for charset, words in (
        ("utf-8", "Still ✗ broken"),
        ("iso-8859-1", "Toujours cassé"),
        ("koi8-r", "Опять не работает"),
    ):
        do(
            staff.resolve,
            people.amina,
            number,
            ResolveInput(resolution=Resolution.FIXED, body="Please try again"),
        )
        sender.send_waiting()
        letter = next(mail for mail in reversed(smtp.mails) if mail["To"] == PAT)
        desk.deliver(written(letter, words, charset, picture))
        assert (fetch.fetch_all(), land.land_waiting()) == (1, 1)
        said = messages(number)[-1]
        assert (said.body, said.has_attachments, status(number)) == (words, True, Status.OPEN)
        do(staff.reply, people.amina, number, SayInput(body="We will look at it"))
        sender.send_waiting()
        assert smtp.mails[-1]["Subject"].endswith("there is an answer for you")
    assert desk.uids(what="UNSEEN") == []


def test_two_desks_that_write_to_each_other_stop_after_one_exchange(desk: ImapServer, smtp: MailServer):
    """T19 of the peers."""
    first = (
        b"From: Other desk <help@other.example>\r\nTo: desk@north.example\r\nSubject: Hello\r\n\r\nHello?\r\n"
    )
    desk.deliver(first)
    for number in range(4):
        fetch.fetch_all()
        land.land_waiting()
        before = len(smtp.mails)
        sender.send_waiting()
        for mail in smtp.mails[before:]:  # and the other desk answers all that it gets
            marks = f"Message-ID: <{number}@other.example>\r\nIn-Reply-To: {mail['Message-ID']}\r\n"
            desk.deliver(marks.encode() + first.replace(b"Hello?", b"Thank you for your mail"))
    (answered,) = smtp.mails
    assert (answered["To"], answered["Auto-Submitted"]) == ("help@other.example", "auto-replied")
    with database.reading() as session:
        assert Counter(session.exec(select(Mail.state))) == {"unsorted": 2}


def test_killed_at_every_step_it_loses_and_doubles_nothing(committing: str, desk: ImapServer):
    number = report()
    with database.writing() as session:
        link = private_links.link_by_token(
            session, private_links.mint(session, number, LinkChannel.EMAIL, PAT)
        )
        assert link
        to = f"desk+{reply_token(link)}@north.example"
    words = [sys.executable, "-m", "tests.committing.mail_kills", str(desk.port), to, str(ROUNDS)]
    environment = os.environ | {"NAVIGATOR_DATABASE_URL": committing}
    ran = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    said = Counter(message.body for message in messages(number) if message.action == "answer")
    assert said == Counter({f"Mail number {each}": 1 for each in range(ROUNDS)})
    assert desk.uids(what="UNSEEN") == []
    with database.reading() as session:
        states = Counter(session.exec(select(Mail.state)))
    assert states == {MailState.JOINED: ROUNDS}


def test_the_server_says_when_mail_comes_and_one_process_reads_it(desk: ImapServer):
    number = report()
    assert listen.listen() == 1
    try:
        desk.deliver(b"From: Kim <kim@x.example>\r\nSubject: Hi\r\n\r\nHello\r\n")
        assert _soon(lambda: _count() == 1)
        desk.deliver(b"From: Kim <kim@x.example>\r\nSubject: Hi\r\n\r\nHello again\r\n")
        assert _soon(lambda: listen.listen() == 1 and _count() == 2)  # as the job says that it may go on
        (thread,) = listen._listening.threads.values()
        with database.writing() as session:
            session.exec(select(Mailbox)).one().is_active = False
        assert _soon(lambda: listen.listen() == 0 and not thread.is_alive()), (
            "a mailbox that was switched off is listened to no more"
        )
    finally:
        listen.stop()
    assert len(messages(number)) == 1


def _count() -> int:
    with database.reading() as session:
        return len(session.exec(select(Mail.id)).all())


def _soon(is_so: Callable[[], bool]) -> bool:
    for _ in range(PATIENCE * 10):
        if is_so():
            return True
        time.sleep(0.1)
    return False


def test_a_mail_that_is_piped_is_kept_or_the_server_is_told_to_try_again(committing: str, people: People):
    mail = b"From: Kim <kim@x.example>\r\nSubject: Hi\r\n\r\nHello\r\n"

    def pipe(content: bytes, service: str = "north", url: str = committing) -> int:
        code = "from navigator.cli import app; app()"
        words = [sys.executable, "-c", code, "mail", "receive", "--service", service]
        environment = os.environ | {"NAVIGATOR_DATABASE_URL": url}
        ran = subprocess.run(
            words, input=content, cwd=ROOT, env=environment, capture_output=True, check=False
        )
        assert b"Traceback" not in ran.stderr
        return ran.returncode

    assert (pipe(mail), pipe(mail), _count()) == (0, 0, 1)
    assert pipe(b"") == os.EX_NOINPUT
    assert pipe(mail, "nowhere") == os.EX_NOUSER
    assert pipe(mail, url="postgresql+psycopg://nobody@127.0.0.1:1/none") == os.EX_TEMPFAIL
