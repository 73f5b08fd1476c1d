"""Texts that nobody who made the triage had read: what is caught and sorted of them does not get worse.

Written in November 2026 by five others, each after the corpus of that day. Nothing learned from them. By the
first three the screen's threshold and method were chosen; the fourth was for measuring, though
one choice followed it; by the fifth nothing was chosen (docs/triage.md)."""

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
    "screen_4": {"urgent": 70, "concern": 100, "lookalike": 100, "ordinary": 170, "staff": 80},
    "screen_5": {"urgent": 80, "concern": 110, "lookalike": 110, "ordinary": 180, "staff": 80},
}
CAUGHT = {
    "screen": {"urgent": 1.0, "concern": 0.91},
    "screen_2": {"urgent": 1.0, "concern": 0.92},
    "screen_3": {"urgent": 0.98, "concern": 0.95},
    "screen_4": {"urgent": 1.0, "concern": 0.91},
    "screen_5": {"urgent": 0.96, "concern": 0.95},
}
"""12.6 asks for 1.00 of what is urgent, and for 0.85 of quiet concern."""
ALARMED = {
    "screen": {"lookalike": 0.28, "ordinary": 0.16, "staff": 0.02},
    "screen_2": {"lookalike": 0.27, "ordinary": 0.19, "staff": 0.05},
    "screen_3": {"lookalike": 0.35, "ordinary": 0.06, "staff": 0.025},
    "screen_4": {"lookalike": 0.31, "ordinary": 0.14, "staff": 0.04},
    "screen_5": {"lookalike": 0.4, "ordinary": 0.19, "staff": 0.07},
}
"""12.6 asks for 0.08, 0.05 and 0.02 at most."""


@pytest.mark.parametrize("name", COUNTS)
def test_as_much_is_caught_as_was_and_no_more_alarms_are_false(name: str) -> None:
    caught = defaultdict[str, list[bool]](list)
    for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        caught[row["set"]].append(screen(row["text"], is_of_staff=row["set"] == "staff").hit)
    assert {of: len(hits) for of, hits in caught.items()} == COUNTS[name]
    shares = {of: sum(hits) / len(hits) for of, hits in caught.items()}
    assert all(shares[of] >= share for of, share in CAUGHT[name].items()), shares
    assert all(shares[of] <= share for of, share in ALARMED[name].items()), shares


def test_reports_are_sorted_as_well_as_they_were() -> None:
    with (FOLDER / "reports.jsonl").open("rb") as lines:
        groups, errors = evaluate_lines(lines)
    figures = {metric.name: metric.value for metric in groups["all"]}
    assert errors == []
    assert figures["first, accepted"] >= 0.88
    assert figures["among three, accepted"] >= 0.97
    assert figures["fixable or not, accepted"] >= 0.95
