"""The log-in watch and the shared problem of the demonstration: lived through, with nothing to ask later."""

import pytest
from sqlmodel import Session, select

from navigator.login_watch.tables import LoginAlarm, LoginWatch, WatchSecret, WatchStatus
from navigator.problems.problem import Problem, ProblemStatus
from navigator.shared_problems.published import is_shared
from navigator.shared_problems.tables import PeerDesk, PublishedProblem

pytestmark = pytest.mark.slow  # it is filled, which takes a minute


def test_the_watch_told_of_the_update_and_that_it_was_over(demo: Session) -> None:
    watch, alarm = demo.exec(select(LoginWatch)).one(), demo.exec(select(LoginAlarm)).one()
    assert alarm.ended_at
    assert alarm.decided_by
    outage = demo.get_one(Problem, alarm.problem_id)
    assert (outage.is_outage, outage.status) == (True, ProblemStatus.CLOSED)
    assert outage.opened_at < alarm.ended_at
    assert watch.status == WatchStatus.NO_SECRETS
    assert demo.exec(select(WatchSecret)).all() == []  # so it tries nothing


def test_one_problem_is_shared_and_no_other_desk_is_read(demo: Session) -> None:
    assert is_shared(demo)
    published = demo.exec(select(PublishedProblem)).one()
    assert published.published_by
    assert demo.exec(select(PeerDesk)).all() == []
