"""A ticket’s pages open by its number however it is written, and whatever hangs on to their address."""

import pytest
from sqlmodel import Session, col, select

from navigator.people import private_links
from navigator.people.reporter import reference
from navigator.tickets.ticket import Message
from tests.navigator.tickets.report_factory import tell
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter
from web.app import app
from web.kit.file_paths import TAKES_FILES

FORMS = ("{reference}", "dn {number}", "dn{number}", "DN-{number}", "000{number}")


@pytest.mark.parametrize("form", FORMS)
def test_staff_open_it_by_its_reference(enter: Enter, session: Session, form: str) -> None:
    number = tell(session).number
    written = form.format(reference=reference(number), number=number)
    amina = enter("amina")
    assert amina.get(f"/tickets/{written}").status_code == 200
    assert reference(number) in amina.text
    assert amina.get(f"/tickets/{written}/notes").status_code == 200
    amina.post(f"/tickets/{written}/notes", data={"body": "By its reference"})
    assert "By its reference" in session.exec(select(Message.body).order_by(col(Message.id))).all()


def test_a_reporter_follows_it_by_its_reference(people: People, session: Session) -> None:
    number = tell(session).number
    visitor = Visitor(app)
    visitor.get(f"/t/{private_links.mint(session, number)}")
    assert visitor.get(f"/follow/{reference(number)}").status_code == 200
    assert visitor.get(f"/follow/{number}?utm_source=mail&fbclid=x").status_code == 200


@pytest.mark.parametrize("written", ["-1", "DN-0", "DN-", "x", "1.5", "DN-9999999999", "%E2%80%8B"])
def test_what_is_no_number_is_no_page(enter: Enter, people: People, written: str) -> None:
    assert enter("amina").get(f"/tickets/{written}").status_code == 404


@pytest.mark.parametrize("number", ["615", "DN-000615", "dn 615", "dn615"])
def test_files_are_taken_at_each_of_its_addresses(number: str) -> None:
    for path in (
        f"/follow/{number}/answer",
        f"/tickets/{number}/files/replies",
        f"/api/v1/tickets/{number}/attachments",
    ):
        assert TAKES_FILES.fullmatch(path), path
