"""How good suggestions are: counted where a person said what it was, fairly apart, and by whose it is."""

from collections.abc import Callable

import pytest
from sqlmodel import Session

from navigator import clock
from navigator.insight.accuracy import accuracy
from navigator.insight.rate import Rate
from navigator.people.actor import ANONYMOUS
from navigator.tickets.actions import staff
from navigator.tickets.inputs import ResolveInput, TriageInput
from navigator.tickets.report_input import ReportInput
from navigator.tickets.ticket import Resolution, Ticket
from tests.people import People

FORGOTTEN = "access.forgotten_password"
Put = Callable[..., Ticket]


@pytest.fixture
def put(session: Session, people: People) -> Put:
    """Call it with what was suggested, how surely, and what it was; `None` leaves it as it came."""

    def put(suggested: str | None, was: str | None, sure: float = 0.9, *, hidden: bool = False) -> Ticket:
        ticket = staff.report(session, ANONYMOUS, ReportInput(service="north", category=FORGOTTEN)).ticket
        ticket.suggested_category, ticket.suggested_confidence = suggested, sure
        ticket.suggestion_is_hidden = hidden
        session.flush()
        if was:
            staff.triage(session, people.amina, ticket.number, TriageInput(category=was, impact=4))
        session.flush()
        return ticket

    return put


def test_nothing_is_claimed_of_nothing(session: Session, people: People):
    found = accuracy(session, people.mo)
    assert (found.coverage.total, found.hidden.total, found.seen.total) == (0, 0, 0)
    assert not found.calibration_bins
    assert not found.confusions
    assert found.version == 0


def test_hidden_and_seen_are_told_apart(session: Session, people: People, put: Put):
    put(FORGOTTEN, FORGOTTEN, hidden=True)
    put(FORGOTTEN, "notify.too_many", hidden=True)
    put(FORGOTTEN, FORGOTTEN)
    put(FORGOTTEN, None)  # nobody has looked at it
    put(FORGOTTEN, None, hidden=True)
    put(None, "notify.too_many", sure=0.2)
    found = accuracy(session, people.amina)
    assert (found.hidden, found.seen) == (Rate(1, 2), Rate(1, 1))
    assert found.coverage == Rate(5, 6)


def test_what_ended_as_it_was_counts_as_seen_and_not_as_hidden(session: Session, people: People, put: Put):
    for hidden in (False, True):
        ticket = put(FORGOTTEN, None, hidden=hidden)
        what = ResolveInput(resolution=Resolution.FIXED, body="It is done")
        staff.resolve(session, people.amina, ticket.number, what)
    session.flush()
    found = accuracy(session, people.amina)
    assert (found.hidden, found.seen) == (Rate(0, 0), Rate(1, 1))


def test_each_step_says_how_sure_and_how_often_right(session: Session, people: People, put: Put):
    put(FORGOTTEN, FORGOTTEN, 0.4)
    put(FORGOTTEN, "notify.too_many", 0.46)
    put(FORGOTTEN, FORGOTTEN, 1.0)
    low, high = accuracy(session, people.mo).calibration_bins
    assert low.accuracy == Rate(1, 2)
    assert low.mean_confidence == pytest.approx(0.43)
    assert (high.low, high.accuracy) == (0.95, Rate(1, 1))
    assert [(bar.now, bar.before) for bar in accuracy(session, people.mo).bars] == [(50, 43), (100, 100)]


def test_what_is_mixed_up_most_stands_first_with_its_newest_tickets(
    session: Session, people: People, put: Put
):
    put(FORGOTTEN, "notify.too_many")
    often = [put(FORGOTTEN, "access.signed_out").number for _ in range(4)]
    first, second = accuracy(session, people.mo).confusions
    assert (first.count, second.count) == (4, 1)
    assert first.tickets == tuple(often[:0:-1])


def test_it_counts_what_is_theirs_and_recent(session: Session, people: People, put: Put, moment):
    put(FORGOTTEN, FORGOTTEN)
    assert accuracy(session, people.sam).seen.total == 0
    clock.set_to(moment.replace(month=9, day=30))
    assert accuracy(session, people.mo).seen.total == 0


def test_few_tickets_leave_much_open():
    assert Rate(0, 0).bounds == (0.0, 1.0)
    assert [round(bound, 3) for bound in Rate(8, 10).bounds] == [0.49, 0.943]
    low, high = Rate(800, 1000).bounds
    assert high - low < 0.06
