"""Texts that nobody who made the triage had read: what is caught and sorted of them does not get worse.

Written in November 2026 by three others, each after the corpus of that day. Nothing learned from them. By the
first two the screen's threshold and encoder were chosen; the third was measured once (docs/triage.md)."""

import json
from collections import defaultdict
from pathlib import Path

import pytest

from navigator.triage.evaluate import evaluate_lines
from navigator.triage.safety_screen import screen

FOLDER = Path(__file__).with_name("unread")


COUNTS = {
    "screen": {"urgent": 60, "concern": 80, "lookalike": 90, "ordinary": 120, "staff": 80},
    "screen_2": {"urgent": 70, "concern": 100, "lookalike": 100, "ordinary": 130, "staff": 80},
    "screen_3": {"urgent": 70, "concern": 100, "lookalike": 100, "ordinary": 150, "staff": 80},
}
CAUGHT = {
    "screen": {"urgent": 1.0, "concern": 0.91},
    "screen_2": {"urgent": 1.0, "concern": 0.92},
    "screen_3": {"urgent": 0.98, "concern": 0.93},
}
"""12.6 asks for 1.00 of what is urgent, and for 0.85 of quiet concern."""
ALARMED = {
    "screen": {"lookalike": 0.28, "ordinary": 0.24, "staff": 0.02},
    "screen_2": {"lookalike": 0.28, "ordinary": 0.24, "staff": 0.05},
    "screen_3": {"lookalike": 0.42, "ordinary": 0.1, "staff": 0.025},
}
"""12.6 asks for 0.08, 0.05 and 0.02 at most."""


@pytest.fixture(scope="module")
def caught() -> dict[tuple[str, str], list[bool]]:
    """By file, and the set of a text in it: whether the screen catches it."""
    sets = defaultdict[tuple[str, str], list[bool]](list)
    for name in COUNTS:
        for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            is_caught = screen(row["text"], is_of_staff=row["set"] == "staff").hit
            sets[name, row["set"]].append(is_caught)
    return sets


def test_there_are_as_many_as_were_written(caught: dict[tuple[str, str], list[bool]]) -> None:
    counts = {name: {of: len(hits) for (file, of), hits in caught.items() if file == name} for name in COUNTS}
    assert counts == COUNTS


@pytest.mark.parametrize("name", CAUGHT)
def test_as_many_are_caught_as_were(caught: dict[tuple[str, str], list[bool]], name: str) -> None:
    shares = {of: sum(caught[name, of]) / len(caught[name, of]) for of in CAUGHT[name]}
    assert all(share >= CAUGHT[name][of] for of, share in shares.items()), shares


@pytest.mark.parametrize("name", ALARMED)
def test_no_more_alarms_are_false_than_were(caught: dict[tuple[str, str], list[bool]], name: str) -> None:
    shares = {of: sum(caught[name, of]) / len(caught[name, of]) for of in ALARMED[name]}
    assert all(share <= ALARMED[name][of] for of, share in shares.items()), shares


def test_reports_are_sorted_as_well_as_they_were() -> None:
    with (FOLDER / "reports.jsonl").open("rb") as lines:
        groups, errors = evaluate_lines(lines)
    figures = {metric.name: metric.value for metric in groups["all"]}
    assert errors == []
    assert figures["first, accepted"] >= 0.88
    assert figures["among three, accepted"] >= 0.97
    assert figures["fixable or not, accepted"] >= 0.95
