"""Notices: written once for everybody, taken back in time, told once to each subscriber, true."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from sqlmodel import Session, select

from navigator import clock
from navigator.catalogue.programme import Programme
from navigator.errors import Conflict, Forbidden, NotFound, Stale
from navigator.jobs.retention import delete_old_rows
from navigator.jobs.runner import for_each_due
from navigator.outbox import sender
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.notice_subscriber import LEAVE, NoticeSubscriber, sealed, subscriber_token
from navigator.people.private_links import address_hash
from navigator.people.user import Membership, Role
from navigator.problems import notice_letters, publish_notice, status_list, subscribing
from navigator.problems.notice import ProblemNotice
from navigator.problems.notice_inputs import NoticeInput
from navigator.problems.problem import Problem, ProblemStatus
from navigator.problems.public_list import known_problems, open_outages, planned_work
from navigator.problems.staff_notices import notices_for_practitioner, overrun_work
from navigator.problems.status_list import ProgrammeStatus, public_programmes, status_of
from navigator.records.own_rows import forget_rows
from navigator.settings import settings
from navigator.tickets.actions.clinical_review import request_review
from navigator.tickets.detail import ticket_detail
from navigator.tickets.enums import Status
from navigator.tickets.ticket import Ticket
from tests.mail_and_sms_servers import Mailbox, Notify, mail_server, notify_server
from tests.navigator.problems.test_problems import linked, opened
from tests.navigator.tickets.report_factory import tell
from tests.people import People

pytestmark = pytest.mark.both_engines

WORDS = "Write on paper for now."
PLANNED = {
    "state": "planned", "starts_on": "2026-06-10", "starts": "22:00",
    "ends_on": "2026-06-11", "ends": "02:00",
}  # fmt: skip
publish_held = for_each_due(publish_notice.held_notices, publish_notice.publish_held)
queue_letters = for_each_due(notice_letters.notices_to_queue, notice_letters.queue_letters)


def said(**told: Any) -> NoticeInput:
    return NoticeInput.model_validate({"state": "identified", "body": WORDS} | told, strict=False)


@pytest.fixture
def problem(session: Session, people: People) -> Problem:
    return opened(session, people.amina)


@pytest.fixture
def send(session: Session, people: People, problem: Problem) -> Callable[..., ProblemNotice]:
    """Send a notice as Amina, and let the seconds pass in which she could take it back."""

    def send(**told: Any) -> ProblemNotice:
        notice = publish_notice.send_notice(session, people.amina, problem.id, said(**told))
        session.flush()
        clock.set_to(clock.now() + timedelta(seconds=12))
        publish_held()
        session.expire_all()
        return notice

    return send


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    with mail_server() as box:
        values = {"mail_host": "127.0.0.1", "mail_port": box.port, "mail_security": "none"}
        for name, value in values.items():
            monkeypatch.setenv(f"NAVIGATOR_{name.upper()}", str(value))
        settings.cache_clear()
        yield box


@pytest.fixture
def notify(monkeypatch: pytest.MonkeyPatch) -> Iterator[Notify]:
    with notify_server() as notify:
        key = "desk-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0"
        template = "f33517ff-2a88-4f6e-b855-c550268ce08a"
        for name, value in {"url": notify.url, "key": key, "template": template}.items():
            monkeypatch.setenv(f"NAVIGATOR_NOTIFY_{name.upper()}", value)
        settings.cache_clear()
        yield notify


def subscribed(session: Session, to: str, **told: Any) -> NoticeSubscriber:
    fern = session.exec(select(Programme).where(Programme.code == "fern")).one()
    values: dict[str, Any] = {
        "programme_id": fern.id,
        "contact_hash": address_hash(to),
        "sealed_contact": sealed(to),
    }
    subscriber = NoticeSubscriber(**values, **({"confirmed_at": clock.now()} | told))
    session.add(subscriber)
    session.flush()
    return subscriber


def shown(session: Session) -> ProgrammeStatus:
    session.expire_all()  # the job has a session of its own
    return status_of(session, public_programmes(session))


def test_until_it_leaves_nobody_reads_it_and_it_can_be_taken_back(
    session: Session, people: People, problem: Problem
) -> None:
    ticket = linked(session, people, problem)
    publish_notice.send_notice(session, people.amina, problem.id, said())
    publish_held()
    assert shown(session).now == ()
    with pytest.raises(Conflict, match="just leaving"):
        publish_notice.send_notice(session, people.amina, problem.id, said())
    with pytest.raises(Forbidden, match="whoever wrote it"):
        publish_notice.take_back(session, people.tom, problem.id)
    assert publish_notice.take_back(session, people.amina, problem.id).body == WORDS
    clock.set_to(clock.now() + timedelta(minutes=1))
    publish_held()
    assert shown(session).now == ()
    assert (problem.status, problem.is_public) == (ProblemStatus.OPEN, False)
    assert WORDS not in [each.body for each in ticket_detail(session, people.amina, ticket.number).messages]


def test_it_is_before_everybody_and_the_record_says_the_same(
    session: Session, people: People, problem: Problem, send: Callable[..., ProblemNotice]
) -> None:
    ticket, read_first = linked(session, people, problem), linked(session, people, problem)
    request_review(session, people.amina, session.get_one(Ticket, read_first.number), ["asked"])
    notice = send()
    (entry,) = shown(session).now
    assert (entry.words, entry.notices[0].body) == ("We know what causes it.", WORDS)
    assert notice.published_at == clock.now()
    assert problem.status == ProblemStatus.KNOWN_ERROR
    told = {
        each.number: ticket_detail(session, people.amina, each.number).messages
        for each in (ticket, read_first)
    }
    assert told[ticket.number][-1].body == WORDS
    assert WORDS not in [each.body for each in told[read_first.number]]
    with pytest.raises(Conflict, match="cannot be taken back"):
        publish_notice.take_back(session, people.amina, problem.id)


def test_resolved_answers_linked_tickets_and_stays_in_the_history(
    session: Session, people: People, problem: Problem, send: Callable[..., ProblemNotice]
) -> None:
    ticket = linked(session, people, problem)
    send(state="investigating")
    send(state="resolved", body="It works again.")
    assert session.get_one(Ticket, ticket.number).status == Status.RESOLVED
    (entry,) = shown(session).past
    assert [notice.state for notice in entry.notices] == ["resolved", "investigating"]
    assert shown(session).now == ()
    clock.set_to(clock.now() + timedelta(days=91))
    assert shown(session).past == ()


def test_what_is_wrong_now_is_shown_however_much_was_put_right_since(
    session: Session, people: People, problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status_list, "MAX_ENTRIES", 1)
    problem.is_public = True
    clock.set_to(clock.now() + timedelta(days=1))
    over = opened(session, people.amina)
    over.is_public, over.status, over.closed_at = True, ProblemStatus.CLOSED, clock.now()
    session.flush()
    assert [entry.id for entry in shown(session).now] == [problem.id]


def test_only_its_own_staff_write_it_and_from_what_they_saw(
    session: Session, people: People, problem: Problem
) -> None:
    with pytest.raises(Forbidden):
        publish_notice.send_notice(session, people.sam, problem.id, said())
    with pytest.raises(NotFound):
        publish_notice.send_notice(session, people.priya, problem.id, said())
    with pytest.raises(Stale):
        publish_notice.send_notice(session, people.amina, problem.id, said(version=problem.version + 1))
    linked(session, people, problem)
    with pytest.raises(Conflict, match="has changed"):
        publish_notice.send_notice(session, people.amina, problem.id, said(tickets=["none"]))


def test_a_manager_tells_everybody_but_the_reporters(
    session: Session, people: People, problem: Problem
) -> None:
    ticket = linked(session, people, problem)
    publish_notice.send_notice(session, people.mo, problem.id, said(state="resolved"))
    clock.set_to(clock.now() + timedelta(seconds=12))
    publish_held()
    session.expire_all()
    assert session.get_one(Ticket, ticket.number).status != Status.RESOLVED
    assert len(shown(session).past) == 1


def test_whoever_lost_their_role_meanwhile_sends_nothing(
    session: Session, people: People, problem: Problem
) -> None:
    publish_notice.send_notice(session, people.amina, problem.id, said())
    own = session.exec(select(Membership).where(Membership.user_id == people.amina.user_id)).one()
    own.role = Role.PWP
    clock.set_to(clock.now() + timedelta(seconds=12))
    session.flush()
    publish_held()
    assert shown(session).now == ()
    assert session.exec(select(ProblemNotice)).all() == []


def test_planned_work_is_shown_before_during_and_then_gone(
    session: Session, people: People, problem: Problem, send: Callable[..., ProblemNotice]
) -> None:
    send(**PLANNED)
    (entry,) = shown(session).planned
    assert (entry.starts_at, entry.ends_at) == (
        datetime(2026, 6, 10, 21, tzinfo=UTC),
        datetime(2026, 6, 11, 1, tzinfo=UTC),
    )
    assert known_problems(session) == []
    assert [each.title for each in planned_work(session, timedelta(days=7))] == [problem.title]
    assert open_outages(session, "fern") == []
    clock.set_to(datetime(2026, 6, 10, 21, tzinfo=UTC))
    assert [each.state for each in shown(session).now] == ["running"]
    assert [each.title for each in open_outages(session, "fern")] == [problem.title]
    assert len(notices_for_practitioner(session, people.priya)) == 1
    assert overrun_work(session, people.amina) == []
    clock.set_to(datetime(2026, 6, 11, 1, tzinfo=UTC))
    assert (shown(session).now, shown(session).planned) == ((), ())
    assert [each.state for each in shown(session).past] == ["over"]
    assert open_outages(session, "fern") == []
    assert [each.id for each in overrun_work(session, people.amina)] == [problem.id]
    send(state="resolved", body="It is done.")
    assert overrun_work(session, people.amina) == []


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ({"ends_on": "2026-06-10", "ends": "21:00"}, "end after"),
        ({"starts_on": "2026-06-01", "ends_on": "2026-06-01", "ends": "23:00"}, "time is over"),
        ({"starts_on": "2027-03-28", "starts": "01:30", "ends_on": "2027-03-29"}, "no such time"),
        ({"starts_on": None}, "Enter the day"),
        ({"starts": "noon"}, "time"),
        ({"starts": ""}, "Enter a time"),
    ],
)
def test_times_that_cannot_be_meant_are_refused(told: dict[str, Any], wrong: str, people: People) -> None:
    with pytest.raises(ValidationError, match=wrong):
        said(**PLANNED | told)


def test_an_hour_that_comes_twice_ends_the_second_time(people: People) -> None:
    told = said(
        **PLANNED | {"starts_on": "2026-10-25", "starts": "00:30", "ends_on": "2026-10-25", "ends": "01:30"}
    )
    assert (told.starts_at, told.ends_at) == (
        datetime(2026, 10, 24, 23, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    )


def test_each_subscriber_gets_one_letter_for_each_notice_and_ends_them_by_one_press(
    session: Session, send: Callable[..., ProblemNotice], box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notice_letters, "PIECE", 2)
    for name in ("a", "b", "c"):
        subscribed(session, f"{name}@post.example")
    subscribed(session, "unconfirmed@post.example", confirmed_at=None)
    send()
    for _ in range(4):
        queue_letters()
    sender.send_waiting()
    assert sorted(box.recipients) == ["a@post.example", "b@post.example", "c@post.example"]
    mail = box.mails[0]
    assert "Fern" not in mail["Subject"]
    assert WORDS in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/status/leave/" in mail["List-Unsubscribe"]


def test_a_letter_that_waits_is_not_sent_to_whoever_left(
    session: Session, send: Callable[..., ProblemNotice], box: Mailbox
) -> None:
    subscriber = subscribed(session, "pat@post.example")
    send()
    queue_letters()
    subscribing.leave(session, subscriber_token(LEAVE, subscriber))
    sender.send_waiting()
    assert box.mails == []


def test_a_letter_that_waits_is_not_sent_once_its_problem_is_not_public_any_more(
    session: Session, problem: Problem, send: Callable[..., ProblemNotice], box: Mailbox
) -> None:
    subscribed(session, "pat@post.example")
    send()
    queue_letters()
    session.get_one(Problem, problem.id).is_public = False
    session.flush()
    sender.send_waiting()
    assert box.mails == []


def test_a_text_waits_for_the_morning_and_is_not_out_of_date_then(
    session: Session, send: Callable[..., ProblemNotice], notify: Notify
) -> None:
    subscribed(session, "+447700900982", is_by_text=True)
    clock.set_to(datetime(2026, 6, 9, 23, 0, tzinfo=UTC))
    send()
    queue_letters()
    send(state="resolved", body="It works again.")
    queue_letters()
    assert {row.send_at.replace(tzinfo=UTC) for row in session.exec(select(OutboxMessage))} == {
        datetime(2026, 6, 10, 7, 0, tzinfo=UTC)
    }
    sender.send_waiting()
    assert notify.asked == []
    clock.set_to(datetime(2026, 6, 10, 7, 0, tzinfo=UTC))
    sender.send_waiting()
    ((_, _, asked),) = notify.asked
    text = asked["personalisation"]["message"]
    assert "It is over." in text
    assert "/status/leave/" in text
    assert "Fern" not in text
    assert len(text) <= 4 * 153, "four parts of a text at most"


def test_the_address_is_sealed_and_goes_when_it_is_not_confirmed_or_erased(
    session: Session, people: People
) -> None:
    contact = {"route": "email", "email": "Pat@post.example"}
    ticket = tell(session, contact=contact)
    kept = subscribed(session, "pat@post.example")
    assert "pat@" not in kept.sealed_contact
    assert kept.contact == "pat@post.example"
    other = subscribed(session, "new@post.example", confirmed_at=None)
    clock.set_to(clock.now() + timedelta(days=3))
    delete_old_rows(session, clock.now())
    assert [row.id for row in session.exec(select(NoticeSubscriber))] == [kept.id]
    assert other.id != kept.id
    session.expire_all()
    assert forget_rows(session, [ticket.number])["noticesubscriber"] == 1
    assert session.exec(select(NoticeSubscriber)).all() == []
