"""Turns of the courier: a few letters are claimed at once, and each is looked at again before it leaves."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Connection, event
from sqlmodel import Session, col, select

from navigator import clock, database
from navigator.outbox import claims, file_backend, sender
from navigator.outbox.cancel import cancel_waiting
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.outbox.rendered_message import RenderedMessage
from navigator.people.actor import ANONYMOUS
from navigator.people.reporter import ContactMethod, Reporter
from navigator.settings import settings
from navigator.tickets.actions import staff
from navigator.tickets.report_input import ContactInput, ReportInput
from navigator.tickets.ticket import Ticket
from tests.people import People

pytestmark = pytest.mark.both_engines


@pytest.fixture
def tickets(session: Session, people: People) -> list[Ticket]:
    """Tickets of four people; a letter waits for each of them, and nothing else."""
    made = [report(session, f"pat{number}@home.example") for number in range(4)]
    for letter in session.exec(select(OutboxMessage)):
        session.delete(letter)
    session.flush()
    for ticket in made:
        enqueue(session, "answered", Recipient.REPORTER, ticket.reporter_id, ticket_number=ticket.number)
    session.flush()
    return made


def report(session: Session, email: str) -> Ticket:
    contact = ContactInput(route=ContactMethod.EMAIL, email=email)
    told = ReportInput(service="north", text="I cannot log in", contact=contact)
    return staff.report(session, ANONYMOUS, told).ticket


@pytest.fixture
def at_first(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Call it with what happens while the first letter is being sent."""
    really = file_backend.send

    def at_first(act: Callable[[], object]) -> None:
        acts = [act]

        def send(rendered: RenderedMessage) -> None:
            really(rendered)
            if acts:
                acts.pop()()

        monkeypatch.setattr(file_backend, "send", send)

    return at_first


def letters(session: Session) -> list[OutboxMessage]:
    session.expire_all()
    return [*session.exec(select(OutboxMessage).order_by(col(OutboxMessage.id)))]


def sent() -> int:
    return len([*settings().mail_dir.iterdir()])


def test_what_was_claimed_and_is_cancelled_meanwhile_is_not_sent(
    session: Session, tickets: list[Ticket], at_first: Callable[[Callable[[], object]], None]
):
    def cancel() -> None:
        cancel_waiting(session, Recipient.REPORTER, tickets[1].reporter_id)
        session.flush()

    at_first(cancel)
    sender.send_waiting()
    assert (sent(), [letter.sent_at is not None for letter in letters(session)]) == (3, [True] * 3)


def test_who_may_not_be_written_to_since_it_was_claimed_gets_nothing(
    session: Session, tickets: list[Ticket], at_first: Callable[[Callable[[], object]], None]
):
    def withdraw() -> None:
        session.get_one(Reporter, tickets[2].reporter_id).is_safe_to_contact = False
        session.flush()

    at_first(withdraw)
    sender.send_waiting()
    assert (sent(), len(letters(session))) == (3, 3)


def test_a_claim_that_has_become_old_is_given_back_and_costs_no_try(
    session: Session, tickets: list[Ticket], at_first: Callable[[Callable[[], object]], None]
):
    """A server that takes a minute a letter: else another worker might send what is still waiting here."""
    lasts = claims.CLAIM_DURATION
    began, slow = clock.now(), lasts - claims.LONGEST_SEND + timedelta(seconds=1)
    at_first(lambda: clock.set_to(began + slow))
    sender.send_waiting()
    assert (sent(), [letter.attempts for letter in letters(session)]) == (4, [1] * 4)
    claimed = [letter.claimed_until_at for letter in letters(session)]
    assert claimed == [began + lasts] + [began + slow + lasts] * 3


def test_what_another_worker_claimed_since_is_left_to_them(
    session: Session, tickets: list[Ticket], at_first: Callable[[Callable[[], object]], None]
):
    def claim_too() -> None:
        for letter in letters(session)[1:]:
            letter.attempts += 1
            letter.claimed_until_at = clock.now() + timedelta(minutes=3)
        session.flush()

    at_first(claim_too)
    sender.send_waiting()
    assert (sent(), [letter.sent_at is not None for letter in letters(session)]) == (1, [True] + [False] * 3)
    assert {letter.last_error for letter in letters(session)} == {""}


def test_one_that_cannot_be_rendered_undoes_no_mark_of_what_was_sent(session: Session, tickets: list[Ticket]):
    first, broken, *others = letters(session)
    broken.template = "log_in_changed"  # and nothing says what has changed
    session.flush()
    assert sender.send_waiting() == 4
    session.expire_all()
    assert broken.last_error.startswith("KeyError")
    assert [letter.sent_at for letter in (first, broken, *others)] == [clock.now(), None] + [clock.now()] * 2
    assert (broken.attempts, sender.send_waiting()) == (1, 0)


def test_a_letter_costs_few_statements(session: Session, tickets: list[Ticket], connection: Connection):
    """A claim for all; of each: its reader, its ticket and mailbox, a link, how it goes, that it went."""
    sender.send_waiting()
    for ticket in tickets:
        enqueue(session, "resolved", Recipient.REPORTER, ticket.reporter_id, ticket_number=ticket.number)
    session.flush()
    with counted(connection) as (statements, transactions):
        assert sender.send_waiting() == 4
    assert len(statements) <= 2 + 4 * 6, "\n".join(statements)
    assert len(transactions) <= 2 + 4 + 1


@contextmanager
def counted(connection: Connection) -> Iterator[tuple[list[str], list[str]]]:
    """What is asked of the database meanwhile, and its transactions: savepoints of that of the test."""
    statements: list[str] = []
    transactions: list[str] = []

    def note(_1: object, _2: object, statement: str, *_: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            statements.append(statement)

    def begin(_: object, name: str) -> None:
        transactions.append(name)

    event.listen(connection, "before_cursor_execute", note)
    event.listen(connection, "savepoint", begin)
    yield statements, transactions
    event.remove(connection, "before_cursor_execute", note)
    event.remove(connection, "savepoint", begin)


def test_two_letters_are_written_in_the_order_in_which_others_lock_them(
    tickets: list[Ticket], monkeypatch: pytest.MonkeyPatch
):
    first, second, *_ = claims.claim(2)
    written, really = [], database.ask

    def noted(session: Session, statement: object, **given: object) -> object:
        written.append(given.get("message_id"))
        return really(session, statement, **given)

    monkeypatch.setattr(database, "ask", noted)
    for marked, rendered in ((first, second), (second, first)):
        written.clear()
        with claims.marking(claims.Sent(marked, None, ""), rendered):
            rendered.sent_to_hash += "x"
        assert written == [first.id, second.id]
