"""A mail that was joined to the wrong ticket: it goes to another one, or back to unsorted mail."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from navigator import clock
from navigator.attachments import limits
from navigator.attachments.attachment import Attachment
from navigator.errors import Conflict, Invalid
from navigator.mail_in import move, unsorted
from navigator.mail_in.files import MailFiles
from navigator.mail_in.move import MoveInput
from navigator.mail_in.tables import Mail, MailOriginal, MailState
from navigator.mail_in.unsorted import JoinInput
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.people.actor import reporter
from navigator.records.empty import empty_tickets
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import reporter as theirs
from navigator.tickets.actions import sending, staff
from navigator.tickets.actions.calls import call
from navigator.tickets.actions.clinical_review import conclude
from navigator.tickets.actions.split import split, splittable
from navigator.tickets.enums import CallOutcome, ReviewResult
from navigator.tickets.inputs import CallInput, ResolveInput, SendInput, SplitInput
from navigator.tickets.outcome_input import OutcomeInput
from navigator.tickets.ticket import ClinicalReview, Event, Message, Resolution, Status, Ticket
from tests.navigator.mail_in.mails import arrive, give_mailbox, letter, reported
from tests.people import People

RISK = "I want to end my life"


def joined(session: Session, people: People, number: int, words: str = "It still shows nothing") -> Mail:
    """A stranger's mail that Amina joined to a ticket."""
    mail = arrive(session, people, letter("WORDS", sender="kim@other.example"))
    original = session.get_one(MailOriginal, mail.id)
    original.content = original.content.replace(b"WORDS", words.encode())  # of risk, a report is made at once
    unsorted.join(session, people.amina, mail.id, JoinInput(number=number))
    session.flush()
    return mail


@pytest.fixture
def wrong(session: Session, people: People) -> Ticket:
    give_mailbox(session, people)
    return reported(session)


@pytest.fixture
def right(session: Session, people: People, wrong: Ticket) -> Ticket:
    return reported(session)


def said_on(session: Session, ticket: Ticket) -> list[str]:
    session.flush()
    session.expire_all()
    return [
        *session.exec(
            select(Message.action).where(Message.ticket_number == ticket.number).order_by(col(Message.id))
        )
    ]


def events(session: Session, ticket: Ticket) -> list[tuple[str, object]]:
    query = select(Event).where(Event.ticket_number == ticket.number).order_by(Event.id)  # type: ignore[arg-type]
    return [(each.action, each.details.get("to") or each.details.get("off")) for each in session.exec(query)]


def letters_to_reporters(session: Session) -> list[str]:
    query = select(OutboxMessage.template).where(OutboxMessage.recipient == Recipient.REPORTER)
    return [*session.exec(query)]


def test_it_goes_to_the_right_ticket_and_no_reporter_is_told(
    session: Session, people: People, wrong: Ticket, right: Ticket
):
    """It could not be taken off again: what a stranger wrote stayed with somebody else's report."""
    staff.resolve(
        session, people.amina, right.number, ResolveInput(resolution=Resolution.FIXED, body="Try again")
    )
    sending.reply(session, people.amina, wrong.number, SendInput(body="Please try the reset page."))
    assert wrong.needs_answer_since_at is None
    before = letters_to_reporters(session)
    mail = joined(session, people, wrong.number)
    move.move(session, people.amina, mail.id, MoveInput(off=wrong.number, number=right.number))
    assert said_on(session, wrong) == ["report", "reply"]
    assert said_on(session, right)[-1] == "join_mail"
    assert wrong.needs_answer_since_at is None
    assert (right.status, right.needs_answer_since_at is None) == (Status.OPEN, False)
    assert (mail.ticket_number, mail.state) == (right.number, MailState.JOINED)
    assert events(session, wrong)[-1] == ("move_mail", right.number)
    assert events(session, right)[-1] == ("join_mail", wrong.number)
    assert letters_to_reporters(session) == before


def test_what_waited_for_an_answer_before_waits_still(
    session: Session, people: People, wrong: Ticket, right: Ticket
):
    asked_at = wrong.needs_answer_since_at
    assert asked_at
    clock.set_to(clock.now().replace(hour=15))
    mail = joined(session, people, wrong.number)
    move.move(session, people.amina, mail.id, MoveInput(off=wrong.number, number=right.number))
    assert wrong.needs_answer_since_at == asked_at


@pytest.mark.parametrize("is_read", [False, True])
def test_its_clinical_review_goes_with_it(
    session: Session, people: People, wrong: Ticket, right: Ticket, is_read: bool
):
    mail = joined(session, people, wrong.number, RISK)
    review = session.exec(select(ClinicalReview)).one()
    if is_read:
        outcome = OutcomeInput(done=ReviewResult.CONTACTED, outcome="I spoke with them.")
        conclude(session, people.cole, review.id, outcome)
    move.move(session, people.amina, mail.id, MoveInput(off=wrong.number, number=right.number))
    session.flush()
    assert session.exec(select(ClinicalReview)).all() == [review]
    assert (review.ticket_number, review.origin_number) == (right.number, right.number)
    assert (wrong.has_open_review, right.has_open_review) == (False, not is_read)
    told = select(OutboxMessage.ticket_number).where(OutboxMessage.template == "clinical_review")
    assert (right.number in set(session.exec(told))) is not is_read


def test_it_is_read_by_a_clinician_on_the_ticket_where_it_stands(
    session: Session, people: People, wrong: Ticket, right: Ticket
):
    """Its second mail led to no review of its own: the first one was open on that ticket."""
    first, second = (joined(session, people, wrong.number, f"{RISK} {each}") for each in "ab")
    for review in session.exec(
        select(ClinicalReview)
        .where(ClinicalReview.message_id == second.message_id)
        .order_by(col(ClinicalReview.id))
    ):
        session.delete(review)
    session.flush()
    move.move(session, people.amina, first.id, MoveInput(off=wrong.number, number=right.number))
    session.flush()
    assert (wrong.has_open_review, right.has_open_review) == (True, True)


def test_back_to_unsorted_mail_it_is_as_it_came(session: Session, people: People, wrong: Ticket):
    mail = joined(session, people, wrong.number)
    session.add(Attachment(name="a", kind="pdf", size=1, message_id=mail.message_id))
    session.flush()
    move.take_off(session, people.amina, mail.id, wrong.number)
    assert said_on(session, wrong) == ["report"]
    assert (mail.state, mail.ticket_number, mail.message_id) == (MailState.UNSORTED, None, None)
    assert session.exec(select(Attachment)).all() == []
    assert events(session, wrong)[-1] == ("move_mail", None)
    assert unsorted.make_report(
        session, people.amina, mail.id, unsorted.ReportOfMailInput(), MailFiles([], [])
    )


def test_what_a_clinician_must_read_leaves_no_ticket_for_none(
    session: Session, people: People, wrong: Ticket
):
    mail = joined(session, people, wrong.number, RISK)
    with pytest.raises(Conflict, match="Move it to the ticket"):
        move.take_off(session, people.amina, mail.id, wrong.number)
    assert (mail.state, wrong.has_open_review) == (MailState.JOINED, True)


def test_what_is_kept_no_more_as_it_came_is_not_lost(session: Session, people: People, wrong: Ticket):
    mail = joined(session, people, wrong.number)
    session.delete(session.get_one(MailOriginal, mail.id))
    session.flush()
    with pytest.raises(Conflict, match="not kept any more"):
        move.take_off(session, people.amina, mail.id, wrong.number)


def test_it_is_moved_once_and_to_a_ticket_that_there_is(
    session: Session, people: People, wrong: Ticket, right: Ticket
):
    mail = joined(session, people, wrong.number)
    for number, words in ((wrong.number, "on this ticket already"), (999_999, "cannot find that ticket")):
        with pytest.raises(Invalid) as refusal:
            move.move(session, people.amina, mail.id, MoveInput(off=wrong.number, number=number))
        assert words in refusal.value.fields["number"]
    move.move(session, people.amina, mail.id, MoveInput(off=wrong.number, number=right.number))
    for again in (wrong.number, right.number):
        with pytest.raises((Conflict, Invalid)):
            move.move(session, people.amina, mail.id, MoveInput(off=wrong.number, number=again))


def test_a_joined_mail_is_no_word_of_the_reporter_for_a_second_report(
    session: Session, people: People, wrong: Ticket
):
    """What the desk writes above it, and what nobody has proven, would be read there as the reporter's."""
    mail = joined(session, people, wrong.number)
    assert mail.message_id not in [message.id for message in splittable(session, wrong.number)]
    asked = SplitInput(messages=[mail.message_id or 0], body="The other one")
    with pytest.raises(Invalid):
        split(session, people.amina, wrong.number, asked)
    assert session.exec(select(Message.body).where(Message.action == Action.REPORT)).one()


def hours(count: int) -> None:
    """Let it be so many hours later."""
    clock.set_to(clock.now() + timedelta(hours=count))


def move_on(session: Session, people: People, mail: Mail, wrong: Ticket, right: Ticket) -> None:
    move.move(session, people.amina, mail.id, MoveInput(off=wrong.number, number=right.number))


def test_it_waits_since_it_was_written_and_an_earlier_answer_there_was_to_other_words(
    session: Session, people: People, wrong: Ticket, right: Ticket
):
    hours(1)
    first, second = (joined(session, people, wrong.number) for _ in range(2))
    came_at = clock.now()
    hours(1)
    sending.reply(session, people.amina, right.number, SendInput(body="Please try the reset page."))
    hours(1)
    for mail in (first, second):
        move_on(session, people, mail, wrong, right)
    assert right.needs_answer_since_at == came_at
    move.take_off(session, people.amina, second.id, right.number)
    assert right.needs_answer_since_at == came_at


def spoken(session: Session, people: People, number: int) -> None:
    told = {
        "came": CallOutcome.SPOKE,
        "responsibility": "access",
        "started_by": "us",
        "minutes": 3,
        "body": "It is put right",
    }
    call(session, people.amina, number, CallInput.model_validate(told))


def test_who_was_spoken_with_waits_no_more(session: Session, people: People, wrong: Ticket, right: Ticket):
    hours(1)
    spoken(session, people, wrong.number)
    hours(1)
    move_on(session, people, joined(session, people, wrong.number), wrong, right)
    assert wrong.needs_answer_since_at is None


@pytest.mark.parametrize("deed", [theirs.still_broken, theirs.reopen])
def test_what_its_reporter_asked_without_words_waits(
    session: Session, people: People, wrong: Ticket, right: Ticket, deed: Callable[..., object]
):
    hours(1)
    sending.wait(session, people.amina, wrong.number, SendInput(body="Please try the reset page."))
    hours(1)
    mail = joined(session, people, wrong.number)
    wrong.status = Status.WAITING_FOR_REPORTER
    hours(1)
    deed(session, reporter(wrong.number), wrong.number)
    move_on(session, people, mail, wrong, right)
    assert wrong.needs_answer_since_at == clock.now()


def test_nothing_leaves_a_ticket_that_is_held(session: Session, people: People, wrong: Ticket, right: Ticket):
    mail = joined(session, people, wrong.number)
    held, asked = {wrong.number}, MoveInput(off=wrong.number, number=right.number)
    with pytest.raises(Conflict, match="on hold"):
        move.take_off(session, people.amina, mail.id, wrong.number, held)
    with pytest.raises(Conflict, match="on hold"):
        move.move(session, people.amina, mail.id, asked, held)
    assert mail.ticket_number == wrong.number


def test_a_mail_whose_words_are_deleted_stays(session: Session, people: People, wrong: Ticket, right: Ticket):
    mail = joined(session, people, wrong.number)
    staff.resolve(session, people.amina, wrong.number, ResolveInput(resolution=Resolution.FIXED, body="Done"))
    theirs.confirm(session, reporter(wrong.number), wrong.number)
    empty_tickets(session, people.mo, [wrong.number])
    for deed in (
        lambda: move.take_off(session, people.amina, mail.id, wrong.number),
        lambda: move_on(session, people, mail, wrong, right),
    ):
        with pytest.raises(Conflict, match="deleted"):
            deed()


def test_a_ticket_takes_no_more_files_by_a_move_than_else(
    session: Session, people: People, wrong: Ticket, right: Ticket, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limits, "MOST_OF_A_TICKET", 0)
    move_on(session, people, joined(session, people, wrong.number), wrong, right)  # it has none
    mail = joined(session, people, wrong.number)
    session.add(Attachment(name="a", kind="pdf", size=1, message_id=mail.message_id))
    session.flush()
    with pytest.raises(Invalid) as refusal:
        move_on(session, people, mail, wrong, right)
    assert "no more files" in refusal.value.fields["number"]
