"""Tickets of another desk on the page: looked at, then brought in; what is wrong is named by its line."""

import pytest
from sqlmodel import Session, select

from navigator.desk_import.imported_ticket import ImportedTicket
from navigator.tickets.ticket import Ticket
from tests.navigator.desk_import.test_desk_import import EXPORTS
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter

CSV = (EXPORTS / "osticket.csv").read_text()


@pytest.fixture
def visitor(enter: Enter) -> Visitor:
    """Ada, logged in, at the form."""
    visitor = enter("ada")
    visitor.get("/settings/desk-import")
    return visitor


def test_it_is_looked_at_and_then_brought_in_once(visitor: Visitor, enter: Enter, session: Session) -> None:
    visitor.press("Look at what would be made", service="north", source="osticket", mapping="", export=CSV)
    assert "This would be made: 2 tickets, 1 of them open." in visitor.text
    assert session.exec(select(Ticket)).all() == []
    visitor.press("Bring them in")
    assert "2 tickets were brought in" in visitor.text
    assert len(session.exec(select(Ticket)).all()) == 2
    visitor.press("Look at what would be made", service="north", source="osticket", mapping="", export=CSV)
    assert "2 are here already" in visitor.text
    amina = enter("amina")
    brought = session.exec(select(ImportedTicket).where(ImportedTicket.source_id == "104211")).one()
    amina.get(f"/tickets/{brought.ticket_number}/history")
    assert "brought it in from osticket, where it was 104211" in amina.text


def test_what_is_wrong_is_named_by_its_line(visitor: Visitor) -> None:
    wrong = CSV.replace(",Open,", ",On the moon,")
    visitor.press("Look at what would be made", service="north", source="osticket", mapping="", export=wrong)
    assert "Line 4: status: “On the moon” is in no mapping" in visitor.text


def test_a_mapping_that_is_wrong_is_refused_at_its_box(visitor: Visitor) -> None:
    asked = {"service": "north", "source": "osticket", "mapping": "status: {a: gone}", "export": CSV}
    visitor.press("Look at what would be made", **asked)
    assert visitor.problems


def test_another_service_is_refused(visitor: Visitor, session: Session, people: People) -> None:
    asked = {"service": "south", "source": "osticket", "mapping": "", "export": CSV, "do": "save"}
    answer = visitor.post("/settings/desk-import", data=asked)
    assert answer.status_code in (403, 404, 422)
    assert session.exec(select(Ticket)).all() == []
