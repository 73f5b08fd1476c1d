"""Two problems in one text are named where both are clear: measured on texts that hold two, and one."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from navigator.triage import model_store
from navigator.triage.predict_lines import predict
from navigator.triage.suggest import suggest
from navigator.triage.two_problems import two_problems

TEXTS = yaml.safe_load(Path(__file__).with_name("two_problems.yaml").read_text("utf-8"))
PARTS: dict[str, Any] = {name: TEXTS[name] for name in ("third_part", "fourth_part")}
"""Those for which the way of finding them was not made; on the first two it was."""
BOTH = "I forgot my password and cannot get in. I also get far too many reminders, six a day."


@pytest.fixture(scope="module")
def named() -> dict[str, tuple[str, ...]]:
    """What is named of each text: reading them takes some seconds."""
    texts = [
        text for part in PARTS.values() for text in (*part["one"], *(each["text"] for each in part["two"]))
    ]
    return {text: two_problems(text) for text in texts}


@pytest.mark.parametrize("part", PARTS)
def test_of_those_named_at_most_one_in_seven_holds_one_problem(
    named: dict[str, tuple[str, ...]], part: str
) -> None:
    """12.7: a false "two problems" annoys; aimed at is a precision of 0.85."""
    told = sum(bool(named[each["text"]]) for each in PARTS[part]["two"])
    false = [text for text in PARTS[part]["one"] if named[text]]
    assert told / (told + len(false)) >= 0.85, false
    assert told >= 0.5 * len(PARTS[part]["two"])


def test_most_pairs_are_those_that_were_told(named: dict[str, tuple[str, ...]]) -> None:
    pairs = [
        (set(found), each["problems"])
        for part in PARTS.values()
        for each in part["two"]
        if (found := named[each["text"]])
    ]
    right = [all(found & {*problem} for problem in problems) for found, problems in pairs]
    assert sum(right) / len(right) >= 0.75


def test_both_are_named_in_the_order_told() -> None:
    assert two_problems(BOTH) == ("access.forgotten_password", "notify.too_many")
    assert predict({"id": 1, "text": BOTH})["problems"] == ["access.forgotten_password", "notify.too_many"]
    assert predict({"id": 1, "text": "I forgot my password and cannot get in."})["problems"] == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Forgot my password. Too many reminders.",
        "I forgot my password and cannot get in, and I get far too many reminders, six a day",
        "The course is lovely and so is Priya, thank you. Also I forgot my password and cannot get in.",
        "I forgot my password and cannot get in. I also want to end my life and have the tablets here.",
    ],
    ids=["nothing", "too short to be sure", "one sentence", "praise", "a danger"],
)
def test_none_are_named(text: str) -> None:
    """Praise is no second problem, and a danger no second ticket: the screen sends it to a clinician."""
    assert two_problems(text) == ()


def test_none_are_named_where_nothing_was_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_store, "active", lambda: None)
    assert two_problems(BOTH) == ()


def test_a_very_long_text_is_answered() -> None:
    assert two_problems("the page is blank today and I cannot read it. " * 20_000) == ()


def test_the_suggestion_is_one_of_the_two(named: dict[str, tuple[str, ...]]) -> None:
    """Both together may read like a third: a password and reminders like an email that does not come."""
    told = {text: problems for text, problems in named.items() if problems} | {BOTH: two_problems(BOTH)}
    firsts = {text: suggest(text, problems=told[text]).candidates[0].category for text in told}
    assert {text: first for text, first in firsts.items() if first not in told[text]} == {}
    assert suggest(BOTH, problems=told[BOTH]).category in told[BOTH]
    assert predict({"id": 1, "text": BOTH})["category"] in told[BOTH]
