"""The log-in watch and the shared problem of the demonstration: lived through, with nothing to ask later."""

import pytest
from sqlmodel import Session, select

from navigator.catalogue.catalogue import catalogue
from navigator.login_watch.tables import LoginAlarm, LoginWatch, WatchSecret, WatchStatus
from navigator.people.login import actor_of
from navigator.people.user import User
from navigator.problems.problem import Problem, ProblemStatus
from navigator.shared_problems.elsewhere import AdoptInput, adopt, list_elsewhere
from navigator.shared_problems.published import is_shared
from navigator.shared_problems.pull import is_nobodys
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


def test_one_problem_is_shared_and_one_of_another_desk_is_adopted_in_one_click(demo: Session) -> None:
    """There was none to adopt: what sharing is for could not be seen."""
    assert is_shared(demo)
    published = demo.exec(select(PublishedProblem)).one()
    assert published.published_by
    peer = demo.exec(select(PeerDesk)).one()
    assert is_nobodys(peer.url), "it would be asked, and is not there"
    tom = actor_of(demo, demo.exec(select(User.id).where(User.name == "Tom Reid")).one())
    assert tom
    [each] = list_elsewhere(demo, tom)
    assert each.programme, "no service of theirs offers it"
    assert each.problem.category in {leaf.id for leaf in catalogue().leaves}
    adopted = AdoptInput(service="riverside", programme=each.programme, category=each.problem.category)
    problem = adopt(demo, tom, each.problem.id, adopted)
    assert (problem.title, problem.known) == (each.problem.title, f"{each.problem.known}\n\nVersions: 4.2")
