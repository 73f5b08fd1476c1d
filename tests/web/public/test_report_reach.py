"""How to reach whoever reports: the other way that they allow, and when not to disturb them."""

from typing import Any

import pytest
from pydantic import ValidationError
from sqlmodel import Session, select

from navigator.people.actor import ANONYMOUS
from navigator.people.reporter import Reporter
from navigator.tickets.actions import staff
from navigator.tickets.report_input import ContactInput, ReportInput
from tests.navigator.support_cards.card_factory import make
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.report_journey import report, tell


@pytest.mark.parametrize(
    ("reach", "kept"),
    [
        (
            {"route": "text", "phone": "07700 900982", "other_email": "pat@post.example"},
            ("pat@post.example", "+447700900982", True),
        ),
        (
            {"route": "email", "email": "pat@post.example", "other_phone": "01632 960001"},
            ("pat@post.example", "+441632960001", True),
        ),
        (
            {"route": "text", "phone": "07700 900982", "other_phone": "01632 960001"},
            ("", "+447700900982", False),
        ),
        (
            {"route": "phone", "call_phone": "07700 900982", "other_email": "a@b.example"},
            ("", "+447700900982", False),
        ),
        (
            {"route": "text", "phone": "07700 900982", "other_email": "pat@post.example", "safe": "no"},
            ("", "+447700900982", False),
        ),
    ],
)
def test_another_way_is_kept_with_its_report_where_it_stands_under_the_way_chosen(
    visitor: Visitor, session: Session, reach: dict[str, str], kept: tuple[str, str, bool]
):
    tell(visitor, "check", reach={"email": "", "safe": "yes"} | reach)
    visitor.get("/report/reach")
    visitor.press("Continue")  # what is shown of it again is what was said
    visitor.press("Confirm and send")
    (person,) = session.exec(select(Reporter)).all()
    assert (person.email, person.phone, person.other_is_safe) == kept


def test_quiet_hours_are_kept_with_the_report_and_shown_to_staff(visitor: Visitor, session: Session):
    report(visitor, reach={"quiet_from_hour": "22", "quiet_until_hour": "7"})
    (person,) = session.exec(select(Reporter)).all()
    assert (person.quiet_from_hour, person.quiet_until_hour) == (22, 7)


@pytest.mark.parametrize(
    "hours",
    [{"quiet_from_hour": "22"}, {"quiet_until_hour": "7"}, {"quiet_from_hour": "7", "quiet_until_hour": "7"}],
)
def test_half_of_the_hours_is_asked_about(visitor: Visitor, hours: dict[str, str]):
    tell(visitor, "reach")
    visitor.press("Continue", route="none", **hours)
    assert visitor.path == "/report/reach"
    assert "Choose two different hours" in visitor.text


def test_an_hour_that_no_clock_has_is_refused(visitor: Visitor):
    tell(visitor, "reach")
    visitor.press("Continue", route="none", quiet_from_hour="24", quiet_until_hour="7")
    assert visitor.path == "/report/reach"


def test_a_card_has_one_way(session: Session, people: People):
    contact = {"route": "text", "phone": "07700 900982", "is_safe": True, "other_is_safe": True}
    with pytest.raises(ValidationError, match="A card has one way"):
        make(session, people.priya, contact=contact)


@pytest.mark.parametrize(
    ("said", "kept"), [({"quiet_from_hour": 22, "quiet_until_hour": 7}, (22, 7)), ({}, (20, 8))]
)
def test_hours_that_are_said_now_come_before_those_of_the_card(
    session: Session, people: People, said: dict[str, Any], kept: tuple[int, int]
):
    hours = {"quiet_from_hour": 20, "quiet_until_hour": 8}
    card = make(
        session, people.priya, contact={"route": "text", "phone": "07700 900982", "is_safe": True} | hours
    )
    contact = ContactInput.model_validate(said)
    told = ReportInput(
        service="north", programme="fern", text="It closes", support_code=card.code, contact=contact
    )
    ticket = staff.report(session, ANONYMOUS, told).ticket
    person = session.get_one(Reporter, ticket.reporter_id)
    assert (person.quiet_from_hour, person.quiet_until_hour) == kept
