"""Spikes: what rises beyond chance is found, what does not is left alone, at any hour."""

import numpy as np
import pytest
from numpy.random import default_rng
from scipy.stats import nbinom

from navigator.problems.spikes import ALL_DAYS, BASE_DAYS, Family, Series, chance_of
from tests.bench import spikes as bench

MONDAY = 0


def flat(usual: float, *last: int) -> list[int]:
    """So many reports a day, spread evenly, and those of the last days."""
    days = ALL_DAYS - len(last)
    return [int(usual * (day + 1)) - int(usual * day) for day in range(days)] + [*last]


def alarm(counts: list[int], **said: object) -> bool:
    """Whether this rises, beside two others that do not."""
    family = {"it": Series(counts, **said), "a": Series(flat(2.0)), "b": Series(flat(0.5))}  # type: ignore[arg-type]
    found = Family(family, MONDAY).alarms()
    assert found.keys() <= {"it"}
    return bool(found)


@pytest.mark.parametrize(("count", "mean", "variance"), [(5, 0.2, 0.3), (18, 6.0, 8.0), (40, 10.0, 14.0)])
def test_chance_is_that_of_a_negative_binomial(count: int, mean: float, variance: float) -> None:
    known = nbinom.sf(count - 1, mean**2 / (variance - mean), mean / variance)
    assert chance_of(count, mean, variance) == pytest.approx(known, rel=1e-6)


@pytest.mark.parametrize(
    ("counts", "rises"),
    [
        (flat(3.0), False),
        (flat(3.0, 9, 9), True),
        (flat(3.0, 5, 5), False),
        (flat(0.0, 0, 3), False),  # no alarm from three reports
        (flat(0.0, 2, 2), False),
        (flat(0.0, 4, 4), True),  # what was never reported before is new
        (flat(0.4, 2, 2, 2, 2, 2, 2, 2), True),  # slowly, over a week
    ],
)
def test_what_is_beyond_chance_is_found(counts: list[int], rises: bool) -> None:
    assert alarm(counts) is rises


def test_a_programme_without_a_history_has_no_usual_rate() -> None:
    """Ten days of a new programme say nothing; the same reports after weeks without any are a rise."""
    counts = [0] * (ALL_DAYS - 10) + [0, 0, 0, 4, 4, 4, 4, 4, 4, 4]
    assert alarm(counts)
    assert not alarm(counts, begins=BASE_DAYS - 3)


@pytest.mark.parametrize(("level", "rises"), [(2.0, True), (6.0, False)])
def test_where_all_has_more_reports_more_is_expected_of_each(level: float, rises: bool) -> None:
    """The same 14 reports in two days: a rise by themselves, and none where all have three times as many."""
    others = {str(n): Series(flat(2.0, int(level), int(level))) for n in range(40)}
    alarms = Family({"it": Series(flat(2.0, 7, 7)), **others}, MONDAY).alarms()
    assert ("it" in alarms) is rises


def test_what_somebody_called_usual_is_usual_until_it_rises_further() -> None:
    counts = flat(1.0, 9, 9, 9)
    assert alarm(counts)
    assert not alarm(counts, floor=9.0)
    assert alarm(flat(1.0, 30, 30, 30), floor=9.0)


def test_days_of_a_known_rise_do_not_make_the_next_one_usual() -> None:
    counts = flat(1.0, *[12] * 10, *[1] * 14, 7, 7)
    known = frozenset(range(ALL_DAYS - 26, ALL_DAYS - 16))
    assert not alarm(counts)
    assert alarm(counts, left_out=known)


def test_the_season_of_the_week_is_no_rise() -> None:
    """Everything comes on Mondays: seven times the average of a day is what a Monday has."""
    mondays = [14 if (day + 1) % 7 == 0 else 0 for day in range(ALL_DAYS)]
    assert ALL_DAYS % 7 == 0
    assert Family({"it": Series(mondays)}, MONDAY).alarms() == {}
    assert Family({"it": Series([*mondays[:-3], 14, 0, 14])}, MONDAY).alarms()


def test_to_look_before_the_day_is_over_finds_no_more() -> None:
    """Counts only grow while expectations stand still, so no hour can find what midnight does not."""
    for partial in range(10):
        if alarm(flat(3.0, 9, partial)):
            assert alarm(flat(3.0, 9, partial + 1))


def test_a_service_that_nobody_reports_to() -> None:
    assert Family({}, MONDAY).alarms() == {}
    assert Family({"it": Series([0] * ALL_DAYS)}, MONDAY).alarms() == {}


def test_a_short_simulation_has_few_false_alarms_and_finds_what_was_planted() -> None:
    """The long one is `python -m tests.bench.spikes`: its figures stand in docs/spikes.md."""
    rng = default_rng(1)
    alarms = bench.false_alarms(rng, 5, bench.QUIET_YEARS["uneven days"])
    assert alarms <= bench.SERVICES * bench.MONTHS
    found = [bench.days_until_found(rng, 8, most=2) for _ in range(40)]
    assert sum(days is not None for days in found) >= 0.9 * len(found)


@pytest.mark.parametrize("dispersion", [1, 1.3])
def test_no_test_of_two_days_finds_more_than_the_bound(dispersion: float) -> None:
    """At the same chance of a false alarm; of uneven days, two high ones say more than one still higher."""
    usual, risen = (bench._two_days(base, dispersion) for base in (0.5, 1.5))
    first, second = np.divmod(np.arange(usual.size), bench.MOST_A_DAY)
    tried = 0
    for statistic in (first + second, np.maximum(first, second), np.sqrt(first) + np.sqrt(second)):
        for least in np.arange(1, 8, 0.25):
            false, true = (float(np.exp(chances)[statistic >= least].sum()) for chances in (usual, risen))
            if 0.001 < false <= 2 / 30:
                assert true <= bench.most_found(0.5, false * 15, dispersion) + 1e-9
                tried += 1
    assert tried >= 20
