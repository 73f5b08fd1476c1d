"""Pictures and PDFs from staff: they wait for the words that they go with, whose readers see them."""

import pytest
from sqlmodel import Session, select

from navigator.attachments.attachment import Attachment
from navigator.catalogue.service import Service
from navigator.people import private_links
from navigator.people.actor import ANONYMOUS
from navigator.tickets.actions import staff
from navigator.tickets.report_input import ReportInput
from navigator.tickets.ticket import Message, Ticket
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter
from tests.web.public.test_pictures import PDF, address, photo
from web.app import app


@pytest.fixture
def ticket(session: Session, people: People) -> Ticket:
    told = ReportInput(service="north", programme="fern", text="I cannot log in")
    return staff.report(session, ANONYMOUS, told).ticket


def add(visitor: Visitor, number: int, to: str, *files: tuple[str, bytes]) -> None:
    """Press the button beside the words, and choose files on the page that it leads to."""
    visitor.press("Add a picture or PDF", body="What I was writing")
    assert visitor.path == f"/tickets/{number}/files/{to}"
    mark = visitor.one("form[enctype] [name=once]").attributes["value"]
    sent = [("files", (name, content, "a/b")) for name, content in files]
    visitor.post(visitor.path, data={"once": mark}, files=sent)


def test_a_reply_takes_the_pictures_that_wait_for_it(
    enter: Enter, session: Session, ticket: Ticket, people: People
):
    session.get_one(Service, ticket.service_id).undo_seconds = 0
    amina = enter("amina")
    amina.get(f"/tickets/{ticket.number}")
    add(amina, ticket.number, "replies", ("a.jpg", photo()), ("b.pdf", PDF))
    amina.get(f"/tickets/{ticket.number}")
    assert "What I was writing" in amina.one("textarea[name=body]").text()
    assert len(amina.page.css(".desk-files li")) == 2
    small = address(amina, ".desk-files img")
    assert amina.get(small).status_code == 200
    assert enter("tom").get(small).status_code == 404  # until it is sent it is hers alone
    amina.get(f"/tickets/{ticket.number}")
    amina.press("Send")
    assert len(amina.page.css(".desk-messages .desk-files li")) == 2
    pat = Visitor(app)
    pat.get(f"/t/{private_links.mint(session, ticket.number)}")
    assert len(pat.page.css(".desk-files li")) == 2
    assert "virus" not in pat.text
    assert pat.get(address(pat, ".desk-files img")).status_code == 200


def test_a_note_with_a_picture_is_for_staff_only(enter: Enter, session: Session, ticket: Ticket):
    amina = enter("amina")
    amina.get(f"/tickets/{ticket.number}/notes")
    add(amina, ticket.number, "notes", ("a.jpg", photo()))
    amina.get(f"/tickets/{ticket.number}/notes")
    amina.press("Save note for staff", body="See the picture")
    file_id = session.exec(select(Attachment.id)).one()
    pat = Visitor(app)
    pat.get(f"/t/{private_links.mint(session, ticket.number)}")
    assert not pat.page.css(".desk-files")
    assert pat.get(f"/follow/{ticket.number}/files/{file_id}/full").status_code == 404
    assert amina.get(f"/tickets/{ticket.number}/files/{file_id}/full").status_code == 200
    assert enter("priya").get(f"/tickets/{ticket.number}/files/{file_id}/full").status_code == 404


def test_what_is_taken_back_waits_again_with_its_pictures(enter: Enter, session: Session, ticket: Ticket):
    amina = enter("amina")
    amina.get(f"/tickets/{ticket.number}")
    add(amina, ticket.number, "replies", ("a.jpg", photo()))
    amina.get(f"/tickets/{ticket.number}")
    amina.press("Send", body="I look at it")
    file_id = session.exec(select(Attachment.id)).one()
    pat = Visitor(app)
    pat.get(f"/t/{private_links.mint(session, ticket.number)}")
    assert pat.get(f"/follow/{ticket.number}/files/{file_id}/full").status_code == 404  # it has not left
    amina.press("Undo")
    session.expire_all()
    assert session.exec(select(Attachment.message_id)).one() is None
    assert len(amina.page.css(".desk-public .desk-files li")) == 1
    amina.press("Send", body="I look at it now")
    session.expire_all()
    assert (
        session.exec(select(Attachment.message_id)).one()
        == session.exec(select(Message.id).where(Message.body == "I look at it now")).one()
    )


def test_files_cannot_wait_for_words_that_one_may_not_write(enter: Enter, ticket: Ticket):
    priya = enter("priya")
    for to in ("replies", "notes"):
        response = priya.post(f"/tickets/{ticket.number}/files/{to}", files=[("files", ("a", PDF, "a/b"))])
        assert response.status_code in (403, 404)


@pytest.mark.parametrize(("who", "kind", "to"), [("priya", "me", "answers"), ("amina", "phone", "notes")])
def test_a_report_typed_by_staff_is_saved_before_its_picture(
    enter: Enter, session: Session, people: People, who: str, kind: str, to: str
):
    visitor = enter(who)
    visitor.get("/desk/report")
    visitor.press(
        "Save it and add a picture",
        who=kind,
        service="north",
        programme="fern",
        text="The page is blank",
        contact__route="email",
        contact__email="pat@post.example",
        safe="yes",
    )
    number = session.exec(select(Ticket.number)).one()
    assert visitor.path == f"/tickets/{number}/files/{to}"
