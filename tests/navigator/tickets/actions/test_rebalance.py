"""Sharing the work out again: few moves, fair shares, and nothing taken from under somebody's hands."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from navigator import clock
from navigator.catalogue.routing_rule import RoutingRule
from navigator.errors import NotFound
from navigator.people.actor import SYSTEM
from navigator.people.user import Membership, Role, User
from navigator.tickets import presence
from navigator.tickets.actions import calls, reply_drafts, staff
from navigator.tickets.actions.clinical_review import request_review
from navigator.tickets.actions.rebalance import rebalance, workload
from navigator.tickets.actions.reply_drafts import ReplyDraftInput
from navigator.tickets.actions.snooze import snooze
from navigator.tickets.assignment.rebalance_plan import (
    SLACK,
    AssignedTicket,
    MoveInput,
    RebalanceInput,
    plan_moves,
)
from navigator.tickets.assignment.rules import Candidate
from navigator.tickets.detail import ticket_detail
from navigator.tickets.enums import CallOutcome
from navigator.tickets.inputs import CallInput, SayInput, SnoozeInput
from navigator.tickets.ticket import Ticket
from tests.navigator.tickets.report_factory import tell
from tests.people import People

TEAMS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 25), st.booleans()), min_size=1, max_size=5)


def team_of(told: list[tuple[int, int, bool]]) -> tuple[list[Candidate], list[AssignedTicket]]:
    team = [Candidate(id, capacity, load, away) for id, (capacity, load, away) in enumerate(told, 1)]
    everybody = frozenset(one.user_id for one in team)
    each = [one.user_id for one in team for _ in range(one.load)]
    return team, [AssignedTicket(number, id, everybody - {id}) for number, id in enumerate(each)]


@given(TEAMS)
def test_afterwards_everybody_has_their_share_as_far_as_whole_tickets_go(told: list[tuple[int, int, bool]]):
    team, held = team_of(told)
    found = plan_moves(team, held, 500)
    here = {one.user_id: one.capacity for one in team if one.capacity and not one.away}
    loads = {one.user_id: one.load for one in team}
    for move in found:
        loads[move.from_user] -= 1
        loads[move.to_user] += 1
    assert {one for move in found for one in (move.from_user, move.to_user)} <= here.keys()
    assert len({move.number for move in found}) == len(found)
    assert not {move.from_user for move in found} & {move.to_user for move in found}
    mean = sum(loads[one] for one in here) / max(1, sum(here.values()))
    for one, capacity in here.items():
        for other, room in here.items():
            could = loads[one] / capacity > mean + SLACK and (loads[other] + 1) / room <= mean
            assert not could, "one more ticket could have moved"


def test_who_has_their_share_keeps_their_tickets():
    team, held = team_of([(20, 11, False), (20, 9, False), (10, 5, False)])
    assert plan_moves(team, held, 50) == []


def test_no_more_tickets_move_than_must_and_the_first_held_go_first():
    team, held = team_of([(20, 16, False), (20, 4, False)])
    assert [(one.number, one.from_user, one.to_user) for one in plan_moves(team, held, 50)] == [
        (number, 1, 2) for number in range(4)
    ]
    assert len(plan_moves(team, held, 3)) == 3


def test_what_must_stay_and_who_cannot_take_are_left_alone():
    team, held = team_of([(20, 16, False), (20, 0, False), (20, 0, True)])
    staying = [AssignedTicket(one.number, one.user_id, frozenset()) for one in held]
    only_to_the_absent = [AssignedTicket(one.number, one.user_id, frozenset({3})) for one in held]
    assert plan_moves(team, staying, 50) == plan_moves(team, only_to_the_absent, 50) == []


@pytest.fixture
def uneven(session: Session, people: People) -> list[Ticket]:
    """Six tickets of yesterday, all with Amina; the least urgent last."""
    tom = session.get_one(User, people.tom.user_id)
    for one in session.exec(select(Membership).where(Membership.role == Role.NAVIGATOR)):
        one.capacity = 10
    tom.away_from_on = clock.today()
    tickets = [tell(session, next_session=clock.today() + timedelta(days=3 + n)) for n in range(6)]
    tom.away_from_on = None
    session.flush()
    clock.set_to(clock.now() + timedelta(days=1))
    return tickets


def going(session: Session, people: People) -> list[int]:
    return [one.number for one in workload(session, people.mo, "north").moves]


def test_the_least_urgent_go_first(session: Session, people: People, uneven: list[Ticket]):
    by_due = sorted(uneven, key=lambda one: (one.due_at, one.number), reverse=True)
    assert going(session, people) == [one.number for one in by_due[:2]]


def _draft(session: Session, people: People, number: int) -> None:
    reply_drafts.save_draft(session, people.amina, number, ReplyDraftInput(address="replies", body="Dear"))


def _snooze(session: Session, people: People, number: int) -> None:
    snooze(session, people.amina, number, SnoozeInput(until="morning"))


AT_IT: list[Callable[[Session, People, int], object]] = [
    _draft,
    _snooze,
    lambda session, people, number: presence.mark_present(session, people.amina, number),
    lambda session, people, number: staff.reply(session, people.amina, number, SayInput(body="Try this")),
    lambda session, people, number: calls.call(
        session, people.amina, number, CallInput(came=CallOutcome.NO_ANSWER)
    ),
    lambda session, _, number: request_review(session, SYSTEM, session.get_one(Ticket, number), ["tried"]),
]


@pytest.mark.parametrize("at_it", AT_IT, ids=["draft", "snoozed", "reads", "reply", "call", "hand-over"])
def test_a_ticket_at_which_somebody_is_stays(
    session: Session, people: People, uneven: list[Ticket], at_it: Callable[[Session, People, int], object]
):
    last = going(session, people)[0]
    version = session.get_one(Ticket, last).version
    at_it(session, people, last)
    session.flush()
    assert last not in going(session, people)
    seen = MoveInput(number=last, version=version, to=people.tom.user_id or 0)
    done = rebalance(session, people.mo, "north", RebalanceInput(moves=[seen]))
    assert (done.moved, [*done.skipped]) == ([], [last])
    assert session.get_one(Ticket, last).assignee_id == people.amina.user_id


def test_what_one_reads_oneself_can_be_moved(session: Session, people: People, uneven: list[Ticket]):
    before = going(session, people)
    presence.mark_present(session, people.mo, before[0])
    session.flush()
    assert going(session, people) == before


def test_moves_are_done_through_the_gate_and_what_changed_is_left(
    session: Session, people: People, uneven: list[Ticket]
):
    first, second = going(session, people)
    seen = [
        MoveInput(number=one, version=session.get_one(Ticket, one).version, to=people.tom.user_id or 0)
        for one in (first, second)
    ]
    staff.verify(session, people.amina, second)
    done = rebalance(session, people.mo, "north", RebalanceInput(moves=seen))
    assert (list(done.moved), [*done.skipped]) == ([first], [second])
    case = ticket_detail(session, people.tom, first)
    assert (case.assignee, case.assignment_event and case.assignment_event.details["from"]) == (
        "Tom Baker",
        people.amina.user_id,
    )
    assert session.get_one(Ticket, second).assignee_id == people.amina.user_id


def test_what_a_rule_gave_to_somebody_stays_with_those_whom_it_names(
    session: Session, people: People, uneven: list[Ticket]
):
    session.add(
        RoutingRule(service_id=people.north, code="all", title="All", people=[people.amina.user_id or 0])
    )
    session.flush()
    assert going(session, people) == []


def test_only_who_may_assign_there_sees_and_shares(session: Session, people: People, uneven: list[Ticket]):
    what = RebalanceInput(moves=[MoveInput(number=uneven[0].number, version=1, to=people.tom.user_id or 0)])
    for one in (people.sam, people.priya, people.cole, people.ada):
        with pytest.raises(NotFound):
            workload(session, one, "north")
        with pytest.raises(NotFound):
            rebalance(session, one, "north", what)
    assert workload(session, people.amina, "north").moves
