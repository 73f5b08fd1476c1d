"""What comes in from outside, whatever the door: only what was asked for is kept, only for whom it is."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from navigator import database
from navigator.people.actor import reporter
from navigator.people.reporter import Reporter
from navigator.people.user import Role
from navigator.tickets.actions.clinical_review import open_reviews
from navigator.tickets.detail import ticket_detail
from navigator.tickets.promises import promises_on_report, promises_to
from navigator.tickets.ticket import ClinicalReview, Event
from tests.navigator.tickets.report_factory import tell
from tests.people import People


def test_no_door_keeps_an_answer_that_nobody_offered(session: Session, people: People) -> None:
    kept = tell(session, answers={"tried_usual_fix": "yes", "made_up": "words that no screen would see"})
    assert kept.answers == {"tried_usual_fix": "yes"}
    assert tell(session, answers={"tried_usual_fix": "words that no screen would see"}).answers == {}


def test_without_a_category_no_answer_was_asked_for(session: Session, people: People) -> None:
    assert tell(session, category=None, text="?!", answers={"tried_usual_fix": "yes"}).answers == {}


def test_a_clinician_elsewhere_is_not_a_clinician_here(session: Session, people: People) -> None:
    tell(session, text="I want to die")
    both = replace(
        people.amina,
        roles={people.north: frozenset({Role.NAVIGATOR}), people.south: frozenset({Role.CLINICIAN})},
    )
    assert len(session.exec(select(ClinicalReview)).all()) == 1
    assert open_reviews(session, both) == []
    assert len(open_reviews(session, people.cole)) == 1


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"category": None, "text": "?!"},
        {"category": None, "text": "I want to die"},
        {"category": "divert.safeguarding"},
        {"category": "divert.harm_or_complaint"},
        {"next_session": "2026-06-11", "session_is_weekly": True},
        {"next_session": "2026-06-09", "practitioner": "Pam"},
        {"support_code": "fern-1", "text": "Nie mogę się zalogować do programu, proszę o pomoc"},
        {"contact": {"route": "none"}},
    ],
)
def test_what_is_promised_at_once_is_what_the_reporter_reads_later(
    session: Session, people: People, told: dict[str, Any]
) -> None:
    ticket = tell(session, **told)
    for is_by_code in (False, True):
        ticket.session_is_by_code = is_by_code
        later = promises_to(session, ticket_detail(session, reporter(ticket.number), ticket.number))
        who = session.get_one(Reporter, ticket.reporter_id)
        assert promises_on_report(session, ticket, who) == later


def test_a_ticket_is_written_twice_and_nothing_is_read_twice(session: Session, people: People) -> None:
    """Each question costs both sides: once when it has its number, once when all of it is known."""
    tell(session)
    session.info[database.MEMO] = {}  # as a session of one transaction has it
    asked: list[str] = []
    connection = session.connection()

    def note(*arguments: Any) -> None:
        asked.append(arguments[2])

    event.listen(connection, "before_cursor_execute", note)
    ticket = tell(session)
    event.remove(connection, "before_cursor_execute", note)
    assert (
        Counter(each.split(" (")[0] for each in asked if each.startswith("INSERT INTO ticket")).total() == 1
    )
    assert sum(each.startswith("UPDATE ticket") for each in asked) == 1
    assert len(asked) <= 14, "\n".join(asked)
    assert max(Counter(asked).values()) <= 2, Counter(asked).most_common(2)
    events = session.exec(select(Event).where(Event.ticket_number == ticket.number).order_by(Event.id)).all()  # type: ignore[arg-type]
    assert [(each.action, each.version) for each in events] == [("report", 1), ("assign", 2)]
    assert ticket.version == 2
