"""Reports from a file: every good line is answered in full, every bad one is named by its number."""

import json
from typing import Any

import pytest

from navigator.catalogue.catalogue import Fixability, Override
from navigator.triage.predict_lines import LONGEST_LINE, InvalidRecord, RecordError, predict, predict_lines

KEYS = [
    "id",
    "category",
    "candidates",
    "confidence",
    "abstained",
    "fixability",
    "fixable",
    "reason",
    "screen",
    "screen_why",
    "problems",
]
OURS = {
    "ours": {"access.forgotten_password": Override(fixability=Fixability.SUPPLIER, reason="Only they can.")}
}


def test_an_answer_has_exactly_its_keys() -> None:
    answer = predict({"id": "a1", "text": "I forgot my password"})
    assert list(answer) == KEYS
    assert answer["id"] == "a1"
    assert answer["category"] == "access.forgotten_password"
    assert answer["fixability"] == "navigator"
    assert answer["fixable"] is True
    assert answer["reason"]
    assert answer["candidates"][0] == {"category": answer["category"], "confidence": answer["confidence"]}
    assert answer["screen"] is False
    assert answer["screen_why"] == []
    json.dumps(answer)


def test_a_programme_overrides_who_can_fix_it() -> None:
    answer = predict({"id": 1, "text": "I forgot my password", "programme": "ours"}, OURS)
    assert (answer["fixability"], answer["fixable"], answer["reason"]) == (
        "supplier",
        False,
        "Only they can.",
    )


def test_words_of_risk_are_screened_wherever_they_stand() -> None:
    assert predict({"id": 1, "text": "Password please. I want to die."})["screen"] is True
    assert (
        predict({"id": 1, "text": "Password please", "answers": {"since": "I want to die"}})["screen"] is True
    )


def test_nothing_known_is_no_category_and_no_side() -> None:
    answer = predict({"id": 1, "text": "😀 ?!"})
    assert answer["abstained"]
    assert answer["fixable"] is None


BAD: list[tuple[Any, str]] = [
    ("not json", "not JSON"),
    ("[1, 2]", "not a JSON object"),
    ("[" * 50_000, "not JSON"),
    (b'{"id": 1, "text": "\xff"}', "UTF-8"),
    ('{"id": 1}', "text"),
    ('{"text": "hello"}', "id"),
    ('{"id": 1, "text": "  "}', "text"),
    ('{"id": 1, "text": "\\ud800"}', "text"),
    ('{"id": 1, "text": "hello", "programme": "nosuch"}', "unknown programme"),
    ('{"id": 1, "text": "hello", "audience": "robot"}', "audience"),
    (json.dumps({"id": 1, "text": "x" * 1_000_000}), f"longer than {LONGEST_LINE:,}"),
]


@pytest.mark.parametrize(("line", "says"), BAD, ids=[says for _, says in BAD])
def test_a_bad_line_is_named_and_the_rest_answered(line: str | bytes, says: str) -> None:
    good = '{"id": "ok", "text": "the page is blank"}'
    first, second, third = predict_lines([good, line, "\n", good])
    assert isinstance(first, dict)
    assert isinstance(third, dict)
    assert third["id"] == "ok"
    assert isinstance(second, RecordError)
    assert str(second).startswith("line 2: ")
    assert says in str(second)


def test_a_fault_repeats_nothing_of_the_text() -> None:
    with pytest.raises(InvalidRecord) as wrong:
        predict({"id": 1, "text": "secret words", "audience": "secret words"})
    assert "secret" not in str(wrong.value)


def test_any_unicode_is_answered() -> None:
    answer = predict({"id": 1, "text": "\x00 𝕳𝖊𝖑𝖕 \u202e مرحبا"})
    assert list(answer) == KEYS
    json.dumps(answer)
