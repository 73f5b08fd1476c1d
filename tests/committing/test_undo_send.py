"""Taking back what was sent, where commits are real: beside a process and threads that send letters."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from sqlmodel import Session, delete, select

from navigator import clock, database
from navigator.errors import Conflict
from navigator.outbox import claims
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.actor import Actor
from navigator.people.reporter import reference
from navigator.settings import settings
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import sending
from navigator.tickets.actions.undo_send import take_back, time_to_undo
from navigator.tickets.held_send import HeldSend
from navigator.tickets.inputs import SendInput
from navigator.tickets.ticket import Message
from tests.committing import processes
from tests.mail_and_sms_servers import Mailbox, mail_server
from tests.navigator.tickets.report_factory import tell
from tests.people import People, settle

pytestmark = pytest.mark.slow

SENT = 16
WORDS = "Please try the reset page."


@pytest.fixture
def people(committing: str) -> People:
    with database.writing() as session:
        return settle(session)


@pytest.fixture
def held(people: People) -> dict[int, int]:
    """Replies that wait, by the numbers of their tickets; nothing else is queued."""
    with database.writing() as session:
        numbers = [tell(session).number for _ in range(SENT)]
        session.exec(delete(OutboxMessage))
        for number in numbers:
            message = SendInput(body=WORDS, does="wait")
            with time_to_undo(session, people.amina, Action.REPLY, number, message):
                sending.reply(session, people.amina, number, message)
        session.flush()
        return {send.ticket_number: send.id for send in session.exec(select(HeldSend))}


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    with mail_server() as box:
        for name, value in at(box).items():
            monkeypatch.setenv(f"NAVIGATOR_{name.upper()}", str(value))
        settings.cache_clear()
        yield box


def at(box: Mailbox) -> dict[str, object]:
    return {"mail_host": "127.0.0.1", "mail_port": box.port, "mail_security": "none"}


def is_taken_back(actor: Actor, number: int, held_id: int) -> bool:
    try:
        with database.writing() as session:
            take_back(session, actor, number, held_id)
    except Conflict as conflict:
        if "It has left" not in conflict.message:
            raise
        return False
    return True


def with_words(session: Session) -> set[int]:
    return set(session.exec(select(Message.ticket_number).where(Message.body == WORDS)))


def test_each_letter_has_left_or_was_taken_back_and_never_both(
    committing: str, people: People, held: dict[int, int], box: Mailbox
):
    """A process whose clock stands ahead sends, while this one takes back from the other end."""
    begun = Event()
    box.at_data = begun.set
    with processes.running("send", committing, **at(box)) as process:
        assert begun.wait(processes.PATIENCE)
        taken = {number for number in reversed(held) if is_taken_back(people.amina, number, held[number])}
        assert process.wait(timeout=processes.PATIENCE) == 0
    mails = [str(mail["Subject"]) for mail in box.mails]
    left = {number for number in held if any(reference(number) in subject for subject in mails)}
    assert left | taken == set(held)
    assert left & taken == set()
    assert left
    assert taken
    assert len(mails) == len(left)
    with database.reading() as session:
        assert with_words(session) == left
        assert {letter.ticket_number for letter in session.exec(select(OutboxMessage))} == left


def test_who_takes_back_waits_for_a_claim_that_is_not_committed(people: People, held: dict[int, int]):
    number, held_id = next(iter(held.items()))
    with ThreadPoolExecutor(1) as pool:
        with database.writing() as session:
            letter = session.exec(select(OutboxMessage).where(OutboxMessage.ticket_number == number)).one()
            letter.attempts = 1
            session.flush()
            answer = pool.submit(is_taken_back, people.amina, number, held_id)
            with pytest.raises(TimeoutError):
                answer.result(timeout=0.5)
        assert answer.result(timeout=30) is False
    with database.reading() as session:
        assert number in with_words(session)


def test_a_claim_passes_by_what_is_being_taken_back(people: People, held: dict[int, int]):
    number, held_id = next(iter(held.items()))
    with ThreadPoolExecutor(1) as pool:
        with database.writing() as session:
            query = select(OutboxMessage.id).where(OutboxMessage.ticket_number == number)
            letter = session.exec(query).one()
            take_back(session, people.amina, number, held_id)
            session.flush()
            clock.set_to(clock.now() + timedelta(minutes=1))
            claimed = pool.submit(lambda: claims.claim(SENT))
        found = {message.id for message in claimed.result(timeout=30)}
    assert len(found) == SENT - 1
    assert letter not in found
