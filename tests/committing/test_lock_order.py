"""Two people who change the same tickets at one moment wait for each other, and neither is refused."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import date

import pytest
from sqlmodel import Session, select

from navigator import database
from navigator.administration.apply_change import apply_change, kind_of
from navigator.administration.webhook_schema import WebhookSetting
from navigator.errors import Conflict
from navigator.mail_in.move import MoveInput, move
from navigator.mail_in.tables import Mail, MailOriginal, MailState
from navigator.mail_in.unsorted import JoinInput, join
from navigator.people.actor import SYSTEM, reporter
from navigator.people.support_card import SupportCard
from navigator.tickets import submissions
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import sending, staff
from navigator.tickets.actions.contact import change_contact
from navigator.tickets.actions.merge import merge
from navigator.tickets.actions.next_session import AppointmentInput, update_next_session
from navigator.tickets.actions.not_safe import stop_all_contact
from navigator.tickets.actions.redact import redact, redactable, redaction_preview
from navigator.tickets.actions.reporter import answer
from navigator.tickets.actions.split import split
from navigator.tickets.actions.undo_merge import undo_merge
from navigator.tickets.actions.undo_send import take_back, time_to_undo
from navigator.tickets.contact_inputs import ChangeContactInput
from navigator.tickets.held_send import HeldSend
from navigator.tickets.inputs import MergeInput, RedactInput, SayInput, SendInput, SplitInput, UnmergeInput
from navigator.tickets.submissions import Submission, earlier_result
from navigator.tickets.ticket import Message, Ticket
from navigator.tickets.visibility import find
from navigator.webhooks.tables import WebhookDelivery, WebhookEndpoint
from tests.navigator.mail_in.mails import letter
from tests.navigator.support_cards.card_factory import make
from tests.navigator.tickets.report_factory import tell
from tests.people import People, settle
from web.kit.form_marks import WORDS_LAST

pytestmark = pytest.mark.slow

SECRET = "Hunter2blue"


@pytest.fixture
def people(committing: str) -> People:
    """Everybody, committed."""
    with database.writing() as session:
        return settle(session)


def meet(
    first: Callable[[Session], object], second: Callable[[Session], object], then: Callable[[Session], object]
) -> None:
    """Do `second` in a transaction of its own between two steps of one; it waits for the end of that."""

    def do_second() -> None:
        with database.writing() as session:
            second(session)

    with ThreadPoolExecutor(1) as pool:
        with database.writing() as session:
            first(session)
            answer: Future[None] = pool.submit(do_second)
            with pytest.raises(TimeoutError):
                answer.result(timeout=1)
            then(session)
        answer.result(timeout=30)


def test_words_sent_under_the_mark_of_what_is_being_taken_back_are_sent(people: People):
    with database.writing() as session:
        number = tell(session).number
        message = SendInput(body="Please try the reset page.")
        with time_to_undo(session, people.amina, Action.REPLY, number, message, "a mark"):
            sending.reply(session, people.amina, number, message)
    with database.writing() as session:
        held = session.exec(select(HeldSend.id)).one()
        earlier_result(session, Submission("a mark", "other words", WORDS_LAST))
        submissions.remember(
            session, Submission("a mark", "the words", WORDS_LAST), submissions.Result("/tickets/1")
        )
    meet(
        lambda session: earlier_result(session, Submission("a mark", "other words", WORDS_LAST)),
        lambda session: take_back(session, people.amina, number, held),
        lambda session: staff.reply(session, people.amina, number, SayInput(body="Or call us.")),
    )
    with database.reading() as session:
        said = session.exec(select(Message.body).where(Message.action == "reply")).all()
    assert said == ["Or call us."]


def removal(session: Session, number: int) -> RedactInput:
    message = redactable(session, number)[0].id
    return RedactInput.model_validate({"message": message, "words": SECRET, "reason": "password"})


def test_words_removed_from_both_halves_of_a_ticket_at_once_are_removed(people: People):
    with database.writing() as session:
        number = tell(session, text=f"My password is {SECRET}").number
        other = tell(session, text=f"The app said {SECRET}").number
        merge(session, people.amina, other, MergeInput(into=number))
        messages = [message.id for message in redactable(session, number)][1:]
        second = split(session, people.amina, number, SplitInput(messages=messages)).number
        removals = {one: removal(session, one) for one in (number, second)}
        removals[second].words = "said"
    meet(
        lambda session: find(session, people.amina, number, lock=True),
        lambda session: redact(session, people.tom, second, removals[second]),
        lambda session: redact(session, people.amina, number, removals[number]),
    )
    with database.reading() as session:
        words = session.exec(select(Message.body)).all()
    assert not [body for body in words if SECRET in body or "I said" in body]


def test_words_are_not_left_on_a_ticket_that_is_split_off_while_they_are_removed(people: People):
    with database.writing() as session:
        number = tell(session, text=f"My password is {SECRET}").number
        asked = removal(session, number)

    def remove(session: Session) -> None:
        with suppress(Conflict):
            redact(session, people.tom, number, asked)

    meet(
        lambda session: find(session, people.amina, number, lock=True),
        remove,
        lambda session: split(session, people.amina, number, SplitInput(messages=[asked.message])),
    )
    with database.writing() as session:  # whoever was refused looks again, and removes them from both
        if any(SECRET in one.body for one in redactable(session, number)):
            redact(session, people.tom, number, asked)
    with database.reading() as session:
        of_reporter = select(Message.body).where(Message.author == "reporter")
        assert [*session.exec(of_reporter)] == ["My password is [removed]"] * 2


@pytest.mark.only_on("postgresql")  # On SQLite nobody who writes looks before the other has ended.
def test_of_two_removals_from_one_message_neither_brings_back_what_the_other_removed(people: People):
    with database.writing() as session:
        number = tell(session, text=f"My password is {SECRET} or Bluebell7").number
        removals = [removal(session, number) for _ in range(2)]
        removals[1].words = "Bluebell7"

    def look_and_remove(session: Session) -> None:
        seen = redaction_preview(session, people.tom, number, removals[1])
        assert SECRET in seen.text
        redact(session, people.tom, number, removals[1])

    meet(
        lambda session: find(session, people.amina, number, lock=True),
        look_and_remove,
        lambda session: redact(session, people.amina, number, removals[0]),
    )
    with database.reading() as session:
        assert session.exec(select(Message.body)).one() == "My password is [removed] or [removed]"


def joined_mail(session: Session, people: People, number: int) -> int:
    mail = Mail(service_id=people.north, fingerprint="a", size=1, state=MailState.UNSORTED)
    session.add(mail)
    session.flush()
    session.add(MailOriginal(mail_id=mail.id, content=letter(f"It was {SECRET}")))
    join(session, people.amina, mail.id, JoinInput(number=number))
    return mail.id


def test_a_mail_is_moved_off_a_ticket_while_words_are_removed_from_it(people: People):
    with database.writing() as session:
        number, other = tell(session, text=f"My password is {SECRET}").number, tell(session).number
        mail = joined_mail(session, people, number)
        asked = removal(session, number)
    meet(
        lambda session: find(session, people.amina, number, lock=True),
        lambda session: move(session, people.amina, mail, MoveInput(off=number, number=other)),
        lambda session: redact(session, people.tom, number, asked),
    )
    with database.reading() as session:
        words = session.exec(select(Message.body).where(Message.ticket_number == other)).all()
    assert any("It was [removed]" in body for body in words)


def test_of_two_who_merge_two_tickets_each_into_the_other_one_is_told(people: People):
    with database.writing() as session:
        first, second = (tell(session).number for _ in range(2))

    def merge_too_late(session: Session) -> None:
        with pytest.raises(Conflict):
            merge(session, people.tom, second, MergeInput(into=first))

    meet(
        lambda session: find(session, people.amina, first, lock=True),
        merge_too_late,
        lambda session: merge(session, people.amina, first, MergeInput(into=second)),
    )


def test_a_reporter_answers_while_the_merge_of_their_ticket_is_undone(people: People):
    with database.writing() as session:
        first, second = (tell(session).number for _ in range(2))
        merge(session, people.amina, second, MergeInput(into=first))
    meet(
        lambda session: find(session, people.amina, first, lock=True),
        lambda session: answer(session, reporter(second), second, SayInput(body="It works on my phone.")),
        lambda session: undo_merge(session, people.amina, first, UnmergeInput(merged=second)),
    )
    with database.reading() as session:
        said = session.exec(select(Message.body, Message.ticket_number).where(Message.action == "answer"))
        assert [*said] == [("It works on my phone.", second)]


def test_that_contact_is_not_safe_can_be_said_by_reporter_and_staff_at_once(people: People):
    with database.writing() as session:
        card = make(session, people.priya)
        number, card_id = tell(session, support_code=card.code).number, card.id
    unsafe = ChangeContactInput.model_validate({"route": "email", "email": "a@b.example", "is_safe": False})
    meet(
        lambda session: find(session, people.amina, number, lock=True),
        lambda session: change_contact(session, people.amina, number, unsafe),
        lambda session: stop_all_contact(session, reporter(number)),
    )
    with database.reading() as session:
        assert session.get_one(SupportCard, card_id).is_safe_to_contact is False


def test_a_session_is_moved_while_the_reporter_stops_all_contact(people: People):
    with database.writing() as session:
        card = make(session, people.priya)
        number, card_id = tell(session, support_code=card.code).number, card.id
        moved = AppointmentInput(support_code=card.code, next_session=date(2026, 6, 26))
    meet(
        lambda session: find(session, people.amina, number, lock=True),
        lambda session: update_next_session(session, people.amina, moved),
        lambda session: stop_all_contact(session, reporter(number)),
    )
    with database.reading() as session:
        card = session.get_one(SupportCard, card_id)
        assert (card.is_safe_to_contact, card.session_on) == (False, date(2026, 6, 26))
        assert session.get_one(Ticket, number).session_on == date(2026, 6, 26)


def test_a_webhook_is_taken_away_while_a_report_is_told_to_it(people: People):
    asked = kind_of("webhook"), ("north", "records")
    setting = WebhookSetting(
        name="Records",
        url="https://hooks.example.nhs.uk/desk",
        events=["ticket.reported"],
        owner="ada@north.example",
        review_on=date(2027, 1, 1),
    )
    with database.writing() as session:
        apply_change(session, SYSTEM, *asked, setting)

    def report(session: Session) -> None:
        tell(session)
        session.flush()

    meet(
        report,
        lambda session: apply_change(session, SYSTEM, *asked, None),
        lambda _: None,
    )
    with database.reading() as session:
        assert len(session.exec(select(Ticket)).all()) == 1
        assert not session.exec(select(WebhookEndpoint.id)).all()
        assert not session.exec(select(WebhookDelivery.id)).all()
