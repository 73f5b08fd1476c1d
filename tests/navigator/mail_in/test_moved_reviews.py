"""What a clinician is asked about a mail on the wrong ticket follows the words, and no page tells of it."""

from collections.abc import Callable

import pytest
from sqlmodel import Session, col, select

from navigator.errors import Conflict
from navigator.mail_in import move, unsorted
from navigator.mail_in.move import MoveInput
from navigator.mail_in.put import put_on_ticket
from navigator.mail_in.tables import Mail, MailOriginal, MailState
from navigator.mail_in.unsorted import JoinInput, read_original
from navigator.people.actor import SYSTEM, reporter
from navigator.tickets.actions import reporter as theirs
from navigator.tickets.actions import staff
from navigator.tickets.actions.clinical_review import acknowledge, open_reviews_of, request_review_by_staff
from navigator.tickets.inputs import ReviewRequestInput, SayInput
from navigator.tickets.safety_notice import language_notice, safety_notice
from navigator.tickets.ticket import NOT_CHECKED, Author, ClinicalReview, Message, Ticket
from tests.navigator.mail_in.mails import arrive, give_mailbox, letter, reply_to, reported
from tests.navigator.mail_in.test_move import RISK, joined
from tests.people import People

POLISH = "Nie mogę się zalogować do aplikacji."
REASON = "The mail sounds low"


@pytest.fixture
def wrong(session: Session, people: People) -> Ticket:
    give_mailbox(session, people)
    return reported(session)


@pytest.fixture
def right(session: Session, people: People, wrong: Ticket) -> Ticket:
    return reported(session)


def ask(session: Session, people: People, number: int) -> None:
    request_review_by_staff(session, people.amina, number, ReviewRequestInput(reason=REASON))


def note(session: Session, people: People, number: int) -> None:
    staff.note(session, people.amina, number, SayInput(body=f"They wrote: {RISK}"))


def moved(session: Session, people: People, mail: Mail, wrong: Ticket, right: Ticket) -> None:
    move.move(session, people.amina, mail.id, MoveInput(off=wrong.number, number=right.number))
    session.flush()


@pytest.mark.parametrize("deed", [ask, note])
def test_what_staff_asked_for_because_of_it_is_asked_where_it_goes(
    session: Session,
    people: People,
    wrong: Ticket,
    right: Ticket,
    deed: Callable[[Session, People, int], None],
):
    """It stayed on the wrong ticket alone, and the words that it was about could leave for no ticket."""
    mail = joined(session, people, wrong.number)
    deed(session, people, wrong.number)
    first = open_reviews_of(session, wrong.number)
    with pytest.raises(Conflict, match="Move it to the ticket"):
        move.take_off(session, people.amina, mail.id, wrong.number)
    moved(session, people, mail, wrong, right)
    assert open_reviews_of(session, wrong.number) == first
    there = open_reviews_of(session, right.number)
    assert [(each.reasons, each.message_id) for each in there] == [(first[0].reasons, mail.message_id)]


def test_what_was_asked_before_it_came_stays(session: Session, people: People, wrong: Ticket, right: Ticket):
    ask(session, people, wrong.number)
    session.exec(select(ClinicalReview)).one().opened_at = wrong.reported_at.replace(year=2025)
    moved(session, people, joined(session, people, wrong.number), wrong, right)
    assert (len(open_reviews_of(session, wrong.number)), right.has_open_review) == (1, False)


def test_a_number_given_on_one_ticket_is_not_read_on_another(
    session: Session, people: People, wrong: Ticket, right: Ticket
):
    """As versions before wrote it on every review of a ticket."""
    mail = joined(session, people, wrong.number, RISK)
    session.exec(select(ClinicalReview)).one().contact_note = "Call 020 7946 0000"
    moved(session, people, mail, wrong, right)
    assert [each.contact_note for each in session.exec(select(ClinicalReview))] == [""]
    noted = select(Message.ticket_number).where(Message.action == "note", Message.body.contains("7946 0000"))  # type: ignore[attr-defined]
    assert [*session.exec(noted)] == [wrong.number]


def test_how_to_be_reached_is_not_told_with_words_of_a_stranger(
    session: Session, people: People, wrong: Ticket
):
    """A clinician would have called the reporter about a mail that is perhaps somebody else's."""
    joined(session, people, wrong.number, RISK)
    theirs.say_how_to_reach_me(session, reporter(wrong.number), "Call 020 7946 0000")
    assert [each.contact_note for each in session.exec(select(ClinicalReview))] == [""]
    told = select(Message).where(Message.ticket_number == wrong.number).order_by(col(Message.id).desc())
    last = session.exec(told).first()
    assert last
    assert (last.author, "7946 0000" in last.body) == (Author.REPORTER, True)


def test_a_mail_that_a_person_joined_changes_no_private_page(
    session: Session, people: People, wrong: Ticket, right: Ticket
):
    mail = joined(session, people, wrong.number, RISK)
    assert safety_notice(session, wrong) is None
    moved(session, people, mail, wrong, right)
    assert [safety_notice(session, each) for each in (wrong, right)] == [None, None]


def test_what_came_by_their_number_does_until_it_is_moved(
    session: Session, people: People, wrong: Ticket, right: Ticket
):
    mail = arrive(session, people, letter("It is me", sender="kim@other.example"))
    read = read_original(session, mail)
    assert read
    put_on_ticket(session, SYSTEM, mail, type(read)(RISK, RISK), wrong.number)
    mail.state = MailState.JOINED
    session.flush()
    assert safety_notice(session, wrong)
    moved(session, people, mail, wrong, right)
    assert [safety_notice(session, each) for each in (wrong, right)] == [None, None]


def say_in_polish(session: Session, number: int) -> Message:
    theirs.answer(session, reporter(number), number, SayInput(body=POLISH))
    return session.exec(select(Message).where(Message.action == "answer")).one()


def test_a_reporter_reads_of_their_own_words_whatever_was_joined(
    session: Session, people: People, wrong: Ticket
):
    """Nobody was asked to read them where a mail was unread, and their page said nothing."""
    joined(session, people, wrong.number, RISK)
    say_in_polish(session, wrong.number)
    assert language_notice(session, wrong)


def test_what_their_own_mail_quotes_is_asked_about_whatever_was_joined(
    session: Session, people: People, wrong: Ticket
):
    joined(session, people, wrong.number, RISK)
    quoting = "ok\n\n> I am going to kill myself"
    arrive(session, people, letter(quoting, reply_to(session, wrong)))
    assert safety_notice(session, wrong)


def test_words_of_the_reporter_that_nobody_was_asked_to_read_are_read_when_it_goes(
    session: Session, people: People, wrong: Ticket, right: Ticket
):
    """As they were left until now: the review of the mail was open, so none was of these."""
    mail = joined(session, people, wrong.number, RISK)
    said = say_in_polish(session, wrong.number)
    for review in session.exec(select(ClinicalReview).where(ClinicalReview.message_id == said.id)).all():
        session.delete(review)
    session.flush()
    moved(session, people, mail, wrong, right)
    left = open_reviews_of(session, wrong.number)
    assert [(each.message_id, each.reasons) for each in left] == [(said.id, [NOT_CHECKED])]


def test_what_no_screen_could_read_is_read_though_a_clinician_has_read_the_rest(
    session: Session, people: People, wrong: Ticket, right: Ticket
):
    theirs.answer(session, reporter(right.number), right.number, SayInput(body=RISK))
    acknowledge(session, people.cole, open_reviews_of(session, right.number)[0].id)
    mail = joined(session, people, wrong.number)
    said = session.get_one(Message, mail.message_id)
    said.unchecked_language, said.author = "pl", Author.REPORTER
    moved(session, people, mail, wrong, right)
    assert [each.message_id for each in open_reviews_of(session, right.number)][-1] == said.id


def test_words_of_risk_in_a_subject_are_read_though_staff_had_asked_for_a_review(
    session: Session, people: People, wrong: Ticket
):
    """What staff had asked for stood for her own words: nobody was told, and her page said nothing."""
    ask(session, people, wrong.number)
    acknowledge(session, people.cole, open_reviews_of(session, wrong.number)[0].id or 0)
    arrive(session, people, letter("Hello", reply_to(session, wrong), subject="I want to die"))
    session.refresh(wrong)
    assert [each.acknowledged_at is None for each in open_reviews_of(session, wrong.number)] == [False, True]
    assert safety_notice(session, wrong)


def test_words_of_risk_in_a_joined_mails_subject_are_read_though_staff_had_asked_for_a_review(
    session: Session, people: People, wrong: Ticket
):
    mail = arrive(session, people, letter("Hello", sender="kim@other.example", subject="SUBJECT"))
    original = session.get_one(MailOriginal, mail.id)
    original.content = original.content.replace(b"SUBJECT", RISK.encode())  # else a report is made at once
    ask(session, people, wrong.number)
    acknowledge(session, people.cole, open_reviews_of(session, wrong.number)[0].id or 0)
    unsorted.join(session, people.amina, mail.id, JoinInput(number=wrong.number))
    session.flush()
    unread = [each for each in open_reviews_of(session, wrong.number) if each.acknowledged_at is None]
    assert [each.message_id for each in unread] == [mail.message_id]
