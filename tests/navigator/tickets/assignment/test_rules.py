from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.tickets.assignment.rules import Candidate, eligible, least_loaded

NOON = datetime(2026, 6, 9, 11, tzinfo=UTC)


def nav(user_id: int, capacity=20, load=0, **what) -> Candidate:
    return Candidate(user_id, capacity, load, **what)


def chosen(*candidates: Candidate, programme=None, language=None) -> int | None:
    who = least_loaded(eligible(candidates, programme, language))
    return who.user_id if who else None


def test_the_lowest_load_for_the_capacity_gets_it():
    assert chosen(nav(1, capacity=20, load=10), nav(2, capacity=10, load=4)) == 2
    assert chosen(nav(1, capacity=20, load=7), nav(2, capacity=10, load=4)) == 1


def test_a_tie_goes_to_whoever_was_assigned_longest_ago():
    recent, long_ago = nav(1, last_assigned_at=NOON), nav(2, last_assigned_at=NOON - timedelta(days=1))
    assert chosen(recent, long_ago) == 2
    assert chosen(recent, long_ago, nav(3)) == 3  # never assigned comes first
    assert chosen(nav(5), nav(4)) == 4  # and then the order of joining


def test_half_of_the_ticket_to_come_counts_so_that_small_capacities_get_no_more_than_their_share():
    assert chosen(nav(1, capacity=6, load=2, last_assigned_at=NOON), nav(2, capacity=3, load=1)) == 1
    assert chosen(nav(1, capacity=9, load=4, last_assigned_at=NOON), nav(2, capacity=3, load=1)) == 2


def test_who_is_away_or_has_no_capacity_gets_nothing():
    assert chosen(nav(1, away=True), nav(2, capacity=0), nav(3, load=19)) == 3
    assert chosen(nav(1, away=True), nav(2, capacity=0)) is None
    assert chosen(nav(1, capacity=1)) == 1
    assert chosen() is None


def test_programmes_count_for_those_who_state_them():
    one, any_ = nav(1, programmes=("steady", "calm")), nav(2, load=5)
    assert chosen(one, any_, programme="calm") == 1
    assert chosen(one, any_, programme="other") == 2
    assert chosen(one, any_) == 1  # a report that names no programme suits everybody
    assert chosen(one, programme="other") is None


def test_languages_count_for_those_who_state_them():
    polish, any_ = nav(1, languages=("Polish",)), nav(2, load=5)
    assert chosen(polish, any_, language="polish") == 1
    assert chosen(polish, any_, language="Urdu") == 2
    assert chosen(polish, any_) == 1


def test_both_must_match():
    right_programme = nav(1, programmes=("calm",), languages=("Urdu",))
    right_language = nav(2, programmes=("steady",), languages=("Polish",))
    assert chosen(right_programme, right_language, programme="calm", language="Polish") is None


def test_a_full_navigator_still_gets_what_nobody_has_room_for():
    assert chosen(nav(1, capacity=10, load=11), nav(2, capacity=10, load=10)) == 2


NAMES = st.lists(st.sampled_from(["calm", "steady", "Polish", "Urdu"]), max_size=2)
CANDIDATES = st.lists(
    st.builds(
        Candidate,
        user_id=st.integers(1, 99),
        capacity=st.integers(0, 30),
        load=st.integers(0, 40),
        away=st.booleans(),
        programmes=NAMES,
        languages=NAMES,
        last_assigned_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    ),
    max_size=8,
    unique_by=lambda candidate: candidate.user_id,
)
WANTED = st.none() | st.sampled_from(["calm", "steady", "Polish", "Urdu", "other"])


def fits(candidate: Candidate, programme: str | None, language: str | None) -> bool:
    if candidate.away or candidate.capacity == 0:
        return False
    if candidate.programmes and programme is not None and programme not in candidate.programmes:
        return False
    return not candidate.languages or language is None or language in candidate.languages


@given(CANDIDATES, WANTED, WANTED)
def test_nobody_ineligible_is_ever_chosen_and_nobody_eligible_is_passed_over_for_load(
    candidates, programme, language
):
    able = [candidate for candidate in candidates if fits(candidate, programme, language)]
    who = least_loaded(eligible(candidates, programme, language))
    assert (who is None) == (not able)
    if who:
        assert who in able
        steps = [(2 * other.load + 1) / other.capacity for other in able]
        assert (2 * who.load + 1) / who.capacity == min(steps)


@given(CANDIDATES, WANTED, st.randoms())
def test_the_order_in_which_they_are_listed_does_not_matter(candidates, programme, random):
    shuffled = candidates[:]
    random.shuffle(shuffled)
    first, second = (least_loaded(eligible(listed, programme, None)) for listed in (candidates, shuffled))
    assert first == second


@pytest.mark.parametrize("seed", range(5))
def test_over_four_weeks_part_time_navigators_carry_their_share(seed):
    """Four weeks of reports at random, each open for hours or days, and navigators of unlike capacity."""
    random = Random(seed)  # noqa: S311 - the same weeks every time
    team = {user_id: nav(user_id, capacity) for user_id, capacity in enumerate((20, 12, 10, 5))}
    closing: dict[int, list[int]] = defaultdict(list)
    carried = dict.fromkeys(team, 0.0)
    hours = 4 * 40
    for hour in range(hours):
        for user_id in closing.pop(hour, ()):
            team[user_id] = replace(team[user_id], load=team[user_id].load - 1)
        for _ in range(random.choice((0, 1, 2, 3))):
            who = least_loaded(team.values()) or pytest.fail("nobody was chosen")
            closing[hour + random.randint(4, 40)].append(who.user_id)
            now = NOON + timedelta(hours=hour)
            team[who.user_id] = replace(who, load=who.load + 1, last_assigned_at=now)
        for user_id, member in team.items():
            carried[user_id] += member.load / member.capacity / hours
    assert min(carried.values()) > 0.4  # they were not idle
    assert max(carried.values()) - min(carried.values()) < 0.1
