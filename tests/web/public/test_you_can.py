"""What a reporter can do on their page is drawn once for many, as if it were drawn for each alone."""

import re
from datetime import timedelta

import pytest
from sqlmodel import Session

from navigator import clock
from navigator.people import card_codes, private_links
from navigator.people.reporter import ContactMethod, Reporter
from tests.navigator.tickets.report_factory import tell
from tests.page_visitor import Visitor
from tests.people import People
from web.app import app
from web.public import you_can

_MARK = re.compile(r'<input[^>]*name="once"[^>]*>')
EMAIL, PHONE = "pat.quiet@post.example", "01632960777"


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    you_can._drawn_once.cache_clear()


def followed(session: Session, **reporter: object) -> tuple[int, Visitor]:
    """A ticket whose reporter is like this, and they at its page."""
    ticket = tell(session)
    number = ticket.number
    who = session.get_one(Reporter, ticket.reporter_id)
    known = {
        "contact_method": ContactMethod.EMAIL,
        "email": EMAIL,
        "phone": PHONE,
        "is_safe_to_contact": True,
    }
    for name, value in (known | reporter).items():
        setattr(who, name, value)
    ticket.session_on, ticket.session_is_weekly = clock.today() + timedelta(days=3), True
    token = private_links.mint(session, number)
    session.flush()
    visitor = Visitor(app)
    visitor.get(f"/t/{token}")
    return number, visitor


def shown(visitor: Visitor, number: int) -> str:
    """The end of the page, but for the marks of its forms."""
    page = visitor.get(f"/follow/{number}").text
    marked = page[page.index('id="you-can"') :]
    return _MARK.sub("", marked)


@pytest.mark.parametrize(
    "reporter",
    [
        {},
        {"contact_method": ContactMethod.TEXT, "other_is_safe": True},
        {"contact_method": ContactMethod.NONE, "email": "", "phone": "", "is_safe_to_contact": None},
        {"support_code": card_codes.mint(), "contact_method": ContactMethod.PHONE},
        {"phone": "</script>'\"&"},
    ],
)
def test_it_is_as_if_it_were_drawn_for_them_alone(
    session: Session, people: People, monkeypatch: pytest.MonkeyPatch, reporter: dict[str, object]
) -> None:
    number, visitor = followed(session, **reporter)
    once = shown(visitor, number), shown(visitor, number)
    assert you_can._drawn_once.cache_info()[:2] == (2, 1)  # opening the link shows it too
    monkeypatch.setattr(you_can, "_told_more", lambda _: True)
    assert once == (shown(visitor, number),) * 2


def test_what_is_kept_holds_nothing_of_anybody(
    session: Session, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[object] = []
    draw = you_can._drawn_once

    def note(shape: you_can.Shape) -> list[str]:
        drawn.append((shape, draw(shape)))
        return draw(shape)

    monkeypatch.setattr(you_can, "_drawn_once", note)
    number, visitor = followed(session)
    assert EMAIL in shown(visitor, number)
    other, its_visitor = followed(session, email="second@post.example", phone="")
    page = shown(its_visitor, other)
    assert "second@post.example" in page
    assert EMAIL not in page
    assert f'action="/follow/{other}/contact"' in page
    assert f"/follow/{number}/" not in page
    kept = str(drawn)
    assert "Change how we reach you" in kept
    for own in (EMAIL, "second@", "960777", "960 777", f"/follow/{number}", f"/follow/{other}"):
        assert own not in kept


def test_hours_of_quiet_and_access_needs_are_kept_nowhere(session: Session, people: People) -> None:
    for told in ({"quiet_from_hour": 21, "quiet_until_hour": 8}, {"access_needs": ["screen_reader"]}):
        number, visitor = followed(session, **told)
        assert shown(visitor, number)
    assert you_can._drawn_once.cache_info().currsize == 0
