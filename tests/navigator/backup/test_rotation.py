"""Rotation of backups: of each day, week and month its newest; the newest of all always."""

from datetime import UTC, datetime, timedelta

from navigator.backup.rotation import Rotation

FIRST = datetime(2026, 1, 1, 2, 30, tzinfo=UTC)
NIGHTS = [FIRST + timedelta(days=night) for night in range(120)]  # until 30 April


def days(rotation: Rotation, made: list[datetime]) -> list[str]:
    return sorted(f"{moment:%m-%d}" for moment in rotation.kept(made))


def test_of_each_period_the_newest_is_kept() -> None:
    assert days(Rotation(2, 0, 0), NIGHTS) == ["04-29", "04-30"]
    assert days(Rotation(1, 3, 0), NIGHTS) == ["04-19", "04-26", "04-30"], "Sundays, and this week's newest"
    assert days(Rotation(1, 0, 3), NIGHTS) == ["02-28", "03-31", "04-30"]


def test_the_newest_is_kept_whatever_the_rule() -> None:
    assert days(Rotation(0, 0, 0), NIGHTS) == ["04-30"]
    assert Rotation(7, 4, 3).kept([]) == set()


def test_two_of_one_night_are_one_and_days_are_those_of_london() -> None:
    made = [datetime(2026, 6, 8, hour, tzinfo=UTC) for hour in (2, 21, 23)]  # 23:00 UTC is the next day there
    assert Rotation(2, 0, 0).kept(made) == set(made[1:])
