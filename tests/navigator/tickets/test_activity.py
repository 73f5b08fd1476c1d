"""Last activity and who needs an answer: as each deed leaves them, and as the migration finds them anew."""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from navigator import clock
from navigator.jobs import deadlines
from navigator.people.actor import ANONYMOUS, reporter
from navigator.tickets.actions import reporter as theirs
from navigator.tickets.actions import staff
from navigator.tickets.actions.calls import call
from navigator.tickets.actions.merge import merge
from navigator.tickets.actions.split import split
from navigator.tickets.activity import asked_since, recount_activity
from navigator.tickets.enums import Activity, CallOutcome
from navigator.tickets.inputs import (
    AssignInput,
    CallInput,
    MergeInput,
    ResolveInput,
    SayInput,
    SplitInput,
)  # fmt: skip
from navigator.tickets.report_input import ReportInput
from navigator.tickets.ticket import Message, Resolution, Ticket
from tests.conftest import MOMENT
from tests.navigator.tickets.report_factory import tell
from tests.people import People

LATER = MOMENT + timedelta(hours=1)
WORDS = SayInput(body="Words")
Deed = Callable[[Session, People, int], Any]


def spoken(outcome: CallOutcome) -> Deed:
    def deed(session: Session, people: People, number: int) -> None:
        said = CallInput.model_validate(
            {"came": outcome, "responsibility": "access", "started_by": "us", "minutes": 3, "body": "Called"}
        )
        call(session, people.amina, number, said)

    return deed


def _nobodys(session: Session, people: People, number: int) -> None:
    staff.assign(session, people.mo, number, AssignInput())
    staff.claim(session, people.amina, number)


DEEDS: dict[str, tuple[Deed, Activity, bool]] = {
    "nothing": (lambda *_: None, Activity.THEY_WROTE, True),
    "reply": (lambda s, p, n: staff.reply(s, p.amina, n, WORDS), Activity.WE_WROTE, False),
    "wait": (lambda s, p, n: staff.wait(s, p.amina, n, WORDS), Activity.WE_WROTE, False),
    "park": (lambda s, p, n: staff.park(s, p.amina, n, WORDS), Activity.WE_WROTE, False),
    "note": (lambda s, p, n: staff.note(s, p.amina, n, WORDS), Activity.WE_WROTE, True),
    "claim": (_nobodys, Activity.WE_ACTED, True),
    "answer": (lambda s, _, n: theirs.answer(s, reporter(n), n, WORDS), Activity.THEY_WROTE, True),
    "withdraw": (lambda s, _, n: theirs.withdraw(s, reporter(n), n), Activity.THEY_ACTED, False),
    "confirm": (lambda s, _, n: theirs.confirm(s, reporter(n), n), Activity.THEY_ACTED, False),
    "spoke": (spoken(CallOutcome.SPOKE), Activity.WE_WROTE, False),
    "not reached": (spoken(CallOutcome.NO_ANSWER), Activity.WE_WROTE, True),
    "resolve": (
        lambda s, p, n: staff.resolve(s, p.amina, n, ResolveInput(resolution=Resolution.FIXED, body="Done")),
        Activity.WE_WROTE,
        False,
    ),
}


@pytest.mark.parametrize("name", DEEDS)
def test_each_deed_says_who_did_it_and_whether_an_answer_is_due(
    session: Session, people: People, name: str
) -> None:
    deed, activity, needs_answer = DEEDS[name]
    ticket = tell(session)
    with clock.stopped_at(LATER):
        deed(session, people, ticket.number)
    session.flush()
    assert ticket.last_activity == activity
    assert ticket.last_activity_at == (MOMENT if name == "nothing" else LATER)
    assert ticket.needs_answer_since_at == (MOMENT if needs_answer else None)


def test_what_they_write_after_an_answer_needs_another(session: Session, people: People) -> None:
    ticket = tell(session)
    done = ResolveInput(resolution=Resolution.FIXED, body="Done")
    staff.resolve(session, people.amina, ticket.number, done)
    for hours in (1, 2):
        with clock.stopped_at(MOMENT + timedelta(hours=hours)):
            theirs.answer(session, reporter(ticket.number), ticket.number, SayInput(body="Still locked"))
    assert ticket.needs_answer_since_at == LATER
    assert ticket.last_activity_at == MOMENT + timedelta(hours=2)


def test_what_the_desk_does_by_itself_is_no_activity(session: Session, people: People) -> None:
    ticket = tell(session)
    with clock.stopped_at(MOMENT + timedelta(days=9)):
        version = ticket.version
        deadlines.notify_overdue(session, clock.now(), ticket.number)
    assert ticket.version > version
    assert (ticket.last_activity, ticket.last_activity_at) == (Activity.THEY_WROTE, MOMENT)


def test_words_that_nobody_sent_need_no_answer(session: Session, people: People) -> None:
    told = ReportInput(service="north", text="I want to end my life")
    assert staff.report(session, ANONYMOUS, told, is_unsent=True).ticket.needs_answer_since_at is None


def test_what_was_merged_or_split_waits_as_it_did(session: Session, people: People) -> None:
    first = tell(session)
    staff.reply(session, people.amina, first.number, WORDS)
    with clock.stopped_at(LATER):
        second = tell(session)
    with clock.stopped_at(MOMENT + timedelta(hours=3)):
        merge(session, people.amina, second.number, MergeInput(into=first.number))
        session.flush()
        assert first.needs_answer_since_at == LATER
        said = session.exec(select(Message).where(Message.origin_number == second.number)).first()
        assert said
        chosen = SplitInput(messages=[said.id], body="")
        third = split(session, people.amina, first.number, chosen)
    assert (third.needs_answer_since_at, third.last_activity_at) == (LATER, LATER)
    with clock.stopped_at(LATER + timedelta(hours=1)):
        spoken(CallOutcome.SPOKE)(session, people, third.number)
    assert asked_since(session, third) is None
    with clock.stopped_at(LATER + timedelta(hours=2)):  # of a merge, only whose own ticket it is was called
        fourth = tell(session)
        merge(session, people.amina, fourth.number, MergeInput(into=third.number))
    with clock.stopped_at(LATER + timedelta(hours=3)):
        spoken(CallOutcome.SPOKE)(session, people, third.number)
    assert asked_since(session, third) == LATER + timedelta(hours=2)


def test_the_migration_finds_what_the_deeds_left(session: Session, people: People) -> None:
    """Also what is worked out anew after a message was taken back."""
    step = import_module("migrations.versions.0030_last_activity_and_what_was_read")
    tickets = []
    for deed, _, _ in DEEDS.values():
        tickets.append(tell(session))
        with clock.stopped_at(LATER):
            deed(session, people, tickets[-1].number)
    tickets.append(tell(session, text=""))
    session.flush()
    kept = [_state(ticket) for ticket in tickets]
    session.execute(text("UPDATE ticket SET last_activity = 'they_acted', needs_answer_since_at = NULL"))
    session.execute(text("DELETE FROM ticketread"))
    for statement in (step.ACTIVITY, step.ASKED, step.SAID_NOTHING, step.READ):
        session.execute(text(statement))
    session.expire_all()
    assert [_state(ticket) for ticket in tickets] == kept
    for ticket in tickets[:4]:
        recount_activity(session, ticket)
    assert [_state(ticket) for ticket in tickets[:4]] == kept[:4]


def _state(ticket: Ticket) -> tuple[Any, ...]:
    return ticket.last_activity_at, ticket.last_activity, ticket.needs_answer_since_at
