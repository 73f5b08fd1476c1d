"""What patients think, on their pages: one tap, ten numbers, by link or card; and what needs do there."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.catalogue.service import Service
from navigator.people import private_links
from navigator.people.actor import reporter
from navigator.people.reporter import Reporter
from navigator.tickets.actions import reporter as following
from navigator.tickets.actions import staff
from navigator.tickets.actions.inclusion import set_needs
from navigator.tickets.inclusion_inputs import NeedsInput
from navigator.tickets.inputs import ResolveInput
from navigator.tickets.ticket import Resolution, Ticket
from navigator.usability.tables import UsabilityAnswer, UsabilitySetting
from tests.navigator.support_cards.card_factory import make
from tests.navigator.tickets.report_factory import tell
from tests.page_visitor import Visitor
from tests.people import People

BEST = {f"answers.{n}": "5" if n % 2 else "1" for n in range(1, 11)}
ASKED = "Was it put right in a way that worked for you?"


@pytest.fixture
def asks(session: Session, people: People) -> UsabilitySetting:
    clock.set_to(datetime(2026, 6, 9, 9, 0, tzinfo=UTC))
    setting = UsabilitySetting(
        service_id=people.north,
        asks_after_fix=True,
        rounds=["2026-06-08"],
        owner="Mo",
        review_on=date(2027, 1, 1),
    )
    session.add(setting)
    return setting


@pytest.fixture
def ticket(session: Session, people: People, asks: UsabilitySetting) -> Ticket:
    """One that was put right, and waits to be confirmed."""
    ticket = tell(session)
    fixed = ResolveInput(resolution=Resolution.FIXED, body="It works now.")
    staff.resolve(session, people.amina, ticket.number, fixed)
    session.flush()
    return ticket


@pytest.fixture
def follower(session: Session, ticket: Ticket, visitor: Visitor) -> Visitor:
    visitor.get(f"/t/{private_links.mint(session, ticket.number)}")
    return visitor


def answers(session: Session) -> list[tuple[str, float]]:
    return [(row.question, row.score) for row in session.exec(select(UsabilityAnswer))]


def test_one_tap_after_it_works(follower: Visitor, session: Session) -> None:
    assert ASKED not in follower.text, "first it is asked if it works at all"
    follower.press("It works now")
    assert ASKED in follower.text
    follower.press("No")
    assert "Your answer is kept without your name." in follower.text
    assert ASKED not in follower.text
    assert answers(session) == [("fix", 0.0)]


def test_a_tap_that_says_nothing_is_none(follower: Visitor, session: Session, ticket: Ticket) -> None:
    follower.press("It works now")
    follower.post(f"/follow/{ticket.number}/worked", data={"worked": "perhaps"})
    assert ASKED in follower.text
    assert answers(session) == []


def test_ten_numbers_once(follower: Visitor, session: Session, ticket: Ticket) -> None:
    follower.press("It works now")
    follower.get(f"/follow/{ticket.number}/programme")
    assert "System Usability Scale, John Brooke 1996" in follower.text
    follower.press("Send my answers", **{name.replace(".", "__"): value for name, value in BEST.items()})
    assert follower.problems == []
    assert answers(session) == [("programme", 100.0)]
    assert follower.get(f"/follow/{ticket.number}/programme").status_code == 404


def test_what_is_missing_is_said_where_it_is(follower: Visitor, session: Session, ticket: Ticket) -> None:
    follower.press("It works now")
    follower.get(f"/follow/{ticket.number}/programme")
    some = {name.replace(".", "__"): value for name, value in BEST.items() if name != "answers.7"}
    follower.press("Send my answers", **some)
    assert follower.problems == ["Choose a number for 7. If you cannot say, choose 3"]
    assert answers(session) == []


@pytest.mark.usefixtures("asks")
def test_by_card(visitor: Visitor, session: Session, people: People) -> None:
    card = make(session, people.priya, label="Heron")
    visitor.get("/card")
    assert "in ten taps" in visitor.text
    typed = {name.replace(".", "__"): value for name, value in BEST.items()}
    visitor.get("/card/programme")
    visitor.press("Send my answers", code="BADCODE123", **typed)
    assert visitor.problems == ["Check the code: one sign is wrong or missing"]
    visitor.press("Send my answers", code=card.code, **typed)
    assert "kept without your name" in visitor.text
    assert answers(session) == [("programme", 100.0)]
    visitor.get("/card/programme")
    visitor.press("Send my answers", code=card.code, **typed)
    assert visitor.problems == ["You have answered this, or it is not asked any more"]
    assert "Heron" not in visitor.text


def test_nobody_is_asked_by_card_between_rounds(visitor: Visitor, people: People) -> None:
    visitor.get("/card")
    assert "in ten taps" not in visitor.text
    assert visitor.get("/card/programme").status_code == 404


def test_large_print_makes_the_page_large(
    follower: Visitor, session: Session, people: People, ticket: Ticket
) -> None:
    path = f"/follow/{ticket.number}"
    follower.get(path)
    assert "desk-large" not in (follower.one("html").attributes.get("class") or "")
    set_needs(session, people.amina, ticket.number, NeedsInput(access_needs=["large_print"]))
    session.flush()
    follower.get(path)
    assert follower.one("html").attributes["class"] == "desk-large"


def test_who_is_not_to_be_phoned_reads_why_no_call_can_be_booked(
    visitor: Visitor, session: Session, people: People
) -> None:
    session.get_one(Service, people.north).call_hours = {"mon": ["10:00", "12:00"]}
    ticket = tell(session, contact={"route": "none", "access_needs": ["no_phone"]})
    session.get_one(Reporter, ticket.reporter_id).contact_method = "email"
    session.flush()
    visitor.get(f"/t/{private_links.mint(session, ticket.number)}")
    assert "Book a call" not in visitor.text
    visitor.get(f"/follow/{ticket.number}/call")
    assert "You asked us not to phone you, so we do not call." in visitor.text


def test_whoever_types_a_card_does_not_read_that_its_holder_is_not_phoned(
    visitor: Visitor, session: Session, people: People
) -> None:
    session.get_one(Service, people.north).call_hours = {"mon": ["10:00", "12:00"]}
    contact = {"route": "email", "email": "pat@home.example", "is_safe": True, "access_needs": ["no_phone"]}
    ticket = tell(session, support_code=make(session, people.priya, contact=contact).code)
    assert session.get_one(Reporter, ticket.reporter_id).is_not_phoned
    visitor.get(f"/t/{private_links.mint(session, ticket.number)}")
    visitor.get(f"/follow/{ticket.number}/call")
    assert "We do not book calls about this report." in visitor.text
    assert "not to phone you" not in visitor.text


def test_a_withdrawn_report_is_asked_nothing(
    session: Session, people: People, asks: UsabilitySetting, visitor: Visitor
) -> None:
    ticket = tell(session)
    following.withdraw(session, reporter(ticket.number), ticket.number)
    session.flush()
    visitor.get(f"/t/{private_links.mint(session, ticket.number)}")
    assert ASKED not in visitor.text


def test_the_privacy_page_says_what_is_asked_and_told_of_them(visitor: Visitor) -> None:
    visitor.get("/privacy")
    assert "What you answer is kept without your name." in visitor.text
    assert "We keep a note that you answered for about a year" in visitor.text
    assert "may tell us if you got in, and when you last used it" in visitor.text
