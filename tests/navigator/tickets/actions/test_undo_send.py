"""What was sent is taken back within its seconds: whole, once, and never after it has left."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.contact import Contact
from navigator.catalogue.service import Service
from navigator.errors import Conflict, Invalid
from navigator.insight.practitioner_home import practitioner_home
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.people.actor import Actor, reporter
from navigator.people.reporter import Reporter
from navigator.problems.linking import link
from navigator.problems.problem import Problem
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import calls, sending, staff
from navigator.tickets.actions import reporter as following
from navigator.tickets.actions.calls import call
from navigator.tickets.actions.reply_drafts import ReplyDraftInput, load_draft, save_draft
from navigator.tickets.actions.undo_send import own_held_send, take_back, time_to_undo
from navigator.tickets.detail import TicketDetail, ticket_detail
from navigator.tickets.enums import CallOutcome, NextStep, Resolution, Status
from navigator.tickets.followed import followed_ticket
from navigator.tickets.inputs import (
    CallInput,
    LinkInput,
    ResolveInput,
    SayInput,
    SendInput,
    SendResolvedInput,
    WriteInput,
)
from navigator.tickets.metrics import METRICS, Period
from navigator.tickets.notices import unread_notices, watch
from navigator.tickets.phone_call import PhoneCall
from navigator.tickets.promises import promises_to
from navigator.tickets.queue.filters import Filters
from navigator.tickets.queue.queue import queue
from navigator.tickets.queue.search import search
from navigator.tickets.ticket import ClinicalReview, Event, Message, Ticket
from tests.navigator.tickets.report_factory import tell
from tests.people import People

Do = Callable[[Session, Actor, int, Any], object]
WORDS = "Please try the reset page."
SENT: dict[str, tuple[Action, Do, Any]] = {
    "reply": (Action.REPLY, sending.reply, SendInput(body=WORDS)),
    "wait": (Action.WAIT, sending.wait, WriteInput(body=WORDS)),
    "park": (Action.PARK, sending.park, WriteInput(body=WORDS)),
    "resolve": (Action.RESOLVE, sending.resolve, SendResolvedInput(body=WORDS, resolution=Resolution.FIXED)),
    "reply that waits": (Action.REPLY, sending.reply, SendInput(body=WORDS, does="wait")),
    "all in one": (
        Action.REPLY,
        sending.reply,
        SendInput(body=WORDS, does="wait", sort_as="use.feature_fault", follow_up=NextStep.TWO_DAYS),
    ),
    "call again": (Action.REPLY, sending.reply, SendInput(body=WORDS, follow_up=NextStep.CALL_AGAIN)),
    "sorted and resolved": (
        Action.REPLY,
        sending.reply,
        SendInput(body=WORDS, does=Resolution.EXPLAINED, sort_as="use.feature_fault"),
    ),
}
MOVES = {"version", "updated_at"}


@pytest.fixture
def ticket(session: Session, people: People) -> Ticket:
    found = tell(session)
    for letter in session.exec(select(OutboxMessage)).all():
        session.delete(letter)
    session.flush()
    return found


def send(session: Session, actor: Actor, ticket: Ticket, name: str = "reply") -> int:
    action, do, chosen = SENT[name]
    with time_to_undo(session, actor, action, ticket.number, chosen):
        do(session, actor, ticket.number, chosen)
    session.flush()
    held = own_held_send(session, actor, ticket)
    return held.id if held else 0


def facts(ticket: Ticket) -> dict[str, Any]:
    return {name: value for name, value in ticket.model_dump().items() if name not in MOVES}


def letters(session: Session) -> list[OutboxMessage]:
    return [*session.exec(select(OutboxMessage).where(OutboxMessage.recipient == Recipient.REPORTER)).all()]


def words(session: Session) -> list[str]:
    return [*session.exec(select(Message.body).where(Message.author == "staff")).all()]


def later(seconds: float) -> None:
    clock.set_to(clock.now() + timedelta(seconds=seconds))


@pytest.mark.parametrize("name", SENT)
def test_all_is_as_it_was(session: Session, people: People, ticket: Ticket, name: str) -> None:
    before = facts(ticket)
    held = send(session, people.amina, ticket, name)
    assert facts(ticket) != before
    assert [len(letters(session)), words(session)] == [1, [WORDS]]
    take_back(session, people.amina, ticket.number, held)
    session.flush()
    assert facts(ticket) == before
    assert [len(letters(session)), words(session)] == [0, []]
    assert load_draft(session, people.amina, ticket.number, "replies") == WORDS
    last = session.exec(select(Event).order_by(col(Event.id).desc())).first()
    assert last
    assert (last.action, last.actor_id) == ("take_back", people.amina.user_id)


def test_what_was_chosen_is_remembered(session: Session, people: People, ticket: Ticket) -> None:
    held = send(session, people.amina, ticket, "all in one")
    parts = take_back(session, people.amina, ticket.number, held).parts
    assert parts == {"does": "wait", "sort_as": "use.feature_fault", "follow_up": "2_days"}


@pytest.mark.parametrize("name", SENT)
def test_its_reporter_knows_nothing_of_it_until_it_leaves(
    session: Session, people: People, ticket: Ticket, name: str
) -> None:
    pat = reporter(ticket.number)
    before = promises_to(session, ticket_detail(session, pat, ticket.number))
    send(session, people.amina, ticket, name)
    later(10)
    for detail in (ticket_detail(session, pat, ticket.number), followed_ticket(session, pat)):
        assert [message.body for message in detail.messages if message.author == "staff"] == []
        assert promises_to(session, detail) == before
        assert detail.ticket.status == Status.NEW
    later(1)
    for detail in (ticket_detail(session, pat, ticket.number), followed_ticket(session, pat)):
        assert [message.body for message in detail.messages if message.author == "staff"] == [WORDS]
        assert detail.ticket.status == ticket.status


def test_staff_read_it_at_once(session: Session, people: People, ticket: Ticket) -> None:
    send(session, people.amina, ticket)
    assert ticket_detail(session, people.tom, ticket.number).messages[-1].body == WORDS


def test_who_watches_is_told_nothing_of_what_was_taken_back(
    session: Session, people: People, ticket: Ticket
) -> None:
    watch(session, people.mo, ticket.number, is_mailed=True)
    held = send(session, people.amina, ticket, "resolve")
    assert len(unread_notices(session, people.mo)) == 1
    take_back(session, people.amina, ticket.number, held)
    session.flush()
    assert not unread_notices(session, people.mo)
    assert not session.exec(select(OutboxMessage)).all()


def test_the_lists_of_who_only_reported_it_show_nothing_of_it_until_it_leaves(
    session: Session, people: People, ticket: Ticket
) -> None:
    ticket.reporter_user_id = ticket.pwp_id = people.priya.user_id
    ticket.practitioner_is_confirmed = True
    session.flush()

    def listed() -> list[list[str]]:
        return [
            [row.status for row in queue(session, people.priya, Filters()).rows],
            [result.ticket.status for result in search(session, people.priya, f"DN-{ticket.number:06}")],
            [row.status for row in practitioner_home(session, people.priya).patient_tickets],
        ]

    before = listed()
    send(session, people.amina, ticket, "wait")
    later(10)
    assert listed() == before == [["new"]] * 3
    assert [row.status for row in queue(session, people.amina, Filters()).rows] == ["waiting_for_reporter"]
    later(1)
    assert listed() == [["waiting_for_reporter"]] * 3


def test_its_letter_waits_and_then_leaves(
    session: Session, people: People, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(session, people.amina, ticket)
    later(10)
    assert letters(session)[0].send_at > clock.now()
    later(1)
    assert letters(session)[0].send_at <= clock.now()


@pytest.mark.parametrize("seconds", [10, 10.9, 11, 600])
def test_it_is_too_late_once_the_seconds_are_over(
    session: Session, people: People, ticket: Ticket, seconds: float
) -> None:
    held = send(session, people.amina, ticket)
    later(seconds)
    assert own_held_send(session, people.amina, ticket) is None
    with pytest.raises(Conflict, match="It has left"):
        take_back(session, people.amina, ticket.number, held)
    assert words(session) == [WORDS]


def test_a_letter_that_was_claimed_has_left(session: Session, people: People, ticket: Ticket) -> None:
    held = send(session, people.amina, ticket)
    letters(session)[0].attempts = 1
    session.flush()
    with pytest.raises(Conflict, match="It has left"):
        take_back(session, people.amina, ticket.number, held)
    assert [len(letters(session)), words(session), ticket.status] == [1, [WORDS], Status.OPEN]


def test_a_letter_whose_clock_was_set_back_leaves_with_its_words(
    session: Session, people: People, ticket: Ticket
) -> None:
    held = send(session, people.amina, ticket)
    later(-3600)
    assert [message.author for message in followed_ticket(session, reporter(ticket.number)).messages][
        -1
    ] == "staff"
    with pytest.raises(Conflict, match="It has left"):
        take_back(session, people.amina, ticket.number, held)


def test_only_its_sender_takes_it_back_and_once(session: Session, people: People, ticket: Ticket) -> None:
    held = send(session, people.amina, ticket)
    other = tell(session)
    for actor, number in ((people.tom, ticket.number), (people.amina, other.number)):
        with pytest.raises(Conflict):
            take_back(session, actor, number, held)
    take_back(session, people.amina, ticket.number, held)
    session.flush()
    with pytest.raises(Conflict, match="taken back already"):
        take_back(session, people.amina, ticket.number, held)


def test_what_somebody_did_since_stays(session: Session, people: People, ticket: Ticket) -> None:
    held = send(session, people.amina, ticket, "reply that waits")
    following.answer(session, reporter(ticket.number), ticket.number, SayInput(body="It works again"))
    take_back(session, people.amina, ticket.number, held)
    session.flush()
    assert ticket.status == Status.OPEN  # they answered: it is to be worked on
    assert words(session) == []
    answers = session.exec(select(Message.body).where(Message.author == "reporter")).all()
    assert "It works again" in answers


def test_a_note_in_between_does_not_keep_it_from_being_taken_back(
    session: Session, people: People, ticket: Ticket
) -> None:
    held = send(session, people.amina, ticket, "resolve")
    staff.note(session, people.tom, ticket.number, SayInput(body="I called them"))
    take_back(session, people.amina, ticket.number, held)
    assert (ticket.status, ticket.resolution, ticket.resolved_at) == (Status.NEW, None, None)


def test_words_of_risk_that_were_found_meanwhile_stay_found(
    session: Session, people: People, ticket: Ticket
) -> None:
    held = send(session, people.amina, ticket)
    following.answer(session, reporter(ticket.number), ticket.number, SayInput(body="I want to end my life"))
    take_back(session, people.amina, ticket.number, held)
    session.flush()
    assert ticket.has_open_review
    assert session.exec(select(ClinicalReview)).one().ended_at is None


def test_a_category_that_passes_it_on_is_refused_whole(
    session: Session, people: People, ticket: Ticket
) -> None:
    message = SendInput(body=WORDS, sort_as="divert.clinical")
    with pytest.raises(Invalid) as refused, session.begin_nested():
        sending.reply(session, people.amina, ticket.number, message)
    assert "sort_as" in refused.value.fields
    assert (ticket.category, words(session)) == ("access.forgotten_password", [])


def test_what_its_writer_began_since_is_not_lost(session: Session, people: People, ticket: Ticket) -> None:
    held = send(session, people.amina, ticket)
    save_draft(session, people.amina, ticket.number, ReplyDraftInput(address="replies", body="And also"))
    session.flush()
    take_back(session, people.amina, ticket.number, held)
    assert load_draft(session, people.amina, ticket.number, "replies") == f"{WORDS}\n\nAnd also"


def test_a_service_may_let_nothing_wait(session: Session, people: People, ticket: Ticket) -> None:
    session.get_one(Service, people.north).undo_seconds = 0
    assert send(session, people.amina, ticket) == 0
    assert letters(session)[0].send_at <= clock.now()
    assert followed_ticket(session, reporter(ticket.number)).messages[-1].body == WORDS


def test_what_a_reporter_is_not_written_of_is_not_held(
    session: Session, people: People, ticket: Ticket
) -> None:
    problem = Problem(
        service_id=ticket.service_id, programme_id=ticket.programme_id or 0, category="x", title="Log in"
    )
    session.add(problem)
    session.flush()
    chosen = LinkInput(problem_id=problem.id)
    with time_to_undo(session, people.amina, Action.LINK, ticket.number, chosen):
        link(session, people.amina, ticket.number, chosen)
    assert own_held_send(session, people.amina, ticket) is None


def test_a_reporter_who_gets_no_letters_is_not_shown_it_either(
    session: Session, people: People, ticket: Ticket
) -> None:
    session.get_one(Reporter, ticket.reporter_id).is_safe_to_contact = False
    held = send(session, people.amina, ticket)
    assert letters(session) == []
    assert followed_ticket(session, reporter(ticket.number)).messages[-1].author == "reporter"
    take_back(session, people.amina, ticket.number, held)
    assert words(session) == []


def test_two_in_a_row_are_taken_back_one_by_one(session: Session, people: People, ticket: Ticket) -> None:
    before = facts(ticket)
    send(session, people.amina, ticket)
    later(2)
    second = send(session, people.amina, ticket, "resolve")
    assert followed_ticket(session, reporter(ticket.number)).ticket.status == Status.NEW
    take_back(session, people.amina, ticket.number, second)
    session.flush()
    first = own_held_send(session, people.amina, ticket)
    assert first
    take_back(session, people.amina, ticket.number, first.id)
    assert facts(ticket) == before


def test_what_was_taken_back_did_not_come_back(session: Session, people: People, ticket: Ticket) -> None:
    """A reply that nobody read ended nothing, so no figure says that it was opened again."""
    staff.reply(session, people.amina, ticket.number, SayInput(body="I look at it"))
    held = send(session, people.amina, ticket, "resolve")
    take_back(session, people.amina, ticket.number, held)
    session.flush()
    assert ticket.status == Status.OPEN
    for name in ("reopened", "ended"):
        condition = METRICS[name].condition(Period.last_days(1))
        assert session.exec(select(Ticket.number).where(condition)).all() == []


def test_somebody_who_was_spoken_with_needs_no_answer_after_a_reply_was_taken_back(
    session: Session, people: People, ticket: Ticket
) -> None:
    said = {"came": "spoke", "responsibility": "access", "started_by": "us", "body": "We spoke"}
    call(session, people.amina, ticket.number, CallInput.model_validate(said))
    later(60)
    held = send(session, people.amina, ticket)
    take_back(session, people.amina, ticket.number, held)
    assert ticket.needs_answer_since_at is None


@pytest.mark.parametrize("name", ["reply", "wait", "resolve"])
def test_who_said_so_without_words_needs_an_answer_after_a_reply_was_taken_back(
    session: Session, people: People, name: str
) -> None:
    wordless = tell(session, text="", category="access.forgotten_password")
    session.flush()
    asked_at = wordless.needs_answer_since_at
    later(60)
    held = send(session, people.amina, wordless, name)
    take_back(session, people.amina, wordless.number, held)
    assert asked_at
    assert wordless.needs_answer_since_at == asked_at


def test_who_needed_an_answer_needs_one_again(session: Session, people: People, ticket: Ticket) -> None:
    following.answer(session, reporter(ticket.number), ticket.number, SayInput(body="It still fails"))
    session.flush()
    before = facts(ticket)
    assert before["needs_answer_since_at"]
    later(60)
    held = send(session, people.amina, ticket, "wait")
    assert facts(ticket)["needs_answer_since_at"] is None
    take_back(session, people.amina, ticket.number, held)
    assert facts(ticket) == before


def test_who_said_without_words_that_it_fails_needs_an_answer_again(
    session: Session, people: People, ticket: Ticket
) -> None:
    staff.resolve(
        session, people.amina, ticket.number, ResolveInput(body="Done", resolution=Resolution.FIXED)
    )
    later(60)
    following.reopen(session, reporter(ticket.number), ticket.number)
    session.flush()
    before = facts(ticket)
    assert before["needs_answer_since_at"]
    later(60)
    held = send(session, people.amina, ticket)
    take_back(session, people.amina, ticket.number, held)
    assert facts(ticket) == before


def test_an_answer_of_a_colleague_since_is_still_the_answer(
    session: Session, people: People, ticket: Ticket
) -> None:
    held = send(session, people.amina, ticket)
    later(2)
    staff.reply(session, people.tom, ticket.number, SayInput(body="I look at it"))
    take_back(session, people.amina, ticket.number, held)
    assert ticket.needs_answer_since_at is None


def test_the_call_that_was_logged_with_it_is_logged_once(
    session: Session, people: People, ticket: Ticket
) -> None:
    staff_call = CallInput(came=CallOutcome.NO_ANSWER)
    calls.call(session, people.amina, ticket.number, staff_call)
    later(60)
    first = send(session, people.amina, ticket, "call again")
    later(2)
    calls.call(session, people.amina, ticket.number, staff_call)
    take_back(session, people.amina, ticket.number, first)
    session.flush()
    logged = session.exec(select(PhoneCall).order_by(col(PhoneCall.id))).all()
    assert [(clock.now() - call.created_at).seconds for call in logged] == [62, 0]


def test_a_clinical_review_that_its_category_opened_stays_open(
    session: Session, people: People, ticket: Ticket
) -> None:
    """Where nobody can be written to whom such a report is passed on, it stays with the navigators."""
    for contact in session.exec(select(Contact)).all():
        contact.email = ""
    message = SendInput(body=WORDS, sort_as="divert.safeguarding")
    with time_to_undo(session, people.amina, Action.REPLY, ticket.number, message):
        sending.reply(session, people.amina, ticket.number, message)
    session.flush()
    held = own_held_send(session, people.amina, ticket)
    assert held
    take_back(session, people.amina, ticket.number, held.id)
    assert session.exec(select(ClinicalReview)).one().ended_at is None
    assert ticket.category == "access.forgotten_password"
    assert ticket.has_open_review
    assert ticket.review_requested_at


@pytest.mark.parametrize("ask", [lambda s, pat: ticket_detail(s, pat, pat.own_ticket), followed_ticket])
def test_its_words_and_what_was_done_with_them_arrive_at_once(
    session: Session,
    people: People,
    ticket: Ticket,
    monkeypatch: pytest.MonkeyPatch,
    ask: Callable[[Session, Actor], TicketDetail],
) -> None:
    """Also where each look at the clock is a second later than the last."""
    send(session, people.amina, ticket, "resolve")
    pat, sent_at = reporter(ticket.number), clock.now()
    for seconds in range(5, 12):
        looks = iter(range(seconds, 100))
        monkeypatch.setattr(clock, "_set_to", None)
        monkeypatch.setattr(
            clock, "machine_time", lambda looks=looks: sent_at + timedelta(seconds=next(looks))
        )
        detail = ask(session, pat)
        is_read = WORDS in [message.body for message in detail.messages]
        assert (detail.ticket.status == Status.RESOLVED) is is_read
