"""The outbox where commits are real: couriers side by side, and couriers that are killed."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import col, select

from navigator import database
from navigator.outbox import sender
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.settings import settings
from tests.committing import processes
from tests.mail_and_sms_servers import Mailbox, mail_server
from tests.people import settle

pytestmark = pytest.mark.slow

LETTERS = 12
EACH_ONCE = Counter({f"DN-{number:06d} is with you now": 1 for number in range(LETTERS)})


@pytest.fixture
def box(committing: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A mail server that the desk is set up to use, and letters waiting for it."""
    with database.writing() as session:
        amina = settle(session).amina.user_id
        assert amina
        for number in range(LETTERS):
            enqueue(session, "assigned", Recipient.USER, amina, ticket_number=number)
    with mail_server() as box:
        for name, value in at(box).items():
            monkeypatch.setenv(f"NAVIGATOR_{name.upper()}", str(value))
        settings.cache_clear()
        yield box


def at(box: Mailbox) -> dict[str, object]:
    return {"mail_host": "127.0.0.1", "mail_port": box.port, "mail_security": "none"}


def got(box: Mailbox) -> Counter[str]:
    return Counter(str(mail["Subject"]) for mail in box.mails)


def waiting() -> list[OutboxMessage]:
    with database.reading() as session:
        return [
            letter
            for letter in session.exec(select(OutboxMessage).order_by(col(OutboxMessage.id)))
            if letter.sent_at is None
        ]


def test_couriers_side_by_side_send_each_letter_once(box: Mailbox):
    with ThreadPoolExecutor(4) as pool:
        tried = sum(pool.map(lambda _: sender.send_waiting(), range(4)))
    assert (tried, got(box), waiting()) == (LETTERS, EACH_ONCE, [])


@pytest.mark.parametrize("had_it", [False, True], ids=["before", "after"])
def test_a_courier_that_is_killed_loses_nothing(committing: str, box: Mailbox, had_it: bool):
    with processes.running("send", committing, **at(box)) as process:
        box.at_data = _on_the(3, process.kill, had_it)
        process.wait(timeout=processes.PATIENCE)
    assert process.returncode == -9
    assert got(box).total() == (3 if had_it else 2)
    box.at_data = lambda: None
    with processes.running("send_later", committing, **at(box)) as process:
        assert process.wait(timeout=processes.PATIENCE) == 0
    assert waiting() == []
    # The one that the mail server took from a courier who could no longer note it down comes again.
    assert (got(box).total(), got(box).keys()) == (LETTERS + had_it, EACH_ONCE.keys())
    assert len({mail["Message-ID"] for mail in box.mails}) == LETTERS


def _on_the(number: int, act: Callable[[], None], had_it: bool) -> Callable[[], None]:
    """Act when the mail of that number comes; unless the server `had_it` by then, it does not get it."""
    count = iter(range(1, LETTERS + 1))

    def at_data() -> None:
        if next(count) == number:
            act()
            if not had_it:
                raise ConnectionResetError

    return at_data
