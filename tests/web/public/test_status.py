"""Status pages: now, planned and past for everybody, a feed without cookies, messages that begin and end."""

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from xml.etree.ElementTree import fromstring

import pytest
from sqlmodel import Session, delete, select
from starlette.testclient import TestClient

from navigator import clock
from navigator.catalogue.privacy_notice import PrivacyNotice
from navigator.jobs.runner import for_each_due
from navigator.outbox import sender
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.notice_subscriber import (
    CONFIRM,
    LEAVE,
    NoticeSubscriber,
    _signature,
    subscriber_token,
)
from navigator.people.rate_limit import Limit
from navigator.problems import notice_letters, publish_notice, subscribing
from navigator.problems.inputs import StatusInput
from navigator.problems.notice_inputs import NoticeInput
from navigator.problems.problem import Problem, ProblemStatus
from navigator.problems.updates import change_status
from navigator.settings import settings
from tests.mail_and_sms_servers import Mailbox, mail_server
from tests.page_visitor import Visitor
from tests.people import People
from web.app import app

pytestmark = pytest.mark.both_engines

ATOM = "{http://www.w3.org/2005/Atom}"
publish_held = for_each_due(publish_notice.held_notices, publish_notice.publish_held)
queue_letters = for_each_due(notice_letters.notices_to_queue, notice_letters.queue_letters)


def send(session: Session, people: People, problem: Problem, state: str, body: str) -> None:
    told = NoticeInput.model_validate({"state": state, "body": body}, strict=False)
    publish_notice.send_notice(session, people.amina, problem.id, told)
    session.flush()
    clock.set_to(clock.now() + timedelta(seconds=12))
    publish_held()
    session.expire_all()


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    with mail_server() as box:
        values = {"mail_host": "127.0.0.1", "mail_port": box.port, "mail_security": "none"}
        for name, value in values.items():
            monkeypatch.setenv(f"NAVIGATOR_{name.upper()}", str(value))
        settings.cache_clear()
        yield box


def path_in(mail: EmailMessage, beginning: str) -> str:
    """The address on the desk that begins so, of the text of a mail."""
    words = mail.get_body(("plain",)).get_content().split()  # type: ignore[union-attr]
    found: str = next(word[word.index("/status") :] for word in words if beginning in word)
    return found


def subscribers(session: Session) -> list[NoticeSubscriber]:
    session.expire_all()
    return [*session.exec(select(NoticeSubscriber))]


def test_the_page_says_what_is_now_and_what_was(
    visitor: Visitor, session: Session, people: People, outage: Problem
) -> None:
    visitor.get("/status/fern")
    assert "Fern is down" in visitor.text, "an outage without a notice is not hidden"
    send(session, people, outage, "identified", "Their server <b>broke</b>.")
    visitor.get("/status/fern")
    assert "We know what causes it." in visitor.text
    assert "Their server <b>broke</b>." in visitor.text
    assert "INTERNAL" not in visitor.text
    send(session, people, outage, "resolved", "It works again.")
    visitor.get("/status")
    assert "We know of nothing that is wrong now." in visitor.text
    assert "It is over." in visitor.text
    assert visitor.get("/status/nothing").status_code == 404


def test_of_what_is_over_it_is_said_since_when_and_not_how_long_it_has_been_known(
    visitor: Visitor, session: Session, people: People, outage: Problem
) -> None:
    visitor.get("/status/fern")
    assert "We have known about this since" in visitor.text
    clock.set_to(clock.now() + timedelta(days=1))
    over = StatusInput(status=ProblemStatus.CLOSED)
    change_status(session, people.amina, outage.id, over)
    visitor.get("/status/fern")
    assert len(visitor.page.css(f"#problem-{outage.id} time")) == 1
    assert "We have known about this since" not in visitor.text


def test_the_feed_is_atom_and_sent_again_only_when_it_changed(
    session: Session, people: People, outage: Problem
) -> None:
    reader = TestClient(app)
    empty = reader.get("/feeds/status/fern.atom")
    send(session, people, outage, "identified", "Their server \x0b <b>broke</b> & burned.")
    first = reader.get("/feeds/status/fern.atom")
    assert first.headers["content-type"] == "application/atom+xml"
    assert "set-cookie" not in first.headers
    send(session, people, outage, "resolved", "It works again.")
    second = reader.get("/feeds/status/fern.atom")
    old, new = (fromstring(answer.content) for answer in (first, second))  # noqa: S314 - our own
    assert new.findtext(f"{ATOM}updated", "") > old.findtext(f"{ATOM}updated", "~")
    ids = [entry.findtext(f"{ATOM}id") for entry in new.iter(f"{ATOM}entry")]
    assert ids[1:] == [entry.findtext(f"{ATOM}id") for entry in old.iter(f"{ATOM}entry")]
    assert len({*ids}) == 2
    content = old.findtext(f"{ATOM}entry/{ATOM}content")
    assert content == "Their server  <b>broke</b> & burned."
    for each in (new, fromstring(empty.content)):  # noqa: S314
        assert all(
            each.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated", "author/" + ATOM + "name")
        )
    tag, changed = second.headers["etag"], second.headers["last-modified"]
    assert (
        reader.get("/feeds/status/fern.atom", headers={"if-none-match": f'"x", W/{tag}'}).status_code == 304
    )
    assert reader.get("/feeds/status/fern.atom", headers={"if-modified-since": changed}).status_code == 304
    assert (
        reader.get("/feeds/status/fern.atom", headers={"if-none-match": first.headers["etag"]}).status_code
        == 200
    )
    assert reader.get("/feeds/status/fern.atom", headers={"if-modified-since": "soon"}).status_code == 200
    assert reader.get("/feeds/status.atom").status_code == 200
    assert reader.get("/feeds/status/nothing.atom").status_code == 404


def test_messages_begin_by_a_link_and_end_by_one_press(
    visitor: Visitor, session: Session, people: People, outage: Problem, box: Mailbox
) -> None:
    visitor.get("/status/fern")
    answer = visitor.press("Send me the link", email="pat@post.example")
    assert "We sent a link" in visitor.text
    assert answer.history[0].headers["Location"].endswith("#messages"), "the words stand far down"
    sender.send_waiting()
    visitor.get(path_in(box.mails[0], "/status/confirm/"))
    assert subscribers(session)[0].confirmed_at is None, "looking at a link begins nothing"
    visitor.press("Yes, write to me")
    assert "You get messages about Fern" in visitor.text
    send(session, people, outage, "identified", "Their server broke.")
    queue_letters()
    sender.send_waiting()
    assert box.recipients == ["pat@post.example"] * 2
    leave = path_in(box.mails[1], "/status/leave/")
    visitor.get(leave)
    assert len(subscribers(session)) == 1, "looking at a link ends nothing"
    mail_program = TestClient(app)  # sends no origin, no cookie and no mark
    for _ in range(2):
        assert mail_program.post(leave, data={"List-Unsubscribe": "One-Click"}).status_code == 200
        assert subscribers(session) == []
    visitor.get(leave)
    assert "You get no more messages" in visitor.text
    send(session, people, outage, "resolved", "It works again.")
    queue_letters()
    sender.send_waiting()
    assert len(box.mails) == 2


def test_nobody_learns_whether_an_address_is_known(
    visitor: Visitor, session: Session, outage: Problem, box: Mailbox
) -> None:
    said = []
    for _ in range(2):
        visitor.get("/status/fern")
        visitor.press("Send me the link", email="pat@post.example")
        said.append(visitor.text)
        sender.send_waiting()
        (subscriber,) = subscribers(session)
        subscribing.confirm(session, subscriber_token(CONFIRM, subscriber))
        session.flush()
    assert said[0] == said[1]
    assert len(box.mails) == 2


def test_a_link_that_the_desk_did_not_make_does_nothing(
    visitor: Visitor, session: Session, outage: Problem
) -> None:
    visitor.get("/status/fern")
    visitor.press("Send me the link", email="pat@post.example")
    (subscriber,) = subscribers(session)
    right = subscriber_token(LEAVE, subscriber)
    for wrong in (right[:-1], f"0{right}", subscriber_token(CONFIRM, subscriber), "1", "½-x", "9" * 90):
        assert TestClient(app).post(f"/status/leave/{wrong}").status_code == 404
    assert visitor.post(f"/status/confirm/{right}").status_code == 404
    assert len(subscribers(session)) == 1
    clock.set_to(clock.now() + timedelta(days=3))
    assert visitor.get(f"/status/confirm/{subscriber_token(CONFIRM, subscriber)}").status_code == 404


@pytest.mark.parametrize("purpose", [CONFIRM, LEAVE])
def test_a_link_from_when_tokens_named_a_row_leads_to_nobody_else(
    visitor: Visitor, session: Session, outage: Problem, purpose: str
) -> None:
    visitor.get("/status/fern")
    visitor.press("Send me the link", email="pat@post.example")
    (subscriber,) = subscribers(session)
    for key in (str(subscriber.programme_id), f"{subscriber.programme_id}-"):
        old = f"{key}-{_signature(purpose, key)}"
        assert visitor.post(f"/status/{purpose}/{old}").status_code == 404
    (subscriber,) = subscribers(session)
    assert subscriber.confirmed_at is None


def test_the_links_of_whoever_left_do_nothing_to_whoever_came_after(
    visitor: Visitor, session: Session, outage: Problem
) -> None:
    def asked(to: str) -> tuple[str, str]:
        visitor.get("/status/fern")
        visitor.press("Send me the link", email=to)
        (subscriber,) = subscribers(session)
        tokens = subscriber_token(CONFIRM, subscriber), subscriber_token(LEAVE, subscriber)
        subscribing.confirm(session, tokens[0])
        session.flush()
        return tokens

    confirm, leave = asked("pat@post.example")
    (first,) = subscribers(session)
    first_id = first.id
    assert TestClient(app).post(f"/status/leave/{leave}").status_code == 200
    visitor.get("/status/fern")
    visitor.press("Send me the link", email="sam@post.example")
    (other,) = subscribers(session)
    if session.get_bind().dialect.name == "sqlite":
        assert other.id == first_id, "SQLite gives the number of the last row again"
    assert visitor.get(f"/status/confirm/{confirm}").status_code == 404
    assert "You get no more messages" in visitor.get(f"/status/leave/{leave}").text
    assert TestClient(app).post(f"/status/leave/{leave}").status_code == 200
    (other,) = subscribers(session)
    assert other.confirmed_at is None
    visitor.get("/status/fern")
    visitor.press("Send me the link", email="pat@post.example")
    assert "Do you want no more messages?" in visitor.get(f"/status/leave/{leave}").text


def test_a_flood_is_refused_and_so_is_no_address(
    visitor: Visitor, session: Session, outage: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.get("/status/fern")
    visitor.press("Send me the link")
    assert visitor.problems == ["Enter where we should write to"]
    monkeypatch.setattr(subscribing, "PER_RECIPIENT", Limit(2, timedelta(hours=24)))
    for _ in range(3):
        visitor.get("/status/fern")
        visitor.press("Send me the link", email="pat@post.example")
    assert visitor.problems == ["This address was given many times today. We cannot take it again."]
    assert len(session.exec(select(OutboxMessage)).all()) == 2


def test_a_desk_that_takes_no_reports_offers_no_messages_about_one(
    visitor: Visitor, session: Session
) -> None:
    visitor.get("/status")
    assert "One programme, and messages about it" in visitor.text
    session.exec(delete(PrivacyNotice))
    session.flush()
    visitor.get("/status")
    assert "We know of nothing" in visitor.text
    assert "messages about it" not in visitor.text
