"""What a practitioner reads of time: what to plan for the session, and no clock that nobody promised them."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session

from navigator import clock
from navigator.people.reporter import ReporterKind
from navigator.tickets.actions import staff
from navigator.tickets.inputs import AttachInput, ResolveInput, SayInput
from navigator.tickets.ticket import Resolution, Ticket
from tests.conftest import MOMENT
from tests.navigator.tickets.report_factory import tell
from tests.people import People
from tests.web.conftest import Enter

TODAY = MOMENT.date()
"""A Tuesday, at 10: what is reported now is due next Tuesday, or at midday before a session."""

TOO_NEAR = "Plan without it. The session was too near when we heard of it."


def read(enter: Enter, who: str, ticket: Ticket) -> list[str]:
    """The words of a practitioner's Today, their list and the ticket."""
    visitor = enter(who)
    texts = []
    for path in ("/home", "/desk", f"/tickets/{ticket.number}"):
        assert visitor.get(path).status_code == 200
        texts.append(visitor.text)
    return texts


@pytest.mark.parametrize(
    ("session_on", "later", "says"),
    [
        (date(2026, 6, 9), timedelta(), TOO_NEAR),
        (date(2026, 6, 10), timedelta(hours=1), "We try to put it right by midday on Tuesday 9 June"),
        (date(2026, 6, 10), timedelta(hours=3), "It was not put right by midday on Tuesday 9 June"),
        (date(2026, 6, 9), timedelta(hours=9), TOO_NEAR),  # its target is past: the desk’s, and never told
        (None, timedelta(days=30), "Tell us the next session"),
    ],
)
def test_they_read_what_to_plan_for_and_never_late(
    enter: Enter, session: Session, people: People, session_on: date | None, later: timedelta, says: str
):
    """14: "27 Nov, 12:00 Late" of a time that nobody had told them, and of sessions told too late."""
    ticket = tell(session, people.priya, reporter=ReporterKind.PWP, next_session=session_on)
    session.flush()
    clock.set_to(MOMENT + later)
    for text in read(enter, "priya", ticket):
        assert says in " ".join(text.split()).replace(" .", ".")
        assert "Late" not in text
        assert "Due" not in text


def test_a_question_to_them_comes_before_a_question_about_the_session(
    enter: Enter, session: Session, people: People
):
    """Their Today said "Tell us the next session" where a navigator waited for their answer."""
    ticket = tell(session, people.priya, reporter=ReporterKind.PWP)
    staff.wait(session, people.amina, ticket.number, SayInput(body="Which programme is it?"))
    session.flush()
    for text in read(enter, "priya", ticket):
        assert "It waits for your answer." in text
        assert "Tell us the next session" not in text


@pytest.mark.parametrize("kind", list(ReporterKind))
def test_they_are_told_who_reads_what_they_write(
    enter: Enter, session: Session, people: People, kind: ReporterKind
):
    ticket = tell(session, people.priya, reporter=kind)
    priya = enter("priya")
    for path in (f"/tickets/{ticket.number}", f"/tickets/{ticket.number}/answers"):
        priya.get(path)
        assert "Whoever works on this ticket reads it" in priya.text, path
        assert ("so does the reporter" in priya.text) is (kind is ReporterKind.PATIENT), path


def test_the_desk_reads_when_it_is_due_and_late(enter: Enter, session: Session, people: People):
    ticket = tell(session, people.priya, reporter=ReporterKind.PWP, next_session=date(2026, 6, 10))
    clock.set_to(MOMENT + timedelta(hours=3))
    amina = enter("amina")
    amina.get(f"/tickets/{ticket.number}")
    assert "Due" in amina.text
    assert "late" in amina.text.lower()


def test_what_was_late_before_they_were_its_practitioner_is_not_their_news(
    enter: Enter, session: Session, people: People
):
    ticket = tell(session, next_session=date(2026, 6, 10))
    clock.set_to(MOMENT + timedelta(hours=4))
    staff.attach(session, people.amina, ticket.number, AttachInput(pwp_id=people.priya.user_id or 0))
    session.flush()
    for text in read(enter, "priya", ticket):
        assert "Late" not in text


@pytest.mark.parametrize(
    ("kind", "whose"), [(ReporterKind.PWP, "your"), (ReporterKind.PATIENT, "the patient’s")]
)
def test_that_it_waits_for_an_answer_is_said(
    enter: Enter, session: Session, people: People, kind: ReporterKind, whose: str
):
    ticket = tell(session, people.priya, reporter=kind, next_session=TODAY + timedelta(days=3))
    staff.wait(session, people.amina, ticket.number, SayInput(body="Which phone is it?"))
    session.flush()
    for text in read(enter, "priya", ticket):
        assert f"It waits for {whose} answer" in text


def test_what_has_ended_is_not_planned_for(enter: Enter, session: Session, people: People):
    ticket = tell(session, people.priya, reporter=ReporterKind.PWP)
    staff.resolve(
        session, people.amina, ticket.number, ResolveInput(resolution=Resolution.FIXED, body="Works.")
    )
    session.flush()
    priya = enter("priya")
    priya.get("/desk?view=ended")
    assert "Nothing. It has ended." in priya.text
