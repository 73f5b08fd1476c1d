"""Training pages: each person sees and does what is theirs, and bad input keeps what was typed."""

import pytest
from sqlmodel import Session, select

from navigator.people.actor import ANONYMOUS, Actor
from navigator.training import seats, sessions
from navigator.training.inputs import AttendanceInput, BookingInput
from navigator.training.tables import TrainingRequest, TrainingSession
from tests.navigator.tickets.report_factory import tell
from tests.navigator.training.test_training import plan
from tests.page_visitor import Visitor
from tests.people import People, token_of
from web.app import app


@pytest.fixture
def visit(session: Session, people: People):
    """Call it with somebody for their browser."""

    def browser(actor: Actor) -> Visitor:
        return Visitor(app, cookies={"desk_log_in": token_of(session, actor)})

    return browser


def ask(visitor: Visitor) -> None:
    visitor.get("/training/ask")
    visitor.press("Send the request", topic="assign", form="group", confidence="3", words="Module 4")


def test_a_date_without_a_year_is_the_next_such_day(visit, session: Session, people: People) -> None:
    """As in the date of a session: "2 dec" was refused here alone."""
    priya = visit(people.priya)
    priya.get("/training/ask")
    priya.press("Send the request", topic="assign", form="group", **{"needed_on-day": "2 dec"})
    assert str(session.exec(select(TrainingRequest)).one().needed_on) == "2026-12-02"


def test_a_request_goes_from_asking_to_having_been_there(visit, session: Session, people: People) -> None:
    priya, amina = visit(people.priya), visit(people.amina)
    ask(priya)
    assert "Assigning, releasing and ordering modules" in priya.text
    asked = session.exec(select(TrainingRequest)).one()
    amina.get(f"/training/plan?topic=assign&requests={asked.id}")
    when = {"on-day": "16", "on-month": "6", "on-year": "2026", "at": "14:30"}
    amina.press(
        "Plan the session", title="Assigning modules", minutes="30", places="6", venue="Room 2", **when
    )
    planned = session.exec(select(TrainingSession)).one()
    priya.get("/training")
    assert "Room 2" in priya.text
    assert "2:30pm on Tuesday 16 June" in priya.text
    amina.get(f"/training/sessions/{planned.id}")
    amina.press("Save who came", came=str(people.priya.user_id))
    session.expire_all()
    assert asked.status == "done"


def test_what_is_missing_is_said_and_what_was_typed_is_kept(visit, people: People) -> None:
    priya = visit(people.priya)
    priya.get("/training/ask")
    priya.press("Send the request", words="Module 4")
    assert "Choose a topic" in priya.problems[0]
    assert "Module 4" in priya.text


def test_a_how_to_ticket_becomes_a_request_in_one_click(visit, session: Session, people: People) -> None:
    ticket = tell(session, people.priya, reporter="pwp", category="use.how_to", text="How do I assign?")
    amina = visit(people.amina)
    amina.get(f"/tickets/{ticket.number}")
    amina.press("Make it a training request", topic="assign")
    asked = session.exec(select(TrainingRequest)).one()
    assert (asked.ticket_number, asked.topic, asked.asked_by) == (
        ticket.number,
        "assign",
        people.priya.user_id,
    )
    assert amina.path == f"/tickets/{ticket.number}"
    assert "This is a training request: Assigning, releasing and ordering modules" in amina.text
    assert "Make it a training request" not in amina.text
    amina.get(f"/training/requests/{asked.id}")
    assert amina.get(amina.one("main p a[href^='/tickets/']").attributes["href"] or "").status_code == 200


def test_its_topic_may_be_left_to_the_ticket(visit, session: Session, people: People) -> None:
    ticket = tell(session, people.priya, reporter="pwp", category="use.how_to", text="How do I assign?")
    amina = visit(people.amina)
    amina.get(f"/tickets/{ticket.number}")
    amina.press("Make it a training request")
    assert session.exec(select(TrainingRequest.topic)).one() == "own_words"


@pytest.mark.parametrize(("who", "by"), [("amina", None), ("priya", "priya"), ("mo", "priya")])
def test_the_button_stands_only_where_it_would_be_accepted(
    visit, session: Session, people: People, who: str, by: str | None
) -> None:
    """Not on a patient's ticket, and for nobody but a navigator."""
    reporter = getattr(people, by) if by else ANONYMOUS
    ticket = tell(session, reporter, category="use.how_to", reporter="pwp" if by else "patient")
    visitor = visit(getattr(people, who))
    visitor.get(f"/tickets/{ticket.number}")
    assert "Make it a training request" not in visitor.text
    visitor.post(f"/training/from/{ticket.number}", data={"topic": "assign"})
    assert session.exec(select(TrainingRequest)).all() == []


@pytest.mark.parametrize("who", ["priya", "cole", "ada"])
def test_only_navigators_plan(visit, people: People, who: str) -> None:
    assert visit(getattr(people, who)).get("/training/plan").status_code == 403


@pytest.fixture
def planned(session: Session, people: People) -> int:
    return plan(session, people.amina, places=1).id


def test_a_practitioner_books_and_others_see_no_list(visit, people: People, planned: int) -> None:
    priya, cole, mo = visit(people.priya), visit(people.cole), visit(people.mo)
    for path in ("ask", f"sessions/{planned}"):  # it is told with their name
        priya.get(f"/training/{path}")
        assert "Navigators and managers of your service see what you choose." in priya.text
    priya.press("Book a place", confidence="3")
    assert "You have a place." in priya.text
    cole.get(f"/training/sessions/{planned}")
    assert "Join the waiting list" in cole.text
    assert "Priya Shah" not in cole.text
    mo.get(f"/training/sessions/{planned}")
    assert "Priya Shah" in mo.text
    assert "Take off the list" not in mo.text


@pytest.mark.parametrize("path", ["", "/calendar.ics", "/confidence", "/certificate.pdf", "/change"])
def test_a_stranger_finds_nothing(visit, people: People, planned: int, path: str) -> None:
    assert visit(people.sam).get(f"/training/sessions/{planned}{path}").status_code == 404


@pytest.mark.parametrize("path", ["removals/4", "change", "attendance", "cancellation"])
@pytest.mark.parametrize("who", ["priya", "mo"])
def test_only_navigators_change_a_session(visit, people: People, planned: int, who: str, path: str) -> None:
    assert visit(getattr(people, who)).post(f"/training/sessions/{planned}/{path}").status_code == 403


def test_the_calendar_file_and_the_certificate_are_ones_own(
    visit, session: Session, people: People, planned: int
) -> None:
    priya = visit(people.priya)
    assert priya.get(f"/training/sessions/{planned}/calendar.ics").status_code == 404
    seats.book(session, people.priya, planned, BookingInput())
    file = priya.get(f"/training/sessions/{planned}/calendar.ics")
    assert (file.headers["content-type"].split(";")[0], "METHOD:REQUEST" in file.text) == (
        "text/calendar",
        True,
    )
    assert priya.get(f"/training/sessions/{planned}/certificate.pdf").status_code == 404
    came = AttendanceInput(came=[people.priya.user_id or 0])
    sessions.record_attendance(session, people.amina, planned, came)
    for path in (f"sessions/{planned}/certificate.pdf", "record.pdf"):
        answer = priya.get(f"/training/{path}")
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")


def test_a_move_that_cannot_be_is_said_and_what_was_typed_is_kept(
    visit, session: Session, people: People, planned: int
) -> None:
    seats.book(session, people.priya, planned, BookingInput())
    amina = visit(people.amina)
    amina.get(f"/training/sessions/{planned}/change")
    amina.press("Save the change", venue="Room 7", **{"on-year": "2020"})
    assert "Choose a date and time to come" in amina.problems[0]
    assert amina.one("#venue").attributes["value"] == "Room 7"


def test_what_recurs_is_offered_on_the_first_page_and_on_the_ticket(
    visit, session: Session, people: People
) -> None:
    tickets = [
        tell(session, people.priya, reporter="pwp", category="use.how_to", text="How do I assign module 3?")
        for _ in range(3)
    ]
    priya, amina = visit(people.priya), visit(people.amina)
    for path in ("/home", "/training"):
        assert "You asked 3 how-to questions about “Assigning" in priya.get(path).text
    assert "They asked 3 how-to questions" in amina.get(f"/tickets/{tickets[0].number}").text
    assert "You asked 3" not in visit(people.cole).get("/training").text
