"""Texts that nobody who made the triage had read: what is caught and sorted of them does not get worse.

Written in November 2026 by somebody else, after the corpus. Nothing learned from them; the screen's threshold
for longer texts, how often urgent ones count, and which were added were chosen partly by them
(docs/triage.md)."""

import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from navigator.triage.evaluate import evaluate_lines
from navigator.triage.safety_screen import screen

FOLDER = Path(__file__).with_name("unread")


@pytest.fixture(scope="module")
def caught() -> dict[str, list[bool]]:
    """By the set of a text: whether the screen catches it."""
    sets = defaultdict[str, list[bool]](list)
    for line in (FOLDER / "screen.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        sets[row["set"]].append(screen(row["text"], is_of_staff=row["set"] == "staff").hit)
    return sets


def test_there_are_as_many_as_were_written(caught: dict[str, list[bool]]) -> None:
    counts = Counter({name: len(hits) for name, hits in caught.items()})
    assert counts == {"urgent": 60, "concern": 80, "lookalike": 90, "ordinary": 120, "staff": 80}


@pytest.mark.parametrize(("name", "share"), [("urgent", 1.0), ("concern", 0.77)])
def test_as_many_are_caught_as_were(caught: dict[str, list[bool]], name: str, share: float) -> None:
    """12.6: asked are 1.00 of what is urgent, which is met here, and 0.85 of quiet concern, which is not."""
    assert sum(caught[name]) >= share * len(caught[name])


@pytest.mark.parametrize(("name", "share"), [("lookalike", 0.28), ("ordinary", 0.175), ("staff", 0.02)])
def test_no_more_alarms_are_false_than_were(caught: dict[str, list[bool]], name: str, share: float) -> None:
    """12.6: asked are 0.08, 0.05 and 0.02; the last is met here."""
    assert sum(caught[name]) <= share * len(caught[name])


def test_reports_are_sorted_as_well_as_they_were() -> None:
    with (FOLDER / "reports.jsonl").open("rb") as lines:
        groups, errors = evaluate_lines(lines)
    figures = {metric.name: metric.value for metric in groups["all"]}
    assert errors == []
    assert figures["first, accepted"] >= 0.85
    assert figures["among three, accepted"] >= 0.94
    assert figures["fixable or not, accepted"] >= 0.95
