"""What comes in from outside, whatever the door: only what was asked for is kept, only for whom it is."""

from dataclasses import replace

from sqlmodel import Session, select

from navigator.people.user import Role
from navigator.tickets.actions.clinical_review import open_reviews
from navigator.tickets.ticket import ClinicalReview
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
