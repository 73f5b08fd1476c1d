"""Calendars of staff: what is in them, at private addresses that end, right across a change of the clocks."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlmodel import Session, select

from navigator import clock
from navigator.catalogue.programme import Programme
from navigator.people import accounts
from navigator.people.actor import SYSTEM
from navigator.people.calendar_feeds import CalendarFeed
from navigator.people.card_codes import EXAMPLE, mint
from navigator.people.reporter import Reporter, reference
from navigator.people.support_card import SupportCard
from navigator.people.user import Membership, Role, User
from navigator.tickets.booked_call import BookedCall
from navigator.training.tables import Attendance, SeatState, TrainingSession
from tests.navigator.mail_in.mails import reported
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter
from web.app import app


@pytest.fixture(autouse=True)
def lived(session: Session, people: People) -> str:
    """A patient by ticket and card, one by card alone, a call across a change of the clocks, and training."""
    ticket = reported(session)
    ticket.pwp_id, ticket.practitioner_is_confirmed = people.priya.user_id, True
    ticket.session_on = clock.today() + timedelta(days=2)
    reporter = session.get_one(Reporter, ticket.reporter_id)
    reporter.support_code, reporter.known_as = "7k3m9pqx2c", "Thursday 3pm"
    programme = session.exec(select(Programme)).one().id
    for code, label, on in ((EXAMPLE, "Thursday 3pm", 2), (mint(), "Red scarf", 3)):
        card = SupportCard(service_id=people.north, programme_id=programme, code=code, label=label)
        card.pwp_id, card.session_on, card.session_is_weekly = people.priya.user_id, day(on), True
        session.add(card)
    for at in (datetime(2026, 10, 24, 9, tzinfo=UTC), datetime(2026, 10, 26, 9, tzinfo=UTC)):
        call = BookedCall(
            ticket_number=ticket.number,
            origin_number=ticket.number,
            navigator_id=people.amina.user_id or 0,
            starts_at=at,
            minutes=30,
            voicemail_is_safe=False,
        )
        call.ended_at = clock.now() if at.day == 24 else None  # one at most is live
        session.add(call)
    training = TrainingSession(
        service_id=people.north,
        topic="t",
        title="How cards work",
        venue="Room 2",
        starts_at=clock.now() + timedelta(days=1),
        led_by=people.amina.user_id or 0,
    )
    session.add(training)
    session.flush()
    for user, state in ((people.priya, SeatState.BOOKED), (people.tom, SeatState.WAITING)):
        session.add(Attendance(session_id=training.id, user_id=user.user_id or 0, state=state))
    session.flush()
    return reference(ticket.number)


def day(days: int) -> date:
    return clock.today() + timedelta(days=days)


def make(visitor: Visitor, **typed: str) -> str:
    """Make an address on the page; the path of it."""
    visitor.get("/account/calendars")
    visitor.press("Make an address", **typed)
    (address,) = (code.text() for code in visitor.page.css("code"))
    return address.removeprefix("http://127.0.0.1:8000")


def events(path: str) -> list[Any]:
    answer = Visitor(app).get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    return sorted(Calendar.from_ical(answer.content).walk("VEVENT"), key=lambda event: str(event["summary"]))


def told(path: str) -> list[str]:
    return [str(event["summary"]) for event in events(path)]


def test_a_practitioner_sees_sessions_once_and_no_words_unless_they_ask(enter: Enter, lived: str):
    priya = enter("priya")
    path = make(priya)
    assert told(path) == ["How cards work", "Session (a card)", f"Session {lived}"]
    days = {str(event["summary"]): event.decoded("dtstart") for event in events(path)}
    assert days[f"Session {lived}"] == day(2)
    assert days["Session (a card)"] == day(3)
    content = Visitor(app).get(path).text
    assert "Thursday" not in content
    assert "scarf" not in content
    asked = make(priya, shows_own_words="yes")
    assert told(asked) == ["How cards work", f"Session {lived} (Thursday 3pm)", "Session: Red scarf"]


def test_a_navigator_sees_booked_calls_right_across_a_change_of_the_clocks(enter: Enter, lived: str):
    found = events(make(enter("amina")))
    assert [str(event["summary"]) for event in found] == ["How cards work"] + [f"Phone call {lived}"] * 2
    starts = [clock.local(event.decoded("dtstart")).hour for event in found[1:]]
    assert sorted(starts) == [9, 10]  # nine in UTC is ten in summer


def test_others_see_nothing_of_it(enter: Enter):
    assert [told(make(enter(who))) for who in ("tom", "mo", "sam", "ada")] == [[]] * 4


def test_what_has_not_changed_is_not_sent_again(enter: Enter, session: Session, people: People):
    path = make(enter("amina"))
    visitor = Visitor(app)
    tag = visitor.get(path).headers["etag"]
    answer = visitor.get(path, headers={"if-none-match": f'"other", W/{tag}'})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    session.exec(select(TrainingSession)).one().title = "Another title"
    session.flush()
    assert visitor.get(path, headers={"if-none-match": tag}).status_code == 200


def test_an_address_ends_by_its_owner_and_with_who_leaves(enter: Enter, session: Session, people: People):
    amina = enter("amina")
    path, other = make(amina), make(amina)
    feeds = session.exec(select(CalendarFeed).order_by(CalendarFeed.id)).all()  # type: ignore[arg-type]
    assert path.split("/")[-1].removesuffix(".ics") not in {feed.token_hash for feed in feeds}
    assert enter("tom").post(f"/account/calendars/{feeds[0].id}/removal").status_code == 404
    amina.get("/account/calendars")
    assert path not in amina.text  # shown once
    amina.press("End it: number 1")
    assert [Visitor(app).get(each).status_code for each in (path, other)] == [404, 200]
    membership = session.exec(select(Membership).where(Membership.user_id == people.amina.user_id)).one()
    session.delete(membership)
    session.flush()
    assert Visitor(app).get(other).status_code == 404
    session.get_one(User, people.amina.user_id).is_active = False
    session.flush()
    assert Visitor(app).get(other).status_code == 404


def test_whoever_comes_back_makes_new_ones(enter: Enter, session: Session, people: People):
    path = make(enter("priya"))
    accounts.deactivate(session, SYSTEM, people.priya.user_id or 0)
    kept = accounts.Invitation(
        name="Priya", email="priya@north.example", service_id=people.north, roles=frozenset({Role.PWP})
    )
    assert accounts.invite(session, SYSTEM, kept).id == people.priya.user_id
    session.flush()
    assert Visitor(app).get(path).status_code == 404


def test_nobody_makes_addresses_without_end(enter: Enter):
    priya = enter("priya")
    for _ in range(5):
        make(priya)
    priya.get("/account/calendars")
    assert "Make an address" not in [button.text(strip=True) for button in priya.page.css("button")]
    priya.post("/account/calendars")
    assert "You have 5 addresses" in priya.text
