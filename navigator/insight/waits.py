"""Steps of a wait, and the middle and the slowest tenth of what is counted by them.

A wait is counted as the shortest step that it lay within. The step of the middle one is then that of the
middle wait, exactly, however many days are added up.
"""

from bisect import bisect_left
from collections.abc import Mapping

HOUR, DAY = 60, 24 * 60

ANSWER_STEPS = (
    15, 30, 45, *(HOUR * hours for hours in (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 20, 24, 32, 40, 60, 80)),
)  # fmt: skip
"""Steps of opening hours until a first answer, in minutes."""

END_STEPS = (
    *(HOUR * hours for hours in (1, 2, 4, 8, 12)),
    *(DAY * days for days in (1, 2, 3, 4, 5, 6, 7, 10, 14, 21, 28, 42, 60, 90)),
)
"""Steps of time as people live it until the end, in minutes."""

BEYOND = 10**6
"""The step of whatever was longer than the last."""
STILL_WAITING = -1
"""The step of who waits now, however long."""


def step_of(minutes: int, steps: tuple[int, ...]) -> int:
    """The shortest step within which a wait lay."""
    place = bisect_left(steps, minutes)
    return steps[place] if place < len(steps) else BEYOND


def within(counts: Mapping[int, int], tenths: int) -> int | None:
    """The step within which so many tenths of the waits lay, by nearest rank; None without any."""
    rank = -(-tenths * sum(counts.values()) // 10)
    seen = 0
    for step in sorted(counts):
        seen += counts[step]
        if seen >= rank > 0:
            return step
    return None


def in_words(step: int | None, steps: tuple[int, ...]) -> str:
    """A step in words: "2 hours", "over 90 days"."""
    if step is None:
        return "none yet"
    return f"over {_duration(steps[-1], steps)}" if step == BEYOND else _duration(step, steps)


def _duration(minutes: int, steps: tuple[int, ...]) -> str:
    for unit, name in ((DAY, "day"), (HOUR, "hour")):
        if minutes % unit == 0 and (unit == HOUR or steps is END_STEPS):
            return f"{minutes // unit} {name}{'' if minutes == unit else 's'}"
    return f"{minutes} minutes"
