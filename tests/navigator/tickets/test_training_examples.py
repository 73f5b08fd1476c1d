"""What the desk may learn from is read live from tickets: what was sorted counts, what is erased is gone."""

from collections.abc import Callable

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.people.actor import ANONYMOUS, reporter
from navigator.people.reporter import ContactMethod
from navigator.settings import settings
from navigator.tickets.actions import reporter as following
from navigator.tickets.actions import staff
from navigator.tickets.actions.new_ticket import _is_sampled
from navigator.tickets.inputs import ResolveInput, TriageInput
from navigator.tickets.report_input import ContactInput, ReportInput
from navigator.tickets.ticket import ClinicalReview, Message, Resolution, Ticket
from navigator.tickets.training_examples import (
    WEIGHT_AT_CLOSING,
    WEIGHT_TRIAGED,
    WEIGHT_UNTOUCHED,
    training_examples,
    without_text,
)
from tests.people import People

TEXT = "the reset email from Priya never comes to pat@home.example"
Tell = Callable[..., Ticket]


@pytest.fixture
def tell(session: Session, people: People) -> Tell:
    def tell(text: str = TEXT, email: str = "pat@home.example") -> Ticket:
        contact = ContactInput(route=ContactMethod.EMAIL, email=email)
        told = ReportInput(service="north", text=text, contact=contact)
        ticket = staff.report(session, ANONYMOUS, told).ticket
        session.flush()
        return ticket

    return tell


def sort(session: Session, people: People, ticket: Ticket, category: str) -> None:
    staff.triage(session, people.amina, ticket.number, TriageInput(category=category, impact=4))
    session.flush()


def resolve(session: Session, people: People, ticket: Ticket) -> None:
    what = ResolveInput(resolution=Resolution.FIXED, body="It is done")
    staff.resolve(session, people.amina, ticket.number, what)
    session.flush()


def test_a_report_that_nobody_touched_yet_teaches_nothing(session: Session, tell: Tell):
    assert tell().category
    assert training_examples(session) == []


def test_the_category_at_closing_counts_most_and_an_untouched_one_little(
    session: Session, people: People, tell: Tell
):
    untouched, looked_at, closed = tell(), tell(), tell()
    resolve(session, people, untouched)
    sort(session, people, looked_at, "notify.not_arriving")
    sort(session, people, closed, "access.two_step_code")
    sort(session, people, closed, "access.reset_email_missing")
    resolve(session, people, closed)
    found = {one.ticket: one for one in training_examples(session)}
    assert {number: one.weight for number, one in found.items()} == {
        untouched.number: WEIGHT_UNTOUCHED, looked_at.number: WEIGHT_TRIAGED,
        closed.number: WEIGHT_AT_CLOSING,
    }  # fmt: skip
    assert found[closed.number].label == "access.reset_email_missing"
    assert [one.ticket for one in found.values() if one.is_triaged] == [looked_at.number, closed.number]


def test_identifiers_are_taken_out(session: Session, people: People, tell: Tell):
    for ticket in (tell(), tell(), tell(email="lee@home.example")):
        sort(session, people, ticket, "access.reset_email_missing")
    found = training_examples(session)
    assert {one.text for one in found} == {"the reset email from never comes to"}
    assert {(one.service, one.audience) for one in found} == {("north", "patient")}


def test_what_was_erased_withdrawn_or_merged_is_not_learned(session: Session, people: People, tell: Tell):
    erased, withdrawn = tell(), tell()
    sort(session, people, erased, "access.reset_email_missing")
    following.withdraw(session, reporter(withdrawn.number), withdrawn.number)
    for message in session.exec(select(Message).where(Message.ticket_number == erased.number)):
        message.body = ""
    session.flush()
    assert training_examples(session) == []
    assert without_text(session, {erased.number, withdrawn.number}) == {erased.number}


def test_oldest_first_by_when_they_were_sorted(session: Session, people: People, tell: Tell, moment):
    first, second = tell(), tell()
    sort(session, people, second, "access.reset_email_missing")
    clock.set_to(moment.replace(hour=11))
    sort(session, people, first, "access.reset_email_missing")
    assert [one.ticket for one in training_examples(session)] == [second.number, first.number]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every ticket is one whose suggestion is hidden."""
    monkeypatch.setenv("NAVIGATOR_HIDE_ONE_IN", "1")
    settings.cache_clear()


@pytest.mark.usefixtures("drawn")
def test_a_hidden_suggestion_sorts_nothing_until_a_navigator_did(
    session: Session, people: People, tell: Tell
):
    ticket = tell("I have forgotten my password and cannot get in")
    assert ticket.suggested_category == "access.forgotten_password"
    assert (ticket.category, ticket.suggestion_is_hidden, ticket.shows_suggestion) == (None, True, False)
    sort(session, people, ticket, "access.signed_out")
    assert ticket.shows_suggestion
    assert ticket.suggestion_is_hidden


@pytest.mark.usefixtures("drawn")
def test_what_a_clinician_must_read_is_never_hidden(session: Session, tell: Tell):
    ticket = tell("suicidal")
    assert ticket.suggested_category == "divert.risk"
    assert not ticket.suggestion_is_hidden
    assert session.exec(select(ClinicalReview)).all()


def test_one_ticket_in_twenty_is_hidden(session: Session, tell: Tell, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("NAVIGATOR_HIDE_ONE_IN")
    settings.cache_clear()
    drawn = sum(_is_sampled(id) for id in range(1, 10_001))
    assert 400 < drawn < 600
