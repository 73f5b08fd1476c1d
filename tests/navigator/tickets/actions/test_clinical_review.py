"""Hand-overs: alerts in working minutes, read by one clinician, ended by an outcome alone."""

from contextlib import nullcontext
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError
from sqlmodel import Session, col, select, update

from navigator import clock
from navigator.errors import Conflict, Forbidden, NotFound
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.actor import ANONYMOUS, reporter
from navigator.people.reporter import ReporterKind
from navigator.tickets.actions import staff
from navigator.tickets.actions.clinical_review import (
    acknowledge,
    conclude,
    open_reviews,
    request_review_by_staff,
    set_contact_note,
)
from navigator.tickets.actions.no_concern import NoConcernInput, say_no_concern
from navigator.tickets.inputs import ReviewRequestInput, SayInput
from navigator.tickets.report_input import ReportInput
from navigator.tickets.ticket import ClinicalReview, Event, Ticket
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


def of_own_note(session: Session, people: People) -> ClinicalReview:
    staff.note(session, people.amina, tell(session).number, SayInput(body="He will do it tonight"))
    return session.exec(select(ClinicalReview)).one()


def test_whoever_wrote_the_words_may_say_that_they_are_no_concern(session: Session, people: People) -> None:
    """11.A5: the reason is kept, the review stays for a clinician, and the deputy is not woken for it."""
    with clock.stopped_at(datetime(2026, 6, 9, 9, 0, tzinfo=UTC)):  # Tuesday
        review = of_own_note(session, people)
        say_no_concern(session, people.amina, review.id, NoConcernInput(reason="He resets his password."))
    assert (review.no_concern_reason, review.no_concern_by) == ("He resets his password.", "Amina Yusuf")
    assert review.ended_at is None
    assert open_reviews(session, people.cole) == [review]
    assert session.get_one(Ticket, review.ticket_number).has_open_review
    assert review.next_alert_at == review.acknowledge_by_at == datetime(2026, 6, 10, 8, 0, tzinfo=UTC)
    with pytest.raises(Conflict):
        say_no_concern(session, people.amina, review.id, NoConcernInput(reason="Once more, no concern"))
    events = session.exec(select(Event).where(Event.ticket_number == review.ticket_number)).all()
    assert "no_concern" in [event.action for event in events]
    assert "He resets" not in str([event.details for event in events])


def test_what_was_read_already_is_not_alerted_again(session: Session, people: People) -> None:
    review = of_own_note(session, people)
    acknowledge(session, people.cole, review.id)
    say_no_concern(session, people.amina, review.id, NoConcernInput(reason="He resets his password."))
    assert review.next_alert_at is None
    conclude(session, people.cole, review.id, outcome("Read: it is about a password."))
    with pytest.raises(NotFound):
        say_no_concern(session, people.amina, review.id, NoConcernInput(reason="He resets his password."))


@pytest.mark.parametrize("done", ["acknowledged_at", "ended_at", "no_concern_at"])
def test_what_a_clinician_did_while_the_ticket_was_waited_for_counts(
    session: Session, people: People, done: str
) -> None:
    """As another process commits it: the review that was looked at first knows nothing of it."""
    review = of_own_note(session, people)
    session.flush()
    now = {done: clock.now(), "next_alert_at": None}
    session.connection().execute(
        update(ClinicalReview).where(col(ClinicalReview.id) == review.id).values(now)
    )
    no_concern = NoConcernInput(reason="He resets his password.")
    with nullcontext() if done == "acknowledged_at" else pytest.raises(Conflict):
        say_no_concern(session, people.amina, review.id, no_concern)
    session.flush()
    session.refresh(review)
    assert review.next_alert_at is None


@pytest.mark.parametrize("who", ["tom", "mo", "cole", "sam", "priya"])
def test_nobody_calls_the_words_of_somebody_else_no_concern(
    session: Session, people: People, who: str
) -> None:
    """11.A5: not another's note, and nobody the words of a patient, told by themselves or passed on."""
    no_concern = NoConcernInput(reason="I know him, it is nothing")
    with pytest.raises(NotFound):
        say_no_concern(session, getattr(people, who), of_own_note(session, people).id, no_concern)
    told = ReportInput(service="north", text="He says he wants to die")
    for author in (ANONYMOUS, people.amina):
        number = staff.report(session, author, told).ticket.number
        review = session.exec(select(ClinicalReview).where(ClinicalReview.ticket_number == number)).one()
        with pytest.raises(NotFound):
            say_no_concern(session, people.amina, review.id, no_concern)


def test_a_practitioner_says_it_of_their_own_report(session: Session, people: People) -> None:
    told = ReportInput(service="north", text="My slides name suicide", reporter=ReporterKind.PWP)
    number = staff.report(session, people.priya, told).ticket.number
    review = session.exec(select(ClinicalReview).where(ClinicalReview.ticket_number == number)).one()
    say_no_concern(session, people.priya, review.id, NoConcernInput(reason="It is a training slide."))
    assert review.no_concern_by == "Priya Shah"


@pytest.mark.parametrize("reason", ["", "ok", "   fine   "])
def test_no_concern_needs_a_reason_in_words(reason: str) -> None:
    with pytest.raises(ValidationError):
        NoConcernInput(reason=reason)
