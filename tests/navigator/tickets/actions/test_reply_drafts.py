"""What is not sent yet is kept for its writer alone; others see that somebody is there."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.errors import NotFound
from navigator.jobs import retention
from navigator.people.actor import ANONYMOUS
from navigator.records import retention as kept_records
from navigator.tickets import presence
from navigator.tickets.actions import reply_drafts, staff
from navigator.tickets.actions.reply_drafts import ReplyDraftInput
from navigator.tickets.presence import PRESENT_FOR, Presence
from navigator.tickets.reply_draft import ReplyDraft
from navigator.tickets.report_input import ReportInput
from navigator.tickets.ticket import ClinicalReview
from tests.people import People


@pytest.fixture
def number(session: Session, people: People) -> int:
    return staff.report(session, ANONYMOUS, ReportInput(service="north", text="it is slow")).ticket.number


def write(session: Session, actor, number: int, body: str, deed: str = "replies") -> bool:
    return reply_drafts.save_draft(
        session, actor, number, ReplyDraftInput.model_validate({"address": deed, "body": body})
    )


def test_it_is_kept_for_its_writer_and_deed_until_it_is_emptied(
    session: Session, people: People, number: int
):
    write(session, people.amina, number, "I think")
    write(session, people.amina, number, "I think that")
    write(session, people.amina, number, "only us", "notes")
    session.flush()
    assert reply_drafts.load_draft(session, people.amina, number, "replies") == "I think that"
    assert reply_drafts.load_draft(session, people.tom, number, "replies") == ""
    write(session, people.amina, number, "")
    session.flush()
    assert [row.address for row in session.exec(select(ReplyDraft))] == ["notes"]


def test_nobody_writes_or_is_at_a_ticket_that_they_may_not_see(session: Session, people: People, number: int):
    with pytest.raises(NotFound):
        write(session, people.sam, number, "hello")
    with pytest.raises(NotFound):
        presence.mark_present(session, people.sam, number)


def test_words_that_a_clinician_should_read_are_said_to_the_writer(
    session: Session, people: People, number: int
):
    assert write(session, people.amina, number, "She said she wants to end her life", "calls")
    assert not write(session, people.amina, number, "The page is slow on Wi-Fi too", "notes")
    assert session.exec(select(ClinicalReview)).all() == []


def test_others_are_told_who_writes_and_who_reads_for_a_while(session: Session, people: People, number: int):
    with clock.stopped_at(clock.now()):
        presence.mark_present(session, people.tom, number)
        presence.mark_present(session, people.tom, number)
        presence.mark_present(session, people.mo, number)
        write(session, people.mo, number, "secret", "notes")
        session.flush()
        assert presence.others_present(session, people.amina, number) == [
            "Mo Ali is writing",
            "Tom Baker is reading",
        ]
        assert presence.others_present(session, people.tom, number) == ["Mo Ali is writing"]
    with clock.stopped_at(clock.now() + PRESENT_FOR + timedelta(seconds=5)):
        assert presence.others_present(session, people.amina, number) == []


def test_what_nobody_sent_is_forgotten_in_time(session: Session, people: People, number: int):
    presence.mark_present(session, people.tom, number)
    write(session, people.tom, number, "some day")
    session.flush()
    retention.delete_old_rows(session, clock.now() + timedelta(days=13))
    kept_records.run(clock.now() + timedelta(days=13))
    assert (len(session.exec(select(ReplyDraft)).all()), session.exec(select(Presence)).all()) == (1, [])
    kept_records.run(clock.now() + timedelta(days=15))
    assert session.exec(select(ReplyDraft)).all() == []
