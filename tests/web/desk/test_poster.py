"""The poster: one sheet that leads to the report page of its own service, for whoever works there."""

import re

import pytest
from sqlmodel import Session, col, delete

from navigator.catalogue.contact import Contact, ContactKind
from navigator.catalogue.crisis_wording import CrisisWording
from navigator.settings import settings
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter
from web.app import app
from web.kit.qr_code import qr_code


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NAVIGATOR_BASE_URL", "https://desk.example/")
    settings.cache_clear()


@pytest.mark.parametrize("who", ["amina", "priya", "mo", "ada"])
def test_staff_find_the_poster_of_their_service_and_of_no_other(enter: Enter, people: People, who: str):
    visitor = enter(who)
    visitor.get("/home")
    href = visitor.one("main a[href^='/poster/']").attributes["href"] or ""
    assert href == "/poster/north"
    assert visitor.get(href).status_code == 200
    assert visitor.get("/poster/south").status_code == 404
    assert visitor.get("/poster/nowhere").status_code == 404


def test_a_clinician_has_no_poster(enter: Enter, people: People):
    visitor = enter("cole")
    visitor.get("/home")
    assert not visitor.page.css("main a[href^='/poster/']")
    assert visitor.get("/poster/north").status_code == 403


def test_its_address_opens_the_journey_with_the_service_chosen(enter: Enter, people: People):
    visitor = enter("amina")
    visitor.get("/poster/north")
    address = visitor.one(".desk-poster-address strong").text()
    assert address == "http://127.0.0.1:8000/report?service=north"
    patient = Visitor(app)
    patient.get(address.removeprefix("http://127.0.0.1:8000"))
    chosen = patient.one("input[name=service][checked]")
    assert chosen.attributes["value"] == "north"


def test_the_square_holds_the_address_and_is_black_on_white(enter: Enter, people: People):
    visitor = enter("amina")
    visitor.get("/poster/north")
    drawn = visitor.one(".desk-square")
    assert drawn.attributes["aria-label"] == "QR code that opens http://127.0.0.1:8000/report?service=north"
    shown = [one.attributes["d"] for one in drawn.css("path")]
    assert shown == re.findall(r' d="([^"]+)"', qr_code("http://127.0.0.1:8000/report?service=north"))
    assert shown != re.findall(r' d="([^"]+)"', qr_code("http://127.0.0.1:8000/report?service=south"))
    assert [one.attributes.get("fill") or one.attributes.get("stroke") for one in drawn.css("path")] == [
        "#fff",
        "#000",
    ]


def test_it_shows_the_crisis_card_of_its_service(enter: Enter, session: Session, people: People):
    wording = session.get_one(CrisisWording, people.north)
    wording.lines = [{"when": "Life at risk", "do": "Call 999", "short": "Call 999", "call": "999"}]
    session.flush()
    visitor = enter("amina")
    visitor.get("/poster/north")
    assert [one.text() for one in visitor.page.css(".desk-crisis dt")] == ["Life at risk"]


def test_it_warns_while_the_address_is_only_this_computers(enter: Enter, people: People):
    visitor = enter("amina")
    visitor.get("/poster/north")
    assert "Do not put this up yet" in visitor.text


def test_it_does_not_warn_of_a_real_address(served: None, enter: Enter, session: Session, people: People):
    visitor = enter("amina")
    visitor.cookies = {f"__Host-{name}": value for name, value in visitor.cookies.items()}
    visitor.get("https://testserver/poster/north")
    assert "Do not put this up yet" not in visitor.text
    assert "https://desk.example/report?service=north" in visitor.text


def test_a_service_that_takes_no_reports_has_none(enter: Enter, session: Session, people: People):
    kind = col(Contact.kind) == ContactKind.DEPUTY
    session.exec(delete(Contact).where(col(Contact.service_id) == people.north, kind))
    visitor = enter("ada")
    visitor.get("/poster/north")
    assert "takes no reports yet" in visitor.text
    assert not visitor.page.css(".desk-square")
