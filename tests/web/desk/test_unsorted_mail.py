"""Unsorted mail on pages: counted on Today, read as text, made a report, joined, set aside; nobody else’s."""

import base64
import io
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from sqlmodel import Session, select

from navigator import clock
from navigator.attachments import limits
from navigator.attachments.attachment import Attachment
from navigator.errors import Unavailable
from navigator.mail_in import files
from navigator.mail_in.tables import Mail, MailState
from navigator.mail_in.unsorted import NOT_SAFE
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people import audit_intake
from navigator.people.audit_log import Act, AuditEntry
from navigator.people.reporter import Reporter, reference
from navigator.records.holds import HoldInput, hold
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import staff
from navigator.tickets.actions.merge import merge
from navigator.tickets.inputs import MergeInput, ResolveInput
from navigator.tickets.ticket import Audience, Channel, Message, Resolution, Status, Ticket
from tests.navigator.mail_in.mails import (
    PAT,
    TEXT,
    arrive,
    give_mailbox,
    letter,
    many,
    reply_to,
    reported,
    said_on,
)
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter

ATTACHED = "Content-Disposition: attachment\nContent-Transfer-Encoding: base64\nContent-Type: "
Image.new("RGB", (30, 20), "red").save(_made := io.BytesIO(), "PNG")
PICTURE = _made.getvalue()


@pytest.fixture
def mail(session: Session, people: People) -> Mail:
    """A stranger’s mail with a program in it, which waits."""
    give_mailbox(session, people)
    html = "Content-Type: text/html; charset=utf-8\nContent-Disposition: inline"
    evil = "Content-Type: application/octet-stream\nContent-Disposition: attachment; filename=run.exe"
    body = '<script>alert(1)</script><p onclick="x()">The app shows <b>nothing</b><img src="https://t.example/p"></p>'
    return arrive(session, people, many((html, body), (evil, b"MZ"), sender="Kim <kim@other.example>"))


def test_mail_to_sort_is_counted_on_today_and_read_as_text(enter: Enter, mail: Mail):
    amina = enter("amina")
    amina.get("/home")
    assert "1 mail to sort" in amina.text
    amina.get("/mail")
    assert "It answers no letter of ours" in amina.text
    amina.get(f"/mail/{mail.id}")
    assert "The app shows nothing" in amina.text
    assert "alert(1)" not in (amina.page.html or "")
    assert "t.example" not in (amina.page.html or "")


def test_a_file_of_a_mail_is_a_download_and_nothing_else(enter: Enter, mail: Mail):
    answer = enter("amina").get(f"/mail/{mail.id}/files/0")
    assert (answer.content, answer.headers["content-type"]) == (b"MZ", "application/octet-stream")
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''run.exe"
    assert enter("amina").get(f"/mail/{mail.id}/files/1").status_code == 404


def test_who_read_a_mail_and_its_file_is_in_the_audit_log(enter: Enter, session: Session, mail: Mail):
    amina = enter("amina")
    amina.get(f"/mail/{mail.id}")
    amina.get(f"/mail/{mail.id}/files/0")
    audit_intake.take_spool()
    said = session.exec(
        select(AuditEntry.act, AuditEntry.title).where(AuditEntry.actor_name == "Amina Yusuf")
    )
    assert {*said} == {
        (Act.OPENED_MAIL, f"mail {mail.id}"),
        (Act.OPENED_FILE, f"File 1 of mail {mail.id}"),
    }


@pytest.mark.parametrize(("answers", "written"), [("yes", ["received"]), ("no", [])])
def test_a_report_is_made_of_it_and_its_sender_written_to_only_if_somebody_says_so(
    enter: Enter, session: Session, mail: Mail, answers: str, written: list[str]
):
    amina = enter("amina")
    amina.get(f"/mail/{mail.id}")
    amina.press("Make a report of it", **({"answers": "yes"} if answers == "yes" else {}))
    session.expire_all()
    ticket = session.get_one(Ticket, mail.ticket_number)
    assert (mail.state, ticket.channel) == (MailState.REPORTED, Channel.EMAIL)
    email = session.get_one(Reporter, ticket.reporter_id).email
    assert email == ("kim@other.example" if answers == "yes" else "")
    query = select(OutboxMessage.template).where(OutboxMessage.ticket_number == ticket.number)
    assert [one for one in session.exec(query) if one == "received"] == written
    assert "By mail" in amina.text


def join(amina: Visitor, number: int) -> None:
    """Join a mail to a ticket, as somebody who has looked at both."""
    if "Is it this ticket?" not in amina.text:
        amina.press("Look at the ticket", number=f"{number}")
    amina.press(f"Join it to {reference(number)}")


def test_it_is_joined_to_a_ticket_for_staff_alone(enter: Enter, session: Session, people: People, mail: Mail):
    ticket = reported(session)
    staff.resolve(
        session, people.amina, ticket.number, ResolveInput(resolution=Resolution.FIXED, body="Try again")
    )
    amina = enter("amina")
    amina.get(f"/mail/{mail.id}")
    amina.press("Look at the ticket", number="DN-999999")
    assert amina.problems == ["We cannot find that ticket"]
    amina.press("Look at the ticket", number=f"dn {ticket.number}")
    joined = select(Message).where(Message.action == Action.JOIN_MAIL)
    assert ("Is it this ticket?" in amina.text, session.exec(joined).all()) == (True, []), "it is mistyped"
    join(amina, ticket.number)
    session.expire_all()
    said = session.exec(select(Message).order_by(Message.id.desc())).first()  # type: ignore[attr-defined]
    assert said
    assert (said.audience, "The app shows nothing" in said.body) == (Audience.STAFF, True)
    assert (ticket.status, ticket.needs_answer_since_at is None) == (Status.OPEN, False)
    assert "Somebody by mail" in amina.text
    amina.get(f"/tickets/{ticket.number}/contact")
    assert "Somebody by mail or text" in amina.text, "the form of an action does not know which it was"


def test_a_ticket_that_was_merged_is_told_by_the_one_that_goes_on(
    enter: Enter, session: Session, people: People, mail: Mail
):
    """The page offered it, and the press was refused."""
    first, second = reported(session), reported(session)
    merge(session, people.amina, first.number, MergeInput(into=second.number))
    session.flush()
    amina = enter("amina")
    amina.get(f"/mail/{mail.id}")
    amina.press("Look at the ticket", number=f"{first.number}")
    assert amina.problems == [f"It is merged with another. Enter {reference(second.number)}."]


def test_it_is_set_aside_with_a_reason_and_found_again(enter: Enter, session: Session, mail: Mail):
    amina = enter("amina")
    amina.get(f"/mail/{mail.id}")
    amina.press("Set it aside", decision="")
    assert amina.problems == ["Enter why it belongs nowhere"]
    amina.press("Set it aside", decision="a" * 201)
    assert "200 characters" in amina.problems[0], "the list of sorted mail shows the reason in a row"
    amina.press("Set it aside", decision="advertising")
    assert "There is none" in amina.text
    amina.get("/mail?show=sorted")
    assert "Set aside: advertising" in amina.text
    amina.get(f"/mail/{mail.id}")
    amina.press("Make a report of it")
    session.expire_all()
    assert mail.state == MailState.REPORTED


def test_what_two_people_sort_at_once_is_sorted_once(enter: Enter, session: Session, mail: Mail):
    first, second = enter("amina"), enter("tom")
    second.get(f"/mail/{mail.id}")
    first.get(f"/mail/{mail.id}")
    first.press("Make a report of it")
    second.press("Make a report of it")
    assert second.problems == ["Somebody has sorted this mail already. Nothing was saved."]


@pytest.mark.parametrize(("who", "status"), [("priya", 403), ("cole", 403), ("mo", 403), ("sam", 404)])
def test_nobody_else_sees_it(enter: Enter, mail: Mail, who: str, status: int):
    for path in (f"/mail/{mail.id}", f"/mail/{mail.id}/files/0"):
        assert enter(who).get(path).status_code == status


def test_where_a_mail_is_from_and_what_was_not_opened_stand_with_its_words(
    enter: Enter, session: Session, people: People, mail: Mail
):
    ticket = reported(session)
    sent = many(
        (TEXT, "See the file"),
        ("Content-Type: application/ms-tnef\nContent-Disposition: attachment; filename=winmail.dat", b"x"),
        to=reply_to(session, ticket),
        sender="boss@nhs.example",
    )
    arrive(session, people, sent)
    amina = enter("amina")
    amina.get(f"/tickets/{ticket.number}")
    assert "By mail from boss@nhs.example, not where we wrote to" in amina.text
    assert "(1 file not opened)" in amina.text
    mo = enter("mo")  # who sees no reporter sees no address either
    mo.get(f"/tickets/{ticket.number}")
    assert "boss@nhs.example" not in (mo.page.html or "")


def test_the_reporter_reads_their_words_without_where_they_came_from(
    session: Session, people: People, mail: Mail
):
    ticket = reported(session)
    arrive(session, people, letter("Here", to=reply_to(session, ticket), sender=f"Pat <{PAT}>"))
    assert said_on(session, ticket.number)[-1] == "Here"


@pytest.mark.parametrize("way", ["report", "ticket"])
def test_a_mail_of_concern_that_cannot_be_taken_apart_still_reaches_a_clinician(
    enter: Enter, session: Session, people: People, way: str
):
    give_mailbox(session, people)
    mail = arrive(session, people, many(*[(TEXT, "I want to kill myself tonight")] * 300))
    assert (mail.reason, mail.is_of_concern) == ("unreadable", True)
    ticket = reported(session)
    amina = enter("amina")
    amina.get(f"/mail/{mail.id}")
    assert "I want to kill myself tonight" in amina.text
    if way == "report":
        amina.press("Make a report of it")
    else:
        join(amina, ticket.number)
    session.expire_all()
    assert session.get_one(Ticket, mail.ticket_number).has_open_review
    said = said_on(session, mail.ticket_number or 0)[-1]
    assert "I want to kill myself tonight" in said
    assert "Return-Path" not in said


@pytest.mark.parametrize("way", ["report", "ticket"])
def test_pictures_of_a_mail_go_with_it_to_a_ticket(enter: Enter, session: Session, people: People, way: str):
    give_mailbox(session, people)
    picture = (f"{ATTACHED}image/png", base64.encodebytes(PICTURE))
    mail = arrive(session, people, many((TEXT, "See"), picture, (f"{ATTACHED}text/csv", "eA==")))
    assert session.exec(select(Attachment)).all() == []
    number = reported(session).number
    amina = enter("amina")
    amina.get(f"/mail/{mail.id}")
    if way == "report":
        amina.press("Make a report of it")
    else:
        join(amina, number)
    session.expire_all()
    assert session.exec(select(Attachment.message_id)).all() == [mail.message_id]
    assert mail.unopened == ["file.csv (1 kB): not opened"]
    assert "(1 file not opened)" in amina.text
    assert "/files/" in (amina.page.html or "")


def test_the_words_of_a_mail_do_not_wait_for_its_pictures(
    enter: Enter, session: Session, people: People, monkeypatch: pytest.MonkeyPatch
):
    give_mailbox(session, people)
    picture = (f"{ATTACHED}image/png", base64.encodebytes(PICTURE))
    mail = arrive(session, people, many((TEXT, "See"), picture))
    monkeypatch.setattr(files, "receive", _is_down)
    amina = enter("amina")
    amina.get(f"/mail/{mail.id}")
    amina.press("Make a report of it")
    session.expire_all()
    assert (mail.state, mail.unopened) == (MailState.REPORTED, ["file.png (1 kB): not opened"])


def _is_down(*_: object) -> None:
    raise Unavailable("")


def test_an_answer_reaches_a_ticket_that_takes_no_more_pictures(
    session: Session, people: People, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limits, "MOST_OF_A_TICKET", 0)
    give_mailbox(session, people)
    ticket = reported(session)
    picture = (f"{ATTACHED}image/png", base64.encodebytes(PICTURE))
    mail = arrive(session, people, many((TEXT, "See"), picture, to=reply_to(session, ticket)))
    assert (mail.state, mail.unopened) == (MailState.JOINED, ["file.png (1 kB): not opened"])
    assert said_on(session, ticket.number)[-1] == "See"


def test_nobody_is_written_to_where_somebody_said_that_it_is_not_safe(
    enter: Enter, session: Session, people: People
):
    give_mailbox(session, people)
    unsafe = reported(session)
    session.get_one(Reporter, unsafe.reporter_id).is_safe_to_contact = False
    mail = arrive(session, people, letter("Hello", sender=f"Pat <{PAT.upper()}>"))
    amina = enter("amina")
    amina.get(f"/mail/{mail.id}")
    amina.press("Make a report of it", answers="yes")
    session.expire_all()
    assert mail.state == MailState.UNSORTED
    assert amina.problems == [NOT_SAFE]
    amina.press("Make a report of it", answers="")
    session.expire_all()
    assert mail.state == MailState.REPORTED
    told = session.exec(select(OutboxMessage).where(OutboxMessage.recipient == "reporter")).all()
    assert told == []


def test_a_mail_on_the_wrong_ticket_is_moved_and_taken_back(enter: Enter, session: Session, mail: Mail):
    wrong, right = reported(session), reported(session)
    amina = enter("amina")
    amina.get(f"/mail/{mail.id}")
    join(amina, wrong.number)
    amina.get(f"/mail/{mail.id}")
    amina.press("Look at the ticket", number=f"{wrong.number}")
    assert amina.problems == ["It is on this ticket already"]
    amina.press("Look at the ticket", number=f"{right.number}")
    assert f"It goes off {reference(wrong.number)}" in amina.text
    amina.press(f"Move it to {reference(right.number)}")
    assert f"stands here now, and not on {reference(wrong.number)}" in amina.text
    session.expire_all()
    assert mail.ticket_number == right.number
    for here, there in ((wrong, right), (right, wrong)):
        amina.get(f"/tickets/{here.number}/history")
        assert amina.page.css_matches(f".desk-events a[href='/tickets/{there.number}']")
    amina.get(f"/mail/{mail.id}")
    amina.press("Take it off the ticket")
    assert "It was joined to the wrong ticket" in amina.text
    session.expire_all()
    assert mail.state == MailState.UNSORTED


def test_a_mail_on_a_ticket_that_is_held_stays(enter: Enter, session: Session, people: People, mail: Mail):
    ticket = reported(session)
    amina = enter("amina")
    amina.get(f"/mail/{mail.id}")
    join(amina, ticket.number)
    held: dict[str, Any] = {"reason": "A complaint", "until_on": clock.today() + timedelta(days=4)}
    hold(session, people.mo, HoldInput(number=str(ticket.number), **held))
    amina.get(f"/mail/{mail.id}")
    amina.press("Take it off the ticket")
    assert "on hold" in amina.text
    session.expire_all()
    assert mail.state == MailState.JOINED


def test_a_mail_that_came_by_a_link_is_moved_off_its_ticket_by_nobody(
    enter: Enter, session: Session, people: People
):
    give_mailbox(session, people)
    ticket = reported(session)
    mail = arrive(session, people, letter("It works", reply_to(session, ticket)))
    amina = enter("amina")
    amina.get(f"/mail/{mail.id}")
    assert "wrong ticket" not in amina.text
