"""Rises that somebody decided on after they were read, as PostgreSQL lets two do it: the first one stands."""

from typing import Any

import pytest
from sqlmodel import Session, col, select, update

from navigator import clock
from navigator.errors import Conflict
from navigator.problems import records, rise_decisions
from navigator.problems.inputs import NewProblemInput
from navigator.problems.problem import Problem
from navigator.problems.rise import DismissalReason, Rise
from navigator.problems.rise_decisions import DismissalInput, RiseInput
from navigator.problems.rises import OfferedRise, find_rise
from tests.navigator.problems.rise_factory import look, risen
from tests.people import People

pytestmark = pytest.mark.both_engines


@pytest.fixture
def rise(session: Session, people: People) -> Rise:
    risen(session, 3, 4, 4)
    assert look(session) == 1
    return session.exec(select(Rise)).one()


@pytest.fixture
def other(session: Session, people: People, rise: Rise) -> Problem:
    told = NewProblemInput(service="north", programme="fern", title="Other", category="use.lost_answers")
    return records.open_problem(session, people.tom, told)


@pytest.fixture(params=["dismissed", "problem"])
def decided(
    request: pytest.FixtureRequest,
    session: Session,
    rise: Rise,
    other: Problem,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """What somebody else makes of it, between the read and the lock."""
    decisions: dict[str, dict[str, Any]] = {
        "dismissed": {"ended_at": clock.now(), "dismissed_as": DismissalReason.NOT_ALIKE},
        "problem": {"problem_id": other.id},
    }
    by_id = update(Rise).where(col(Rise.id) == rise.id).execution_options(synchronize_session=False)

    def read_before(*asked: Any) -> OfferedRise:
        found = find_rise(*asked)
        session.exec(by_id.values(**decisions[request.param]))
        return found

    monkeypatch.setattr(rise_decisions, "find_rise", read_before)
    return str(request.param)


def test_it_becomes_no_second_problem(
    session: Session, people: People, rise: Rise, other: Problem, decided: str
) -> None:
    def make() -> Problem:
        return rise_decisions.make_problem(session, people.amina, rise.id, RiseInput())

    if decided == "problem":
        assert make().id == other.id
    else:
        with pytest.raises(Conflict):
            make()
    assert session.exec(select(Problem.id)).all() == [other.id]


def test_it_is_not_dismissed_any_more(session: Session, people: People, rise: Rise, decided: str) -> None:
    with pytest.raises(Conflict):
        rise_decisions.dismiss(
            session, people.amina, rise.id, DismissalInput(reason=DismissalReason.EXPECTED)
        )
    session.refresh(rise)
    assert rise.dismissed_as == (DismissalReason.NOT_ALIKE if decided == "dismissed" else None)
