"""Did training help: each figure counted again by plain SQL, of few people nothing, findings that are so."""

from datetime import time, timedelta
from itertools import pairwise
from math import sqrt
from typing import Any

import pytest
from scipy.stats import t as student
from scipy.stats import ttest_ind
from sqlalchemy import bindparam, text, true
from sqlmodel import Session
from sqlmodel.sql.sqltypes import UTCDateTime

from navigator import clock
from navigator.insight.period_filter import PeriodFilter
from navigator.insight.queries import ReportScope, resolve_scope
from navigator.insight.sections import training_effect
from navigator.insight.table import Row
from navigator.people.actor import Actor
from navigator.training import seats, sessions
from navigator.training.effect import WINDOW, Effect, Group, _student, effects, held_sessions
from navigator.training.inputs import AttendanceInput, BookingInput, TrainingSessionInput
from navigator.training.tables import TrainingSession
from tests.conftest import MOMENT
from tests.navigator.tickets.report_factory import tell
from tests.navigator.training.test_seats import colleagues
from tests.people import People

HELD = MOMENT - timedelta(days=21, hours=1)
BEFORE, AFTER = (4, 3, 5, 4, 3, 2), (1, 0, 1, 2, 0, 1)
OTHERS_BEFORE, OTHERS_AFTER = (2, 3, 2, 1, 2), (2, 2, 3, 2, 2)
QUESTION = "How do I assign module 3?"


def ask_times(session: Session, actor: Actor, count: int, *, days: int) -> None:
    """A how-to question on each of so many days, from so many days after the session."""
    for n in range(count):
        clock.set_to(HELD + timedelta(days=days + n, hours=1))
        tell(session, actor, reporter="pwp", category="use.how_to", text=QUESTION)


def live_through(session: Session, people: People, came: int = 6, others: int = 5) -> TrainingSession:
    """A session three weeks ago, to which some came and others did not; all asked before and after."""
    clock.set_to(HELD - WINDOW)
    everybody = colleagues(session, people, came + others)
    local = clock.local(HELD)
    planned = sessions.plan_session(
        session,
        people.amina,
        TrainingSessionInput(
            service="north", topic="assign", title="Assigning", on=local.date(), at=time(9), places=20
        ),
    )
    for one in everybody[:came]:
        seats.book(session, one, planned.id, BookingInput(confidence=3))
    for n, one in enumerate(everybody[:came]):
        ask_times(session, one, BEFORE[n], days=-15)
        ask_times(session, one, 1, days=-24)  # longer ago than has passed since
    for n, one in enumerate(everybody[came:]):
        ask_times(session, one, OTHERS_BEFORE[n], days=-15)
    clock.set_to(HELD + timedelta(hours=1))
    ids = [one.user_id or 0 for one in everybody[:came]]
    told = AttendanceInput(came=ids, confidence={str(id): 8 for id in ids})
    sessions.record_attendance(session, people.amina, planned.id, told)
    for n, one in enumerate(everybody[:came]):
        ask_times(session, one, AFTER[n], days=2)
    for n, one in enumerate(everybody[came:]):
        ask_times(session, one, OTHERS_AFTER[n], days=2)
    _noise(session, people, everybody[0])
    clock.set_to(MOMENT)
    session.flush()
    return planned


def _noise(session: Session, people: People, actor: Actor) -> None:
    """What is none of it: another category, a patient's question, and one of somebody without that role."""
    clock.set_to(HELD + timedelta(days=5))
    tell(session, actor, reporter="pwp", category="use.outage_or_error", text=QUESTION)
    tell(session, category="use.how_to", text=QUESTION)
    tell(session, people.amina, reporter="pwp", category="use.how_to", text=QUESTION)


def scope_of(session: Session, people: People, **what: str) -> ReportScope:
    return resolve_scope(session, people.mo, PeriodFilter.model_validate(what))


def rows(session: Session, people: People, **what: str) -> dict[str, Row]:
    sheet = training_effect.table(session, scope_of(session, people, **what))
    assert all(len(row.cells) == len(sheet.columns) - 1 for row in sheet.rows)
    return {row.label.split(":")[0]: row for row in sheet.rows}


def exact(row: Row) -> list[str]:
    return [cell.exact for cell in row.cells]


COUNTED = """
SELECT m.user_id,
 (SELECT count(*) FROM ticket t WHERE t.reporter_user_id = m.user_id AND t.category = 'use.how_to'
  AND t.status <> 'merged' AND t.service_id = m.service_id
  AND t.reported_at >= :first AND t.reported_at < :held) AS before,
 (SELECT count(*) FROM ticket t WHERE t.reporter_user_id = m.user_id AND t.category = 'use.how_to'
  AND t.status <> 'merged' AND t.service_id = m.service_id
  AND t.reported_at >= :held AND t.reported_at < :last) AS after,
 EXISTS (SELECT 1 FROM attendance a WHERE a.user_id = m.user_id AND a.session_id = :id AND a.came) AS came
FROM membership m WHERE m.role = 'pwp' AND m.service_id = :north
AND m.user_id IN (SELECT id FROM "user" WHERE created_at <= :first)
"""


def recount(session: Session, people: People, planned: TrainingSession) -> dict[bool, list[tuple[int, int]]]:
    """How often each practitioner asked before and after, of those who came and of the others."""
    span = min(WINDOW, MOMENT - planned.starts_at)
    start = planned.starts_at
    moments = {"first": start - span, "held": start, "last": start + span}
    typed = [bindparam(name, type_=UTCDateTime()) for name in moments]
    what: dict[str, Any] = moments | {"id": planned.id, "north": people.north}
    found: dict[bool, list[tuple[int, int]]] = {True: [], False: []}
    for _, before, after, came in session.execute(text(COUNTED).bindparams(*typed), what):
        found[bool(came)].append((before, after))
    return found


def means(pairs: list[tuple[int, int]]) -> list[str]:
    before, after = (sum(pair[side] for pair in pairs) / len(pairs) for side in (0, 1))
    change = after - before
    return [str(len(pairs)), f"{before:.1f} each", f"{after:.1f} each", in_words(change)]


def in_words(change: float) -> str:
    if not round(abs(change), 1):
        return "about the same"
    return f"{abs(change):.1f} {'more' if change > 0 else 'fewer'} each"


def test_every_figure_is_what_plain_sql_counts(session: Session, people: People) -> None:
    planned = live_through(session, people)
    counted = recount(session, people, planned)
    assert sorted(counted[True]) == sorted(zip(BEFORE, AFTER, strict=True))
    assert sorted(counted[False]) == sorted([*zip(OTHERS_BEFORE, OTHERS_AFTER, strict=True)])
    found = rows(session, people)
    assert exact(found["How-to questions of those who came"]) == means(counted[True])
    assert exact(found["Of those who did not come"]) == means(counted[False])
    assert exact(found["Confidence straight after"]) == ["6", "3.0", "8.0", "5.0 higher"]
    assert set(exact(found["Confidence six to eight weeks later"])) == {"fewer than 5 people"}


def test_the_difference_and_its_interval_are_welchs(session: Session, people: People) -> None:
    planned = live_through(session, people)
    counted = recount(session, people, planned)
    came, others = ([after - before for before, after in counted[side]] for side in (True, False))
    expected = ttest_ind(came, others, equal_var=False)
    interval = expected.confidence_interval(0.95)
    (found,) = effects(
        session, held_sessions(session, [people.north], scope_of(session, people).days), true()
    )
    assert found.difference
    assert found.difference.mean == pytest.approx(sum(came) / len(came) - sum(others) / len(others))
    assert (found.difference.low, found.difference.high) == pytest.approx(
        (interval.low, interval.high), rel=1e-3
    )
    assert found.difference.is_clear == (expected.pvalue < 0.05)


@pytest.mark.parametrize("freedom", [4, 4.5, 7, 30, 1000])
def test_students_percentile_is_what_scipy_says(freedom: float) -> None:
    assert _student(freedom) == pytest.approx(student.ppf(0.975, freedom), rel=1e-3)


def test_the_interval_holds_what_it_should_in_95_of_100(session: Session) -> None:
    """Of 400 pairs of groups between which nothing differs, about one in twenty leaves that out."""
    left_out = 0
    draws = student.rvs(6, size=(400, 14), random_state=3)
    for draw in draws:
        groups = (Group((0.0,) * 7, tuple(part)) for part in (draw[:7], draw[7:]))
        difference = Effect("assign", False, 1, *groups).difference
        assert difference
        left_out += difference.is_clear
    assert left_out / 400 < 0.05 + 3 * sqrt(0.05 * 0.95 / 400)


@pytest.mark.parametrize(("came", "others"), [(4, 5), (6, 4)])
def test_nothing_is_told_of_fewer_than_five(session: Session, people: People, came: int, others: int) -> None:
    live_through(session, people, came, others)
    found = rows(session, people)
    few = found["How-to questions of those who came"] if came < 5 else found["Of those who did not come"]
    assert exact(few)[1:] == ["fewer than 5 people"] * 3
    assert "not known" in exact(found["Difference"])[3]
    names = [finding.section for finding in training_effect.findings(session, scope_of(session, people))]
    assert len(names) == 1, "what recurs alone"


def test_what_leaves_shows_no_mean_of_few_questions(session: Session, people: People) -> None:
    live_through(session, people)
    found = rows(session, people)["How-to questions of those who came"]
    assert [cell.shared for cell in found.cells] == ["5", "3.5 each", "0.8 each", "2.7 fewer each"]
    few = training_effect._each_cell((1.0, 1.0, 1.0, 1.0, 0.0))
    assert (few.exact, few.shared) == ("0.8 each", "not shown")


def test_what_needs_a_decision_is_said_with_its_interval(session: Session, people: People) -> None:
    live_through(session, people)
    helped, again = training_effect.findings(session, scope_of(session, people))
    assert "2.9 fewer how-to questions each, beyond what changed for colleagues" in helped.sentence
    assert "95% interval" in helped.sentence
    assert helped.advice == "Offer it to those who have not come."
    assert "and no session is planned" in again.sentence
    assert "North Talking Therapies" in again.sentence


def test_a_session_of_this_week_or_of_long_ago_tells_nothing_yet(session: Session, people: People) -> None:
    live_through(session, people)
    days = scope_of(session, people).days
    for away, is_told in ((6, False), (8, True), (27 + 28, True), (28 + 29, False)):
        clock.set_to(HELD + timedelta(days=away))
        shown = held_sessions(session, [people.north], scope_of(session, people).days)
        assert bool(shown) is is_told, away
    assert held_sessions(session, [people.south], days) == []


def test_who_came_last_and_who_came_new_are_not_compared(session: Session, people: People) -> None:
    """Only practitioners who were there throughout: others could not have asked before."""
    live_through(session, people)
    clock.set_to(HELD - timedelta(days=3))
    new = colleagues_named(session, people, "Nia", "Noor")
    clock.set_to(MOMENT)
    found = rows(session, people)["Of those who did not come"]
    assert len(new) == 2
    assert found.cells[0].exact == "5"


def colleagues_named(session: Session, people: People, *names: str) -> list[Actor]:
    from navigator.people.user import Role
    from tests.people import join

    return [join(session, name, f"{name}@north.example", people.north, Role.PWP) for name in names]


def test_a_person_counts_once_over_all_sessions(session: Session, people: People) -> None:
    first = live_through(session, people)
    clock.set_to(HELD - timedelta(days=1))
    again = sessions.plan_session(
        session,
        people.amina,
        TrainingSessionInput(
            service="north", topic="risk", title="Risk", on=clock.local(HELD).date(), at=time(12), places=20
        ),
    )
    seats.book(session, people.priya, again.id, BookingInput())
    clock.set_to(HELD + timedelta(hours=5))
    sessions.record_attendance(
        session, people.amina, again.id, AttendanceInput(came=[people.priya.user_id or 0])
    )
    clock.set_to(MOMENT)
    held = held_sessions(session, [people.north], scope_of(session, people).days)
    assert [one.id for one in held] == [first.id, again.id]
    together, assign, risk = effects(session, held, true())
    assert (together.topic, assign.topic, risk.topic) == ("", "assign", "risk")
    assert together.came.people == assign.came.people
    assert together.came.people + together.others.people == len(recount_all(assign))
    assert all(a.starts_at <= b.starts_at for a, b in pairwise(held))


def recount_all(effect: Effect) -> list[float]:
    return [*effect.came.changes, *effect.others.changes]
