"""Drafts: kept for an hour, screened at each step, sent once, cleared when sent."""

from datetime import timedelta

from sqlmodel import Session, select

from navigator import clock
from navigator.tickets.report_draft import Deflection, ReportDraft
from navigator.tickets.report_input import ReportInput
from navigator.tickets.reports import drafts
from navigator.tickets.ticket import Ticket
from tests.people import People

TOLD = ReportInput(service="north", programme="fern", text="It will not open")


def test_a_draft_is_found_by_its_token_for_an_hour(session: Session) -> None:
    draft, token = drafts.start_draft(session)
    session.flush()
    assert drafts.draft_of(session, token) is draft
    assert token not in str(session.exec(select(ReportDraft.token_hash)).all())
    for wrong in ("", "x", None):
        assert drafts.draft_of(session, wrong) is None
    clock.set_to(clock.now() + timedelta(hours=1))
    assert drafts.draft_of(session, token) is None


def test_words_of_risk_are_seen_however_deep_they_lie_or_split_they_are(session: Session) -> None:
    draft, _ = drafts.start_draft(session)
    assert not drafts.save_answers(draft, {"words": {"text": "my password"}})
    assert drafts.save_answers(
        draft, {"words": {"text": "I want"}, "practitioner": {"practitioner": "to kill myself"}}
    )
    assert draft.is_of_concern


def test_it_is_sent_once_and_what_was_typed_is_cleared(session: Session, people: People) -> None:
    draft, _ = drafts.start_draft(session)
    drafts.save_answers(draft, {"words": {"text": TOLD.text}})
    drafts.send_draft(session, draft, TOLD)
    assert draft.answers == {}
    assert draft.sent_number == session.exec(select(Ticket.number)).one()
    assert drafts.mint_private_link(session, draft) != drafts.mint_private_link(session, draft)


def test_solved_without_a_ticket_is_counted_and_nothing_is_kept(session: Session, people: People) -> None:
    draft, _ = drafts.start_draft(session)
    session.flush()
    drafts.record_deflection(session, draft, "north", "fern", "access.forgotten_password")
    session.flush()
    assert session.exec(select(Deflection.category)).all() == ["access.forgotten_password"]
    assert not session.exec(select(ReportDraft)).all()
    assert not session.exec(select(Ticket)).all()
