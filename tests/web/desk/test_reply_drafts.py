"""Writing on a ticket: looked at before it goes, asked about once, kept until it is sent."""

import pytest
from sqlmodel import Session, col, select

from navigator.people.actor import ANONYMOUS
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import staff
from navigator.tickets.inputs import SayInput
from navigator.tickets.reply_draft import ReplyDraft
from navigator.tickets.report_input import ReportInput
from navigator.tickets.ticket import Message, Status, Ticket
from tests.people import People
from tests.web.conftest import Enter


@pytest.fixture
def number(session: Session, people: People) -> int:
    told = ReportInput(service="north", text="it is slow", category="device.slow_connection")
    return staff.report(session, ANONYMOUS, told).ticket.number


def said(session: Session) -> list[tuple[str, str]]:
    session.expire_all()
    return [
        (one.action, one.body)
        for one in session.exec(select(Message).order_by(col(Message.id)))
        if one.author == "staff"
    ]


def test_it_is_looked_at_as_the_reporter_will_read_it_and_then_sent(
    enter: Enter, session: Session, number: int
):
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    amina.press("Look at it first", body="Try <b>Wi-Fi</b>.\n\nThen call us.")
    assert [one.text() for one in amina.page.css(".desk-public p")] == ["Try <b>Wi-Fi</b>.", "Then call us."]
    assert said(session) == []
    amina.press("Send it")
    assert said(session) == [(Action.REPLY, "Try <b>Wi-Fi</b>.\n\nThen call us.")]
    assert session.exec(select(ReplyDraft)).all() == []


def test_it_is_changed_after_a_look_and_nothing_is_lost(enter: Enter, session: Session, number: int):
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    amina.press("Look at it first", body="Try Wi-Fi")
    amina.get(f"/tickets/{number}")
    assert amina.one("#body").text() == "Try Wi-Fi"
    amina.press("Look at it first")
    amina.press("Change it")
    assert amina.one("#body").text() == "Try Wi-Fi"
    assert said(session) == []


def test_a_doubt_is_asked_about_once_for_each_wording(enter: Enter, session: Session, number: int):
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    amina.press("Send", body="Your password is Sunny-42")
    assert "There seems to be a password in it" in amina.text
    amina.press("Change it")
    amina.press("Send", body="Your password is Sunny-43")
    assert "There seems to be a password in it" in amina.text
    assert said(session) == []
    amina.press("Send it all the same")
    assert said(session) == [(Action.REPLY, "Your password is Sunny-43")]


def test_a_note_that_reads_like_a_reply_becomes_one(enter: Enter, session: Session, number: int):
    amina = enter("amina")
    amina.get(f"/tickets/{number}/notes")
    amina.press("Save note for staff", body="Dear Pat, it works again.")
    assert "only staff will see it" in amina.text
    amina.press("Make it a reply")
    assert "As the reporter will read it" in amina.text
    amina.press("Send it")
    assert said(session) == [(Action.REPLY, "Dear Pat, it works again.")]


def test_a_reply_goes_on_to_the_resolution(enter: Enter, session: Session, number: int):
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    amina.press("Send and resolve", body="It is fast again.")
    assert "Resolve" in amina.one("h1").text()
    assert amina.problems == []
    assert amina.one("#body").text() == "It is fast again."
    amina.press("Send and resolve", resolution="fixed")
    assert said(session) == [(Action.REPLY, "It is fast again.")]
    assert session.get_one(Ticket, number).status == Status.RESOLVED


def test_what_changed_meanwhile_is_asked_about_with_the_words_kept(
    enter: Enter, session: Session, people: People, number: int
):
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    staff.reply(session, people.tom, number, SayInput(body="I have it"))
    session.flush()
    assert amina.press("Send", body="Try Wi-Fi").status_code == 409
    assert "Tom Baker replied" in amina.text
    assert amina.one("#body").text() == "Try Wi-Fi"
    amina.press("Send")
    assert [body for _, body in said(session)] == ["I have it", "Try Wi-Fi"]


def test_a_draft_is_kept_while_it_is_written(enter: Enter, session: Session, number: int):
    amina, tom, sam = enter("amina"), enter("tom"), enter("sam")
    kept = amina.post(f"/tickets/{number}/draft", data={"address": "notes", "body": "Pat asked about"})
    assert kept.json() == {"said": ""}
    assert amina.post(f"/tickets/{number}/draft", data={"address": "merge", "body": "x"}).status_code == 422
    assert sam.post(f"/tickets/{number}/draft", data={"address": "notes", "body": "x"}).status_code == 404
    grave = {"address": "calls", "body": "She said that she wants to end her life"}
    assert "clinician" in tom.post(f"/tickets/{number}/draft", data=grave).json()["said"]
    amina.get(f"/tickets/{number}/notes")
    assert amina.one("#body").text() == "Pat asked about"
    assert amina.one(".desk-here").text() == "Tom Baker is writing"
    tom.get(f"/tickets/{number}/notes")
    assert tom.one("#body").text() == ""


def test_who_else_is_there_is_told(enter: Enter, number: int):
    amina, tom, sam = enter("amina"), enter("tom"), enter("sam")
    assert tom.post(f"/tickets/{number}/here").json() == {"others": []}
    assert amina.post(f"/tickets/{number}/here").json() == {"others": ["Tom Baker is reading"]}
    assert sam.post(f"/tickets/{number}/here").status_code == 404
