"""Pictures from patients: with a report and with an answer, by HTML alone."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlmodel import Session, col, select

from navigator import clock
from navigator.attachments.attachment import Attachment
from navigator.attachments.storage import storage
from navigator.people import private_links
from navigator.people.actor import ANONYMOUS
from navigator.tickets.actions import staff
from navigator.tickets.report_input import ReportInput
from navigator.tickets.ticket import Message, Ticket
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter
from tests.web.report_journey import tell
from web.app import app

ORIENTATION, GPS, MODEL = 0x0112, 0x8825, 0x0110
PDF = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer << >>\n%%EOF\n"


def photo(width: int = 60, height: int = 30) -> bytes:
    """A photo as a phone makes it: turned by a tag, and with the place where it was taken."""
    image = Image.new("RGB", (width, height), "red")
    image.paste("blue", (0, 0, width // 2, height))
    exif = image.getexif()
    exif[ORIENTATION], exif[MODEL] = 6, "A phone of somebody"
    exif.get_ifd(GPS)[2] = (51.0, 30.0, 0.0)
    content = BytesIO()
    image.save(content, "JPEG", exif=exif)
    return content.getvalue()


@pytest.fixture
def ticket(session: Session, people: People) -> Ticket:
    told = ReportInput(service="north", programme="fern", text="I cannot log in")
    return staff.report(session, ANONYMOUS, told).ticket


@pytest.fixture
def pat(session: Session, ticket: Ticket) -> Visitor:
    """The reporter, on the page of their report."""
    visitor = Visitor(app)
    visitor.get(f"/t/{private_links.mint(session, ticket.number)}")
    return visitor


def address(visitor: Visitor, selector: str) -> str:
    """Where something on the page leads, or comes from."""
    found = visitor.one(selector).attributes
    return found.get("href") or found.get("src") or ""


def send(visitor: Visitor, *files: tuple[str, bytes], body: str = "Look") -> None:
    """Answer with files, as the form of the page does."""
    form = visitor.one("form[action$='/answer']")
    assert form.attributes["enctype"] == "multipart/form-data"
    mark = form.css_first("[name=once]")
    fields = {"body": body, "once": mark.attributes["value"] if mark else ""}
    sent = [("files", (name, content, "image/png")) for name, content in files]
    visitor.post(form.attributes["action"] or "", data=fields, files=sent or [("files", ("", b"", ""))])


def test_a_photo_arrives_turned_right_and_says_nothing_of_its_phone(pat: Visitor, session: Session):
    send(pat, ("IMG_1.jpg", photo()))
    assert "Your message was sent." in pat.text
    assert session.exec(select(Message.body).order_by(col(Message.id))).all()[-1] == "Look"
    small = pat.get(address(pat, ".desk-files img"))
    assert small.headers["content-type"] == "image/jpeg"
    pat.get(f"/follow/{session.exec(select(Ticket.number)).one()}")
    full = pat.get(address(pat, ".desk-files a"))
    image = Image.open(BytesIO(full.content))
    assert image.size == (30, 60)
    assert not image.getexif()
    assert b"phone" not in full.content
    pixel: Any = image.getpixel((15, 5))
    red, _, blue = pixel
    assert red < 60 < blue
    assert full.headers["cache-control"] == "no-store"
    assert "set-cookie" not in full.headers
    assert "sandbox" in full.headers["content-security-policy"]
    assert full.headers["referrer-policy"] == "no-referrer"


def test_a_pdf_is_a_download(pat: Visitor):
    """T14 of the peers."""
    send(pat, ("letter.pdf", PDF))
    got = pat.get(address(pat, ".desk-files a"))
    assert got.content == PDF
    assert got.headers["content-disposition"].startswith("attachment")
    assert got.headers["x-content-type-options"] == "nosniff"


def test_pictures_alone_are_an_answer(pat: Visitor, session: Session):
    send(pat, ("a.jpg", photo()), ("b.pdf", PDF), body="")
    assert "Your message was sent." in pat.text
    assert len(pat.page.css(".desk-files li")) == 2


def test_a_file_that_is_not_taken_loses_no_words(pat: Visitor, session: Session):
    send(pat, ("IMG_1.jpg", photo()), ("wrong.png", b"<html>"), body="My own words")
    assert "“wrong.png” was not sent" in pat.problems[0]
    assert "IMG_1" not in pat.problems[0]
    assert "The others were not sent either" in pat.problems[0]
    assert "My own words" in pat.one("textarea").text()
    assert session.exec(select(Attachment)).all() == []


def test_of_the_others_nothing_is_said_where_there_are_none(pat: Visitor):
    send(pat, ("wrong.png", b"<html>"), ("worse.png", b"<html>"), body="My own words")
    assert "“worse.png” was not sent" in pat.problems[0]
    assert "others" not in pat.problems[0]


def test_what_no_report_and_no_answer_takes_is_not_kept(session: Session, people: People, pat: Visitor):
    """Else whoever sends pictures with nothing could fill the disk, and no limit would count them."""
    stranger = Visitor(app)
    assert stranger.post("/report/pictures", files=[("files", ("a.pdf", PDF, "x/y"))]).status_code == 200
    tell(stranger)
    for _ in range(2):
        stranger.post("/report/pictures", files=[("files", ("a.pdf", PDF, "x/y"))] * 2)
    assert "up to 3 files" in stranger.problems[0]
    send(pat, ("a.pdf", PDF), body="x" * 5001)
    assert pat.problems
    names = set(session.exec(select(Attachment.name)))
    assert len(names) == 2
    assert {name for name, _ in storage().names()} == names


@pytest.mark.parametrize("size", [8_500_000, 30_000_000])
def test_a_file_that_is_too_large_loses_no_words(pat: Visitor, size: int):
    send(pat, ("film.mp4", b"\xff\xd8\xff" + bytes(size)), body="My own words")
    assert "bigger than 8 MB" in pat.problems[0]
    assert "My own words" in pat.one("textarea").text()


def test_four_files_are_one_too_many(pat: Visitor):
    """T17 of the peers."""
    send(pat, *[("a.jpg", photo())] * 4, body="My own words")
    assert "up to 3 files" in pat.problems[0]
    assert "My own words" in pat.one("textarea").text()


def test_an_address_lasts_a_minute_and_opens_one_file(pat: Visitor):
    send(pat, ("a.jpg", photo()))
    href = address(pat, ".desk-files a")
    signed = str(pat.get(href, follow_redirects=False).headers["location"])
    stranger = Visitor(app)
    assert stranger.get(signed).status_code == 200  # it needs no cookie, and proves nothing
    assert stranger.get(href).status_code == 404
    assert stranger.get(signed[:-2] + "xx").status_code == 404
    clock.set_to(clock.now() + timedelta(minutes=2))
    gone = stranger.get(signed)
    assert gone.status_code == 404
    assert "style-src 'self'" in gone.headers["content-security-policy"]  # our page, with its looks
    assert pat.get(href).status_code == 200


def test_another_reporter_and_another_service_find_nothing(
    pat: Visitor, session: Session, people: People, enter: Enter, ticket: Ticket
):
    """T9 of the peers."""
    send(pat, ("a.jpg", photo()))
    file_id = session.exec(select(Attachment.id)).one()
    told = ReportInput(service="north", programme="fern", text="Another")
    other = staff.report(session, ANONYMOUS, told).ticket
    stranger = Visitor(app)
    stranger.get(f"/t/{private_links.mint(session, other.number)}")
    for number in (other.number, ticket.number):
        assert stranger.get(f"/follow/{number}/files/{file_id}/full").status_code == 404
    private_links.revoke_all(session, ticket.number)
    session.flush()
    assert pat.get(f"/follow/{ticket.number}/files/{file_id}/full").status_code == 404  # a former link


def test_pictures_go_with_a_report(session: Session, people: People, enter: Enter):
    visitor = Visitor(app)
    tell(visitor)
    visitor.get(address(visitor, "main a[href='/report/pictures']"))
    visitor.post("/report/pictures", files=[("files", ("a.jpg", photo(), "x/y"))])
    assert len(visitor.page.css(".desk-files img")) == 1
    assert visitor.get(address(visitor, ".desk-files img")).status_code == 200
    visitor.get("/report/pictures")
    visitor.press("Remove")
    assert not visitor.page.css(".desk-files img")
    visitor.post("/report/pictures", files=[("files", ("a.jpg", photo(), "x/y"))])
    visitor.get("/report/check")
    assert len(visitor.page.css(".desk-files img")) == 1
    visitor.press("Confirm and send")
    number = session.exec(select(Ticket.number)).one()
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    assert "Not checked for viruses" in amina.text
    assert amina.get(address(amina, ".desk-files img")).status_code == 200


def test_pictures_go_with_the_draft_that_is_cleared(session: Session, people: People):
    visitor = Visitor(app)
    tell(visitor)
    visitor.post("/report/pictures", files=[("files", ("a.jpg", photo(), "x/y"))])
    visitor.get("/report/clear")
    visitor.press("Yes, clear my answers")
    session.expire_all()
    assert session.exec(select(Attachment)).all() == []
