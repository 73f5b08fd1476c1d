"""Counting tries, and forgetting what has run out."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.people import api_keys, expired, login, password_reset, rate_limit, tokens
from navigator.people.api_keys import ApiKey
from navigator.people.one_time_token import OneTimeToken, TokenPurpose
from navigator.people.rate_limit import Limit, RateLimitCounter
from navigator.people.user import Role
from navigator.people.user_session import UserSession
from tests.clocks import MICROSECOND, moving
from tests.conftest import MOMENT
from tests.people import People, token_of

TWICE = Limit(2, timedelta(minutes=10))


def tries(session: Session, how_often: int, bucket: str = "report", who: str = "192.0.2.1") -> list[bool]:
    return [rate_limit.hit(session, bucket, who, TWICE) for _ in range(how_often)]


@pytest.mark.usefixtures("any_clock")
def test_one_too_many_is_refused(session: Session):
    assert tries(session, 4) == [True, True, False, False]


@pytest.mark.usefixtures("any_clock")
def test_each_is_counted_apart(session: Session):
    assert tries(session, 2) == tries(session, 2, who="192.0.2.2") == tries(session, 2, bucket="other")


@pytest.mark.usefixtures("any_clock")
def test_a_new_window_begins_anew(session: Session):
    tries(session, 3)
    clock.set_to(clock.now() + TWICE.per)
    assert tries(session, 3) == [True, True, False]


@pytest.mark.usefixtures("any_clock")
def test_a_rightful_try_is_given_back(session: Session):
    tries(session, 2)
    rate_limit.unhit(session, "report", "192.0.2.1", TWICE, clock.now())
    assert tries(session, 2) == [True, False]


@pytest.mark.usefixtures("any_clock")
def test_nothing_is_given_back_twice(session: Session):
    tries(session, 1)
    for _ in range(5):
        rate_limit.unhit(session, "report", "192.0.2.1", TWICE, clock.now())
    assert tries(session, 3) == [True, True, False]


def test_what_has_run_out_is_cleared_and_nothing_else(session: Session, people: People):
    key = api_keys.create(session, people.north, Role.MANAGER, "Reports", clock.now())
    everything(session, people)
    clock.set_to(clock.now() + timedelta(days=3))
    token, link = everything(session, people)
    clock.set_to(clock.now() + TWICE.per - timedelta(seconds=1))  # the window still runs
    expired.delete_expired(session, clock.now())
    assert [
        len(session.exec(select(table)).all()) for table in (UserSession, OneTimeToken, RateLimitCounter)
    ] == [1, 1, 1]
    assert login.whoami(session, token)
    assert password_reset.user_by_token(session, link).id == people.amina.user_id
    assert tries(session, 1) == [False]
    assert session.exec(select(ApiKey)).one().key_hash == tokens.hashed(key)


def everything(session: Session, people: People) -> tuple[str, str]:
    token = token_of(session, people.amina)
    link = password_reset.mint_token(session, people.amina.user_id or 0, TokenPurpose.RESET)
    tries(session, 2)
    session.flush()
    return token, link


@pytest.mark.parametrize("before", range(9))
def test_tries_around_the_end_of_a_window_are_each_counted_in_one(session: Session, before: int):
    """The clock is read at each try, a microsecond later than at the one before."""
    with moving(MOMENT - before * MICROSECOND, ticks=True):
        answers = tries(session, 6)
    in_the_old_one = min(max(before - 1, 0), 6)
    counts = {row.window_at: row.count for row in session.exec(select(RateLimitCounter))}
    expected = {MOMENT - TWICE.per: in_the_old_one, MOMENT: 6 - in_the_old_one}
    assert counts == {window: count for window, count in expected.items() if count}
    assert sum(answers) == sum(min(count, TWICE.times) for count in counts.values())
