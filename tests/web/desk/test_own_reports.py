"""What a practitioner reads of a ticket that they reported: what was said to them, and no notes for staff."""

import pytest
from sqlmodel import Session
from starlette.testclient import TestClient

from navigator.people.reporter import ReporterKind
from navigator.tickets.actions import calls, clinical_review, staff
from navigator.tickets.actions.snooze import snooze
from navigator.tickets.detail import changes_since
from navigator.tickets.enums import CallOutcome
from navigator.tickets.inputs import AttachInput, CallInput, ReviewRequestInput, SayInput, SnoozeInput
from navigator.tickets.report_input import ReportInput
from navigator.tickets.ticket import Ticket
from tests.navigator.tickets.report_factory import outcome
from tests.people import People
from tests.web.conftest import Enter

pytestmark = pytest.mark.both_engines

HUSH = ("hushreason", "hushnote", "hushcall", "hushsnooze", "hushoutcome")


@pytest.fixture
def ticket(session: Session, people: People) -> Ticket:
    """A report of Priya's, and what others wrote down about it."""
    told = ReportInput(
        service="north",
        text="The mood chart is empty",
        reporter=ReporterKind.PWP,
        category="use.mood_rating_sync",
    )
    ticket = staff.report(session, people.priya, told).ticket
    number = ticket.number
    staff.claim(session, people.amina, number)
    staff.note(session, people.amina, number, SayInput(body="hushnote"))
    calls.call(session, people.amina, number, CallInput(came=CallOutcome.SPOKE, body="hushcall"))
    review = clinical_review.request_review_by_staff(
        session, people.amina, number, ReviewRequestInput(reason="hushreason")
    )
    clinical_review.acknowledge(session, people.cole, review.id)
    clinical_review.conclude(session, people.cole, review.id, outcome("hushoutcome"))
    staff.reply(session, people.amina, number, SayInput(body="Here is what to do"))
    snooze(session, people.amina, number, SnoozeInput(until="morning", body="hushsnooze"))
    session.flush()
    return ticket


def hushed(text: str) -> list[str]:
    return [word for word in (*HUSH, "for staff only", "Calls so far") if word in text]


def test_a_practitioner_does_not_read_staff_notes_on_their_own_ticket(
    enter: Enter, session: Session, people: People, ticket: Ticket
):
    """11.F9: on the page and after a refusal, in search, and in what others did."""
    priya, number = enter("priya"), ticket.number
    priya.get(f"/tickets/{number}")
    assert "Here is what to do" in priya.text
    assert hushed(priya.text) == []
    refused = priya.post(f"/tickets/{number}/answers", data={"body": "Thanks", "version": "1"})
    assert refused.status_code == 409
    assert hushed(priya.text) == []
    for word in HUSH:
        priya.post("/search", data={"sought": word})
        assert f"DN-{number:06}" not in priya.text
    done = {event.action for event in changes_since(session, people.priya, number, 0)}
    assert "reply" in done
    assert not done & {"note", "call", "snooze"}
    priya.get("/home")
    assert hushed(priya.text) == []


def test_when_the_desk_has_it_due_is_in_no_preview_of_their_own_ticket(enter: Enter, ticket: Ticket):
    """It may be the guard of a session that is not theirs to know of: as on its page."""
    for who, sees_it in (("amina", True), ("priya", False)):
        part = TestClient.request(enter(who), "GET", f"/desk/preview/{ticket.number}")  # no page of its own
        assert part.status_code == 200
        assert ("<dt>Due</dt>" in part.text) is sees_it


def test_their_own_note_they_read(enter: Enter, session: Session, people: People, ticket: Ticket):
    """11.F9."""
    staff.note(session, people.priya, ticket.number, SayInput(body="For the navigators alone"))
    priya = enter("priya")
    priya.get(f"/tickets/{ticket.number}")
    assert "For the navigators alone" in priya.text
    assert "hushnote" not in priya.text


def test_staff_and_a_confirmed_practitioner_of_somebody_elses_report_read_them(
    enter: Enter, session: Session, people: People, ticket: Ticket
):
    """11.F9: staff go on to read what is for staff."""
    for who in ("amina", "mo", "cole"):
        somebody = enter(who)
        somebody.get(f"/tickets/{ticket.number}")
        assert "hushnote" in somebody.text, who
    told = ReportInput(service="north", text="It will not open", category="access.forgotten_password")
    theirs = staff.report(session, people.amina, told).ticket
    staff.attach(session, people.amina, theirs.number, AttachInput(pwp_id=people.priya.user_id or 0))
    staff.note(session, people.amina, theirs.number, SayInput(body="hushnote"))
    priya = enter("priya")
    priya.get(f"/tickets/{theirs.number}")
    assert "hushnote" in priya.text
