"""Reading the queue: one order, pages that neither skip nor repeat, and nothing that is not one's own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session

from navigator import clock
from navigator.bulk.selection import BulkSelection, count_selected, selected_tickets
from navigator.errors import Invalid
from navigator.insight.live_dashboard import live_dashboards
from navigator.people.actor import reporter
from navigator.people.user import Role
from navigator.problems.outages import suggested_outages
from navigator.tickets.actions import staff
from navigator.tickets.actions.snooze import snooze
from navigator.tickets.inputs import AssignInput, SayInput, SnoozeInput
from navigator.tickets.queue.counts import counts
from navigator.tickets.queue.filters import Filters
from navigator.tickets.queue.queue import queue
from tests.conftest import MOMENT
from tests.navigator.tickets.report_factory import tell
from tests.people import People


def numbers(session: Session, actor: object, **asked: str) -> list[int]:
    return [row.number for row in queue(session, actor, Filters(**asked)).rows]  # type: ignore[arg-type]


def test_the_order_is_due_then_priority_then_age(session: Session, people: People) -> None:
    later = tell(session, next_session=MOMENT.date() + timedelta(days=9))
    sooner = tell(session, next_session=MOMENT.date() + timedelta(days=1))
    twin = tell(session, next_session=MOMENT.date() + timedelta(days=1))
    assert numbers(session, people.amina) == [sooner.number, twin.number, later.number]


def test_pages_neither_skip_nor_repeat(session: Session, people: People) -> None:
    made = {tell(session).number for _ in range(7)}
    seen: list[int] = []
    after = None
    while True:
        page = queue(session, people.amina, Filters(), after, limit=3)
        seen += [row.number for row in page.rows]
        if (after := page.next_cursor) is None:
            break
    assert len(seen) == 7
    assert set(seen) == made


@pytest.mark.parametrize("cursor", ["x", "bm90IGpzb24", "W10", "WyJ4Iiwxd0", "é"])
def test_a_made_up_cursor_is_refused(session: Session, people: People, cursor: str) -> None:
    with pytest.raises(Invalid):
        queue(session, people.amina, Filters(), cursor)


def test_each_view_holds_its_own_and_the_counts_agree(session: Session, people: People) -> None:
    mine, nobodys, waits, grave = (
        tell(session),
        tell(session),
        tell(session),
        tell(session, text="I want to die"),
    )
    passed = tell(session, category="divert.clinical", text="")
    ended = tell(session)
    for ticket in (mine, waits, grave, ended):
        staff.assign(session, people.mo, ticket.number, AssignInput(assignee_id=people.amina.user_id))
    staff.assign(session, people.mo, nobodys.number, AssignInput())
    staff.wait(session, people.amina, waits.number, SayInput(body="Which?"))
    from navigator.tickets.actions.reporter import withdraw

    withdraw(session, reporter(ended.number), ended.number)
    session.flush()
    held = {
        "all": {mine, nobodys, waits, grave},
        "mine": {mine, waits, grave},
        "unassigned": {nobodys},
        "waiting": {waits},
        "passed_on": {passed},
        "handed_over": {grave},
        "ended": {ended},
    }
    for view, tickets in held.items():
        assert set(numbers(session, people.amina, view=view)) == {one.number for one in tickets}, view
    counted = counts(session, people.amina, Filters()).by_view
    assert {view: counted[view] for view in counted if view in held} == {
        view: len(tickets) for view, tickets in held.items() if view != "ended"
    }


def test_filters_ask_what_they_say(session: Session, people: People) -> None:
    fixable, not_fixable = tell(session), tell(session, category="use.outage_or_error")
    unsorted = tell(session, category=None, text="?!")
    ours = people.amina
    assert numbers(session, ours, fixable="yes") == [fixable.number]
    assert numbers(session, ours, fixable="no") == [not_fixable.number]
    assert numbers(session, ours, fixable="unknown") == [unsorted.number]
    assert numbers(session, ours, group="use") == [not_fixable.number]
    assert numbers(session, ours, programme="fern", service="north", category="use.outage_or_error") == [
        not_fixable.number
    ]
    assert numbers(session, ours, service="south") == []


def test_nobody_counts_or_lists_what_they_may_not_see(session: Session, people: People) -> None:
    """T11 of the peers."""
    tell(session)
    grave = tell(session, text="I want to die")
    own = tell(session, people.priya)
    assert numbers(session, people.sam) == numbers(session, people.ada) == []
    assert counts(session, people.sam, Filters()).by_view["all"] == 0
    assert numbers(session, people.cole) == [grave.number]
    assert numbers(session, people.priya) == [own.number]
    assert numbers(session, reporter(grave.number)) == [grave.number]


def test_what_is_built_once_asks_for_the_present_moment(session: Session, people: People) -> None:
    number = tell(session).number
    snooze(session, people.amina, number, SnoozeInput(until="days", days=1, body="Later"))
    session.flush()
    held = []
    for at in (MOMENT, MOMENT + timedelta(days=2), MOMENT + timedelta(days=60), MOMENT):
        with clock.stopped_at(at):
            by_view, saved = counts(session, people.amina, Filters(), [Filters(due="late")])
            row = queue(session, people.amina, Filters()).rows
            held.append((by_view["all"], by_view["snoozed"], saved[Filters(due="late")]))
            assert len(row) == by_view["all"]
            assert sum(one.is_late for one in row) == saved[Filters(due="late")]
    assert held == [(0, 1, 0), (1, 0, 0), (1, 0, 1), (0, 1, 0)]


def test_what_is_built_once_is_never_for_others(session: Session, people: People) -> None:
    """Neither for another person, nor for the same one with other roles, nor in another view."""
    here, there = tell(session).number, tell(session, service="south").number
    moved = replace(people.amina, roles={people.south: frozenset({Role.NAVIGATOR})})
    without = replace(people.amina, roles={})
    for actor, seen in ((people.amina, [here]), (moved, [there]), (without, []), (people.amina, [here])):
        assert numbers(session, actor) == seen
        assert counts(session, actor, Filters()).by_view["all"] == len(seen)
    assert numbers(session, people.amina, view="ended") == []


def test_saved_filters_are_counted_as_each_asks(session: Session, people: People) -> None:
    """Also when others were counted before, in another order."""
    tell(session), tell(session, category="notify.too_many")
    one, other = Filters(category="notify.too_many"), Filters(service="north")
    for saved in ([one, other], [other, one], [other], [one, one]):
        assert counts(session, people.amina, Filters(), saved).by_filters == {
            each: {one: 1, other: 2}[each] for each in saved
        }


def test_what_holds_for_all_that_are_counted_is_asked_once(session: Session, people: People) -> None:
    with heard(session) as statements:
        counts(session, people.amina, Filters(), [Filters(view="mine"), Filters(view="handed_over")])
    (statement, _), parts = statements[0], ("ticket.status IN ('new', 'open',", "ticket.hand_over_is_open")
    # Each once within the views and once within the saved ones, but for views that are more than it.
    assert [statement.count(part) for part in parts] == [4, 2]


@pytest.mark.only_on("sqlite")  # PostgreSQL knows how many of them are live.
def test_calls_are_looked_for_among_live_tickets_alone(session: Session, people: People) -> None:
    """Not among all that somebody ever had, where an engine would rather look."""
    with heard(session) as statements:
        queue(session, people.amina, Filters(view="calls"))
    ((statement, values),) = statements
    plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    assert not any("ix_ticket_assignee_id" in step.detail for step in plan), plan


@contextmanager
def heard(session: Session) -> Iterator[list[tuple[str, Any]]]:
    """What is asked of the database meanwhile, with its values."""
    statements: list[tuple[str, Any]] = []

    def note(_1: object, _2: object, statement: str, values: Any, *_: object) -> None:
        statements.append((statement, values))

    event.listen(session.connection(), "before_cursor_execute", note)
    yield statements
    event.remove(session.connection(), "before_cursor_execute", note)


SOON: dict[str, Any] = {"view": "guards", "due": 1, "session": 2, "since": MOMENT.date()}


@pytest.mark.parametrize(
    "decide",
    [
        lambda session, people: queue(session, people.amina, Filters(**SOON)),
        lambda session, people: counts(session, people.amina, Filters(due=1), [Filters(view="guards")]),
        lambda session, people: selected_tickets(session, people.amina, BulkSelection(whole=True, **SOON)),
        lambda session, people: count_selected(session, people.amina, BulkSelection(whole=True, **SOON)),
        lambda session, people: live_dashboards(session, people.mo, ()),
        lambda session, people: suggested_outages(session, people.amina),
    ],
)
def test_a_list_or_count_reads_the_clock_once(
    session: Session,
    people: People,
    monkeypatch: pytest.MonkeyPatch,
    decide: Callable[[Session, People], object],
) -> None:
    """Also for what its filters work out before it is asked: the days to a session, the last of a period."""
    looks: list[datetime] = []

    def look() -> datetime:
        looks.append(MOMENT + timedelta(days=len(looks)))
        return looks[-1]

    monkeypatch.setattr(clock, "_set_to", None)
    monkeypatch.setattr(clock, "machine_time", look)
    decide(session, people)
    assert len(looks) == 1
