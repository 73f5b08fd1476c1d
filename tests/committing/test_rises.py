"""Rises with two processes at once: found once, and decided once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from navigator import clock, database
from navigator.errors import Conflict
from navigator.jobs.rises import look_for_rises
from navigator.problems.problem import Problem
from navigator.problems.rise import DismissalReason, Rise
from navigator.problems.rise_decisions import DismissalInput, RiseInput, dismiss, make_problem
from navigator.problems.spikes import ALL_DAYS
from tests.conftest import MOMENT
from tests.navigator.problems.rise_factory import REMINDERS
from tests.navigator.tickets.report_factory import tell
from tests.people import People, settle

pytestmark = pytest.mark.slow


@pytest.fixture
def people(committing: str) -> People:
    """Everybody, and a rise of today, committed."""
    with database.writing() as session:
        people = settle(session)
        _tell(session, ALL_DAYS - 1, 1)
        _tell(session, 0, 9)
    clock.set_to(MOMENT)
    return people


def _tell(session: Session, days: int, count: int) -> None:
    clock.set_to(MOMENT - timedelta(days=days))
    for _ in range(count):
        tell(session, category=REMINDERS, text="")


def rises() -> list[Rise]:
    with database.reading() as session:
        return list(session.exec(select(Rise).order_by(col(Rise.id))))


def test_two_processes_find_it_once(people: People) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = [*pool.map(lambda _: look_for_rises(), range(4))]
    assert sorted(found) == [0, 0, 0, 1]
    assert len(rises()) == 1


def test_of_two_who_decide_at_once_one_does(people: People) -> None:
    look_for_rises()
    (rise,) = rises()

    def decide(is_dismissal: bool) -> str:
        try:
            with database.writing() as session:
                if is_dismissal:
                    dismiss(session, people.amina, rise.id, DismissalInput(reason=DismissalReason.EXPECTED))
                    return "dismissed"
                make_problem(session, people.tom, rise.id, RiseInput(is_outage=True))
                return "problem"
        except Conflict:
            return "too late"

    with ThreadPoolExecutor(4) as pool:
        said = [*pool.map(decide, (True, False, False, True))]
    (decided,) = rises()
    with database.reading() as session:
        problems = len(session.exec(select(Problem)).all())
    assert problems == (decided.dismissed_as is None)
    assert {"dismissed", "problem"} & {*said} == ({"problem"} if problems else {"dismissed"})
