"""What a private link opens in a browser, and what it does not."""

import pytest
from itsdangerous import URLSafeSerializer
from sqlmodel import Session

from navigator.people import private_links
from navigator.people.actor import ANONYMOUS
from navigator.settings import settings
from navigator.tickets.actions import staff
from navigator.tickets.report_input import ReportInput
from tests.page_visitor import Visitor
from tests.people import People, token_of
from web.app import app


@pytest.fixture
def visitor() -> Visitor:
    return Visitor(app)


@pytest.fixture
def numbers(session: Session, people: People) -> list[int]:
    """Two tickets of two patients."""
    told = [
        ReportInput(service="north", programme="fern", text=text) for text in ("first thing", "second thing")
    ]
    return [staff.report(session, ANONYMOUS, one).ticket.number for one in told]


def minted(session: Session, number: int) -> str:
    token = private_links.mint(session, number)
    session.flush()
    return token


def test_the_token_goes_out_of_the_address_at_once(visitor: Visitor, session: Session, numbers: list[int]):
    """T5 of the peers."""
    token = minted(session, numbers[0])
    answer = visitor.get(f"/t/{token}", follow_redirects=False)
    assert answer.headers["location"] == f"/follow/{numbers[0]}"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    assert {"HttpOnly", "SameSite=lax"} <= set(answer.headers["set-cookie"].split("; "))
    assert token not in answer.headers["set-cookie"]
    visitor.get(f"/t/{token}")
    assert "first thing" in visitor.text
    assert token not in (visitor.page.html or "")


def test_one_ticket_only(visitor: Visitor, session: Session, numbers: list[int]):
    """T9 of the peers."""
    visitor.get(f"/t/{minted(session, numbers[0])}")
    assert visitor.get(f"/follow/{numbers[1]}").status_code == 404
    visitor.cookies.set(f"desk_reporter_{numbers[1]}", visitor.cookies[f"desk_reporter_{numbers[0]}"])
    assert visitor.get(f"/follow/{numbers[1]}").status_code == 404
    assert visitor.post(f"/follow/{numbers[1]}/withdrawal").status_code == 404


def test_several_tickets_in_one_browser(visitor: Visitor, session: Session, numbers: list[int]):
    for number in numbers:
        visitor.get(f"/t/{minted(session, number)}")
    assert [visitor.get(f"/follow/{number}").status_code for number in numbers] == [200, 200]


@pytest.mark.parametrize("key", ["another key", ""])
def test_nobody_makes_a_cookie_for_themselves(
    visitor: Visitor, session: Session, numbers: list[int], key: str
):
    link = private_links.link_by_token(session, minted(session, numbers[0]))
    assert link
    salts = {"another key": "reporter", "": "flash"}  # signed by somebody else, or by us for something else
    forged = URLSafeSerializer(key or settings().signing_key(), salt=salts[key]).dumps(link.id)
    for value in (forged, str(link.id), f"{link.id}.", ""):
        visitor.cookies.set(f"desk_reporter_{numbers[0]}", value)
        assert visitor.get(f"/follow/{numbers[0]}").status_code == 404


def test_ending_the_links_ends_what_they_opened(visitor: Visitor, session: Session, numbers: list[int]):
    visitor.get(f"/t/{minted(session, numbers[0])}")
    private_links.revoke_all(session, numbers[0])
    gone = visitor.get(f"/follow/{numbers[0]}")
    never = visitor.get(f"/follow/{numbers[1]}")
    nothing = visitor.get("/follow/4711")
    assert {one.status_code for one in (gone, never, nothing)} == {404}
    assert len({one.text for one in (gone, never, nothing)}) == 1


def test_being_staff_opens_no_reporters_page(
    visitor: Visitor, session: Session, people: People, numbers: list[int]
):
    visitor.cookies.set("desk_log_in", token_of(session, people.amina))
    assert visitor.get(f"/follow/{numbers[0]}").status_code == 404
