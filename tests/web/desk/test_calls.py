"""Calls to make, on their page: a number that a phone dials, why, and a log in one step."""

import pytest
from sqlmodel import Session, col, select

from navigator.people.reporter import Reporter
from navigator.tickets.actions import calls, staff
from navigator.tickets.actions.booked_calls import move_call
from navigator.tickets.booking_inputs import CallTimeInput
from navigator.tickets.enums import CallOutcome
from navigator.tickets.inputs import AssignInput, CallInput
from navigator.tickets.phone_call import PhoneCall
from navigator.tickets.ticket import Ticket
from tests.navigator.tickets.booking import book, london, offer_calls
from tests.navigator.tickets.report_factory import tell
from tests.people import People
from tests.web.conftest import Enter


@pytest.fixture
def number(session: Session, people: People) -> int:
    number = tell(session, contact={"route": "phone", "phone": "01632 960 001"}).number
    staff.assign(session, people.amina, number, AssignInput(assignee_id=people.amina.user_id))
    session.flush()
    return number


def log(number: int) -> str:
    return f"Log the callof DN-{number:06d}"


def test_a_call_is_logged_from_the_list(enter: Enter, session: Session, number: int):
    amina = enter("amina")
    amina.get("/desk/calls")
    assert amina.one("a[href^='tel:']").attributes["href"] == "tel:+441632960001"
    assert "Wants a call" in amina.text
    amina.press(log(number), came="no_answer", next="2026-06-09 afternoon")
    assert amina.path == "/desk/calls"
    assert "The call was logged" in amina.text
    assert "Not reached: try 2" in amina.text
    session.expire_all()
    next_call_at = session.get_one(Ticket, number).next_call_at
    assert next_call_at is not None
    assert next_call_at.isoformat() == "2026-06-09T11:00:00+00:00"
    amina.get("/desk")
    row = " ".join(amina.one(f"#ticket-{number} td:nth-child(2)").text().split())
    assert row.endswith("call 12:00"), "a queue beside a preview has no room for a whole date"
    amina.get("/desk/calls")
    amina.press(log(number), came="spoke", body="It works now")
    assert "Nobody waits for a call from you" in amina.text
    assert [one.outcome for one in session.exec(select(PhoneCall).order_by(col(PhoneCall.id)))] == [
        "no_answer",
        "spoke",
    ]


def test_a_number_that_was_given_for_later_is_said_to_be(enter: Enter, session: Session):
    """Whoever logs a call read it as a number to call."""
    ways = {"route": "email", "email": "kim@example.org", "phone": "01632 960 001"}
    number = tell(session, contact={**ways, "other_is_safe": True}).number
    amina = enter("amina")
    amina.get(f"/tickets/{number}/calls")
    assert "01632 960001, given for when an email does not arrive" in amina.text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({}, "Choose what came of it"),
        ({"came": "spoke"}, "Say in a few words what was agreed"),
        ({"came": "no_answer", "next": "2026-06-09 morning"}, None),
        ({"came": "no_answer", "next": "2026-06-08 morning"}, "still to come"),
        ({"came": "no_answer", "next": "x y"}, "Choose next part"),
        ({"came": "no_answer", "next": "2099-01-01 morning"}, "within the next"),
    ],
)
def test_what_cannot_be_is_said_beside_it(
    enter: Enter, session: Session, number: int, typed: dict[str, str], says: str | None
):
    amina = enter("amina")
    amina.get("/desk/calls")
    answer = amina.post(f"/desk/calls/{number}", data={"body": "", "version": "", **typed})
    if says is None:
        assert answer.status_code == 200
        return
    assert answer.status_code == 422
    assert says in " ".join(amina.problems)
    box = amina.one(".desk-calls [aria-invalid]").attributes
    assert says in amina.one(f"#{box['aria-describedby']}").text(), "and the summary alone names no ticket"
    assert not session.exec(select(PhoneCall)).all()


def test_somebody_who_is_not_safe_has_no_number_there(enter: Enter, session: Session, number: int):
    amina = enter("amina")
    amina.get("/desk/calls")
    amina.press(log(number), came="no_answer", next="2026-06-10 morning")
    session.exec(select(Reporter)).one().is_safe_to_contact = False
    session.flush()
    amina.get("/desk/calls")
    assert "Not safe to call" in amina.text
    assert not amina.page.css("a[href^='tel:']")
    assert "960" not in amina.text


@pytest.mark.parametrize("is_moved", [False, True])
def test_of_a_booked_call_what_was_said_of_its_own_number_counts(
    enter: Enter, session: Session, people: People, number: int, is_moved: bool
):
    """Of the number in the report they had said the opposite."""
    offer_calls(session, people.north)
    person = session.get_one(Reporter, session.get_one(Ticket, number).reporter_id)
    person.voicemail_is_safe = True
    book(session, number, london("2026-06-10", "13:00"), voicemail_is_safe=False)
    if is_moved:  # they must hear it by phone
        later = CallTimeInput(starts_at=london("2026-06-10", "13:30"))
        move_call(session, people.amina, number, later)
    session.flush()
    amina = enter("amina")
    amina.get("/desk/calls")
    assert "07700 900982" in amina.text
    assert "Leave no message" in amina.text
    assert "may be left" not in amina.text


def test_words_of_risk_lead_to_the_ticket(enter: Enter, session: Session, number: int):
    amina = enter("amina")
    amina.get("/desk/calls")
    amina.press(log(number), came="spoke", body="She says that she wants to end her life")
    assert amina.path == f"/tickets/{number}"
    assert "may speak of risk" in amina.text


def test_what_changed_meanwhile_is_not_written_over(
    enter: Enter, session: Session, people: People, number: int
):
    amina = enter("amina")
    amina.get("/desk/calls")
    staff.verify(session, people.tom, number)
    session.flush()
    assert amina.press(log(number), came="no_answer", body="typed").status_code == 409
    assert amina.one(f"#body-{number}").attributes["value"] == "typed"
    assert not session.exec(select(PhoneCall)).all()


@pytest.mark.parametrize(("who", "status"), [("tom", 200), ("mo", 403), ("priya", 403), ("ada", 403)])
def test_it_is_for_navigators(enter: Enter, number: int, who: str, status: int):
    visitor = enter(who)
    assert visitor.get("/desk/calls").status_code == status
    assert "960" not in visitor.text


def test_others_log_no_calls_on_what_they_may_not_see(enter: Enter, session: Session, number: int):
    sam = enter("sam")
    sam.get("/desk/calls")
    assert sam.post(f"/desk/calls/{number}", data={"came": "no_answer"}).status_code == 404
    assert not session.exec(select(PhoneCall)).all()


def test_what_was_typed_for_a_ticket_that_left_the_list_is_kept(
    enter: Enter, session: Session, people: People, number: int
):
    amina = enter("amina")
    amina.get("/desk/calls")
    calls.call(session, people.tom, number, CallInput(came=CallOutcome.SPOKE, body="All well"))
    session.flush()
    amina.press(log(number), came="spoke", body="She will try it tonight")
    assert amina.path == f"/tickets/{number}/calls"
    assert "has left the list" in amina.text
    assert amina.one("#flash-title").text() == "Not done"
    assert amina.one("textarea[name=body]").text().strip() == "She will try it tonight"
    assert [one.user_id for one in session.exec(select(PhoneCall))] == [people.tom.user_id]
