"""The pages on which a reporter books, moves and cancels a call, and the calendar file."""

from datetime import date
from typing import Any

import pytest
from icalendar import Calendar
from selectolax.lexbor import LexborNode as Node
from sqlmodel import Session, select

from navigator import clock
from navigator.people import card_codes, private_links
from navigator.people.reporter import Reporter
from navigator.people.user import User
from navigator.tickets.actions import staff
from navigator.tickets.actions.booked_calls import cancel_call
from navigator.tickets.booked_call import BookedCall, live_call
from navigator.tickets.inputs import AssignInput
from navigator.tickets.ticket import Ticket
from tests.navigator.tickets.booking import book, london, offer_calls
from tests.navigator.tickets.report_factory import tell
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.report_journey import tell as tell_in_steps
from web.app import app

AT = london("2026-06-10", "13:00")


@pytest.fixture
def ticket(session: Session, people: People) -> Ticket:
    """A ticket that Amina has, with a session next Tuesday."""
    offer_calls(session, people.north)
    ticket = tell(session, next_session="2026-06-12")
    staff.assign(session, people.mo, ticket.number, AssignInput(assignee_id=people.amina.user_id))
    session.flush()
    return ticket


def come(session: Session, ticket: Ticket) -> Visitor:
    """Its reporter, who opened their private link."""
    token = private_links.mint(session, ticket.number)
    session.flush()
    visitor = Visitor(app)
    visitor.get(f"/t/{token}")
    return visitor


def times(visitor: Visitor) -> list[Node]:
    return visitor.page.css(".desk-times a")


def choose(visitor: Visitor, words: str) -> None:
    """Press one of the times: `Wednesday 10 June, 1pm`."""
    link = next(one for one in times(visitor) if " ".join(one.text().split()) == words)
    visitor.get(link.attributes["href"] or "")


def test_a_call_is_booked_with_a_press(session: Session, ticket: Ticket):
    visitor = come(session, ticket)
    visitor.get(visitor.one("a[href$='/call']").attributes["href"] or "")
    assert "In time for your session on Friday 12 June" in visitor.text
    choose(visitor, "Wednesday 10 June, 1pm")
    assert visitor.one("h1").text(strip=True).endswith("1pm on Wednesday 10 June")
    visitor.press("Book this call", phone="07700 900 982", voicemail_is_safe="no")
    assert visitor.path == f"/follow/{ticket.number}/call"
    assert "We call you 1pm on Wednesday 10 June" in visitor.text
    assert "07700 900982" in visitor.text
    assert "We leave no message" in visitor.text
    assert "We remind you on Tuesday" not in visitor.text, "as the service opened that day it was not booked"
    assert "we write to you" in visitor.text
    call = live_call(session, ticket.number)
    assert call
    assert call.starts_at == AT
    visitor.get(f"/follow/{ticket.number}")
    assert "We call you at 1pm on Wednesday 10 June" in visitor.text


def test_a_number_and_the_voicemail_are_asked(session: Session, ticket: Ticket):
    visitor = come(session, ticket)
    visitor.get(f"/follow/{ticket.number}/call")
    choose(visitor, "Wednesday 10 June, 1pm")
    visitor.press("Book this call", phone="12")
    assert visitor.problems == [
        "Enter a phone number, like 01632 960 001 or 07700 900 982", "Choose if we may leave a voicemail",
    ]  # fmt: skip
    assert visitor.one("h1").text(strip=True).endswith("1pm on Wednesday 10 June")
    assert live_call(session, ticket.number) is None


def test_a_time_that_was_taken_meanwhile_is_not_promised(session: Session, ticket: Ticket, people: People):
    visitor = come(session, ticket)
    visitor.get(f"/follow/{ticket.number}/call")
    address = next(one.attributes["href"] for one in times(visitor) if "Wednesday 10 June" in one.text())
    choose(visitor, "Wednesday 10 June, 1pm")
    other = tell(session)
    staff.assign(session, people.mo, other.number, AssignInput(assignee_id=people.amina.user_id))
    book(session, other.number, AT)
    answer = visitor.press("Book this call", phone="07700 900 982", voicemail_is_safe="no")
    assert answer.status_code == 409
    assert visitor.problems == ["That time is not free any more. Choose another."]
    assert times(visitor)
    visitor.get(address or "")
    assert visitor.problems == ["That time is not free any more. Choose another."]


def test_pressed_twice_and_after_going_back_it_is_one_call(session: Session, ticket: Ticket):
    visitor = come(session, ticket)
    visitor.get(f"/follow/{ticket.number}/call")
    choose(visitor, "Wednesday 10 June, 1pm")
    form = visitor.page
    for _ in range(2):
        visitor.page = form
        visitor.press("Book this call", phone="07700 900 982", voicemail_is_safe="no")
        assert "We call you" in visitor.text
    assert len(session.exec(select(BookedCall)).all()) == 1


def test_a_second_tab_is_told_of_the_call_that_is_booked(session: Session, ticket: Ticket):
    first, second = come(session, ticket), come(session, ticket)
    for visitor, words in ((first, "Wednesday 10 June, 1pm"), (second, "Wednesday 10 June, 1:30pm")):
        visitor.get(f"/follow/{ticket.number}/call")
        choose(visitor, words)
    for visitor in (first, second):
        visitor.press("Book this call", phone="07700 900 982", voicemail_is_safe="no")
    assert second.problems == ["You have a call booked already: 1pm on Wednesday 10 June"]
    assert "We call you 1pm on Wednesday 10 June" in second.text


def test_it_is_moved_and_cancelled_by_its_reporter(session: Session, ticket: Ticket):
    book(session, ticket.number, AT, phone="01632 960 001", voicemail_is_safe=True)
    visitor = come(session, ticket)
    visitor.get(f"/follow/{ticket.number}/call?other=yes")
    choose(visitor, "Wednesday 10 June, 1:30pm")
    assert visitor.one("#phone").attributes["value"] == "01632 960001"
    visitor.press("Move the call")
    assert "We call you 1:30pm on Wednesday 10 June" in visitor.text
    assert "We may leave a voicemail" in visitor.text
    visitor.press("Cancel the call")
    assert "Your call is cancelled." in visitor.text
    assert "Your call at 1:30pm on Wednesday 10 June is cancelled." in visitor.text
    assert times(visitor)


def test_somebody_elses_link_shows_nothing_of_it(session: Session, ticket: Ticket):
    book(session, ticket.number, AT)
    stranger = come(session, tell(session))
    for path in ("call", "call.ics"):
        assert stranger.get(f"/follow/{ticket.number}/{path}").status_code == 404
    for path in ("call", "call/move", "call/cancellation"):
        assert stranger.post(f"/follow/{ticket.number}/{path}").status_code == 404
    assert live_call(session, ticket.number)


@pytest.mark.parametrize("change", [{"is_safe_to_contact": False}, {"contact_method": "none"}])
def test_who_is_not_to_be_phoned_is_offered_none(session: Session, ticket: Ticket, change: dict[str, object]):
    person = session.get_one(Reporter, ticket.reporter_id)
    for name, value in change.items():
        setattr(person, name, value)
    session.flush()
    visitor = come(session, ticket)
    assert not visitor.page.css("a[href$='/call']")
    visitor.get(f"/follow/{ticket.number}/call")
    assert "so we do not call" in visitor.text
    assert not times(visitor)


def test_a_number_for_texts_is_not_taken_for_one_to_call(session: Session, ticket: Ticket):
    person = session.get_one(Reporter, ticket.reporter_id)
    person.contact_method, person.phone = "text", "+447700900982"
    session.flush()
    visitor = come(session, ticket)
    visitor.get(f"/follow/{ticket.number}/call")
    choose(visitor, "Wednesday 10 June, 1pm")
    assert not visitor.one("#phone").attributes["value"]


def test_what_was_said_of_voicemail_in_the_report_is_known(session: Session, ticket: Ticket):
    person = session.get_one(Reporter, ticket.reporter_id)
    person.contact_method, person.phone, person.voicemail_is_safe = "phone", "+441632960001", False
    session.flush()
    visitor = come(session, ticket)
    visitor.get(f"/follow/{ticket.number}/call")
    choose(visitor, "Wednesday 10 June, 1pm")
    assert visitor.one("#phone").attributes["value"] == "01632 960001"
    visitor.press("Book this call")
    assert "We leave no message" in visitor.text
    assert "If we have to change it, we phone you." in visitor.text


def test_a_number_that_a_practitioner_wrote_on_a_card_is_not_shown(session: Session, ticket: Ticket):
    person = session.get_one(Reporter, ticket.reporter_id)
    person.phone, person.support_code = "+441632960001", card_codes.mint()
    session.flush()
    visitor = come(session, ticket)
    visitor.get(f"/follow/{ticket.number}/call")
    choose(visitor, "Wednesday 10 June, 1pm")
    assert not visitor.one("#phone").attributes["value"]


def test_without_hours_for_calls_there_is_no_way_to_book(session: Session, ticket: Ticket, people: People):
    offer_calls(session, people.north, call_hours={})
    visitor = come(session, ticket)
    assert not visitor.page.css("a[href$='/call']")


def test_nobody_is_free(session: Session, ticket: Ticket, people: People):
    for actor in (people.amina, people.tom):
        session.get_one(User, actor.user_id).away_from_on = date(2026, 6, 9)
    session.flush()
    visitor = come(session, ticket)
    visitor.get(f"/follow/{ticket.number}/call")
    assert "There is no free time in the next days." in visitor.text


def test_a_call_that_is_past_and_not_logged(session: Session, ticket: Ticket):
    book(session, ticket.number, AT)
    visitor = come(session, ticket)
    clock.set_to(london("2026-06-10", "14:00"))
    visitor.get(f"/follow/{ticket.number}/call")
    assert "If we did not, we are sorry." in visitor.text
    assert times(visitor)


def calendar_of(visitor: Visitor, number: int) -> Any:
    answer = visitor.get(f"/follow/{number}/call.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.headers["content-disposition"] == 'attachment; filename="call.ics"'
    return Calendar.from_ical(answer.content)


def test_the_calendar_file(session: Session, ticket: Ticket, people: People):
    booked = book(session, ticket.number, AT)
    visitor = come(session, ticket)
    calendar = calendar_of(visitor, ticket.number)
    event = calendar.events[0]
    assert (event["dtstart"].dt, event["dtend"].dt) == (AT, booked.ends_at)
    assert calendar["method"] == "PUBLISH"
    assert (event["status"], event["sequence"]) == ("CONFIRMED", 0)
    assert event["dtstamp"].dt == clock.now()
    uid = str(event["uid"])
    visitor.get(f"/follow/{ticket.number}/call?other=yes")
    choose(visitor, "Wednesday 10 June, 1:30pm")
    visitor.press("Move the call")
    moved = calendar_of(visitor, ticket.number).events[0]
    assert (str(moved["uid"]), moved["sequence"]) == (uid, 1)
    assert moved["dtstart"].dt == london("2026-06-10", "13:30")
    session.expire_all()
    cancel_call(session, people.amina, ticket.number)
    session.flush()
    off = calendar_of(visitor, ticket.number)
    assert off["method"] == "CANCEL"
    assert (str(off.events[0]["uid"]), off.events[0]["status"]) == (uid, "CANCELLED")
    assert off.events[0]["sequence"] == 2


def test_the_calendar_file_says_nothing_of_whom_or_what(session: Session, ticket: Ticket):
    book(session, ticket.number, AT)
    words = come(session, ticket).get(f"/follow/{ticket.number}/call.ics").text.lower()
    for word in ("therap", "nhs", "health", "north", "fern", "amina", "pat", "900982", "/t/", "password"):
        assert word not in words


def test_there_is_no_calendar_file_without_a_call(session: Session, ticket: Ticket):
    assert come(session, ticket).get(f"/follow/{ticket.number}/call.ics").status_code == 404


@pytest.mark.parametrize(("hours", "route"), [(True, "phone"), (True, "email"), (False, "phone")])
def test_whoever_wants_a_call_is_shown_the_way_to_book_it(
    session: Session, people: People, hours: bool, route: str
):
    if hours:
        offer_calls(session, people.north)
    pat = Visitor(app)
    how = {"route": route, "call_phone": "07700 900 982", "voicemail_is_safe": "no"}
    tell_in_steps(pat, reach=how)
    pat.press("Confirm and send")
    ways = pat.page.css("main a[href^='/t/'][href$='#call']")
    assert len(ways) == (hours and route == "phone")
    if ways:
        pat.get((ways[0].attributes["href"] or "").removesuffix("#call"))
        assert len(pat.page.css("#call a[href$='/call']")) == 1
