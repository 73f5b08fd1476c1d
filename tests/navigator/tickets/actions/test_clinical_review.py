"""Hand-overs: alerts in working minutes, read by one clinician, ended by an outcome alone."""

from datetime import UTC, datetime

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.errors import Conflict, Forbidden, NotFound
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.actor import reporter
from navigator.tickets.actions.clinical_review import (
    acknowledge,
    conclude,
    open_reviews,
    request_review_by_staff,
    set_contact_note,
)
from navigator.tickets.inputs import ReviewRequestInput
from navigator.tickets.ticket import ClinicalReview
from tests.navigator.tickets.report_factory import outcome, tell
from tests.people import People


@pytest.fixture
def handed(session: Session, people: People) -> ClinicalReview:
    tell(session, text="I want to die")
    return session.exec(select(ClinicalReview)).one()


def test_the_first_alert_comes_at_once_and_the_next_in_working_time(session: Session, people: People) -> None:
    with clock.stopped_at(datetime(2026, 6, 12, 15, 50, tzinfo=UTC)):  # Friday, ten minutes before closing
        tell(session, text="I want to die")
    handed = session.exec(select(ClinicalReview)).one()
    assert handed.next_alert_at == datetime(2026, 6, 15, 8, 5, tzinfo=UTC)


def test_the_alert_says_nothing_of_what_was_said(session: Session, handed: ClinicalReview) -> None:
    for letter in session.exec(select(OutboxMessage).where(OutboxMessage.template == "clinical_review")):
        assert letter.context == {"review": handed.id}


def test_reading_stops_the_alerts_and_only_once(
    session: Session, people: People, handed: ClinicalReview
) -> None:
    acknowledge(session, people.cole, handed.id)
    assert (handed.acknowledged_by, handed.next_alert_at) == (people.cole.user_id, None)
    with pytest.raises(Conflict):
        acknowledge(session, people.cole, handed.id)


def test_an_outcome_ends_it_and_says_who_and_what(
    session: Session, people: People, handed: ClinicalReview
) -> None:
    conclude(session, people.cole, handed.id, outcome("Spoke on the phone, safe plan made, in the record"))
    assert handed.ended_by == people.cole.user_id
    assert open_reviews(session, people.cole) == []
    with pytest.raises(Conflict):
        conclude(session, people.cole, handed.id, outcome("Called again."))


@pytest.mark.parametrize("who", ["amina", "mo"])
def test_nobody_but_a_clinician_reads_or_ends_it(
    session: Session, people: People, handed: ClinicalReview, who: str
) -> None:
    for verb in (
        lambda actor: acknowledge(session, actor, handed.id),
        lambda actor: conclude(session, actor, handed.id, outcome("Called her.")),
    ):
        with pytest.raises(Forbidden):
            verb(getattr(people, who))
    with pytest.raises(NotFound):
        acknowledge(session, people.sam, handed.id)


def test_one_click_hands_any_ticket_over(session: Session, people: People) -> None:
    ticket = tell(session)
    request_review_by_staff(
        session, people.amina, ticket.number, ReviewRequestInput(reason="He sounded very low")
    )
    assert ticket.has_open_review
    assert [one.reasons for one in open_reviews(session, people.cole)] == [["He sounded very low"]]


def test_two_are_open_until_both_have_an_outcome(session: Session, people: People) -> None:
    ticket = tell(session, text="I want to die")
    request_review_by_staff(
        session, people.amina, ticket.number, ReviewRequestInput(reason="Again on the phone")
    )
    first, second = open_reviews(session, people.cole)
    conclude(session, people.cole, first.id, outcome("Reached her."))
    assert ticket.has_open_review
    conclude(session, people.cole, second.id, outcome("Same person, reached"))
    assert not ticket.has_open_review


def test_a_way_to_be_reached_that_comes_late_is_told(
    session: Session, people: People, handed: ClinicalReview
) -> None:
    acknowledge(session, people.cole, handed.id)
    before = len(session.exec(select(OutboxMessage).where(OutboxMessage.template == "clinical_review")).all())
    set_contact_note(session, reporter(handed.ticket_number), "ring my sister")
    after = session.exec(select(OutboxMessage).where(OutboxMessage.template == "clinical_review")).all()
    assert (handed.contact_note, len(after) - before) == ("ring my sister", 2)
