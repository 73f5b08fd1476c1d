"""Pictures and PDFs through the API: sent by a reporter or staff, read by whoever may read their message."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import Session, select

from navigator.attachments.attachment import Attachment
from navigator.people.user import Role
from navigator.tickets.ticket import ClinicalReview, Message, Ticket
from tests.api.client import Caller
from tests.web.public.test_pictures import PDF, photo


def send(caller: Caller, number: int, *files: bytes, **said: str) -> Any:
    parts = [("files", (f"{index}.x", content, "a/b")) for index, content in enumerate(files)]
    return caller.post(
        f"/tickets/{number}/attachments", data=said, files=parts or [("files", ("", b"", "a/b"))]
    )


def test_a_reporter_sends_pictures_after_the_report(reporter: Caller, ticket: Ticket, navigator: Caller):
    assert send(reporter, ticket.number, photo(), PDF, body="Here").status_code == 200
    (_, said) = reporter.get(f"/tickets/{ticket.number}").json()["messages"]
    assert said["body"] == "Here"
    assert [one["kind"] for one in said["attachments"]] == ["picture", "pdf"]
    for caller in (reporter, navigator):
        picture, pdf = (
            caller.get(f"/tickets/{ticket.number}/attachments/{one['id']}") for one in said["attachments"]
        )
        assert picture.headers["content-type"] == "image/jpeg"
        assert pdf.content == PDF
        assert pdf.headers["content-disposition"] == "attachment"


def test_a_note_with_a_picture_is_for_staff(
    reporter: Caller, ticket: Ticket, navigator: Caller, session: Session
):
    assert send(navigator, ticket.number, photo(), body="See", audience="staff").status_code == 200
    file_id = session.exec(select(Attachment.id)).one()
    assert reporter.get(f"/tickets/{ticket.number}/attachments/{file_id}").status_code == 404
    assert navigator.get(f"/tickets/{ticket.number}/attachments/{file_id}").status_code == 200
    assert send(navigator, ticket.number, photo(), body="See this").status_code == 200
    answer = session.exec(select(Message).order_by(Message.id.desc())).first()  # type: ignore[attr-defined]
    assert answer is not None
    assert (answer.action, answer.has_attachments) == ("reply", True)


def test_what_is_wrong_is_said(reporter: Caller, ticket: Ticket, navigator: Caller, session: Session):
    wrong = send(reporter, ticket.number, b"<html>")
    assert wrong.status_code == 422
    assert "“0.x” was not sent" in wrong.json()["detail"]
    assert send(reporter, ticket.number).json()["errors"] == {"files": "Send a picture or a PDF."}
    assert send(navigator, ticket.number, PDF).json()["errors"] == {"body": "Say what they show."}
    assert send(navigator, ticket.number, PDF, body="x", audience="all").status_code == 422
    assert send(navigator, ticket.number, PDF, body="x", more="y").status_code == 422
    assert reporter.post(f"/tickets/{ticket.number}/attachments", json={"body": "x"}).status_code == 422
    assert session.exec(select(Attachment)).all() == []


@pytest.mark.parametrize("role", [Role.NAVIGATOR, Role.CLINICIAN, Role.PWP])
def test_another_service_finds_nothing(
    with_key: Callable[..., Caller], ticket: Ticket, reporter: Caller, session: Session, role: Role
):
    send(reporter, ticket.number, PDF)
    file_id = session.exec(select(Attachment.id)).one()
    stranger = with_key(role, "south")
    assert stranger.get(f"/tickets/{ticket.number}/attachments/{file_id}").status_code in (403, 404)
    assert send(stranger, ticket.number, PDF, body="x").status_code in (403, 404)


def test_words_of_risk_with_a_picture_are_answered_as_those_without(reporter: Caller, ticket: Ticket):
    told = send(reporter, ticket.number, PDF, body="I want to end my life").json()
    assert told["safety_notice"] == reporter.get(f"/tickets/{ticket.number}").json()["safety_notice"]
    assert told["safety_notice"]["lines"]
    assert "opened_hand_over" not in told


def test_a_note_with_a_picture_says_what_it_opened(navigator: Caller, ticket: Ticket, session: Session):
    said = {"body": "She said that she wants to end her life", "audience": "staff"}
    told = send(navigator, ticket.number, PDF, **said).json()
    review = session.exec(select(ClinicalReview)).one()
    assert told["opened_hand_over"] == review.id


def test_a_reply_with_a_picture_that_is_warned_of_is_sent_once_somebody_looked(
    navigator: Caller, ticket: Ticket
):
    said = {"body": "Your password is Sparrow-88-tree"}
    assert "confirmed" in send(navigator, ticket.number, PDF, **said).json()["errors"]
    assert send(navigator, ticket.number, PDF, confirmed="true", **said).status_code == 200
