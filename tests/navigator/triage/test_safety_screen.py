"""The safety screen catches what a person must read, says why in words, and stays quick on hostile input."""

import re
import time
from pathlib import Path

import pytest
import yaml

from navigator.triage import safety_screen
from navigator.triage.corpus import safety_examples
from navigator.triage.safety_screen import screen
from tests.cases import each_case

CASES = yaml.safe_load(Path(__file__).with_name("screen_cases.yaml").read_text("utf-8"))
HOSTILE = ["a" * 100_000, "kill " * 20_000, "not " * 25_000, "s u i c i d " * 8_000]
HOSTILE += ["i want to ..,, " * 7_000, "ᵏ1" * 50_000]


def _cases(side: str) -> list[tuple[str, str]]:
    return [(kind, text) for kind, texts in CASES[side].items() for text in texts]


@each_case(("kind", "text"), _cases("catch"))
def test_a_person_must_read(kind: str, text: str) -> None:
    assert screen(text).hit, kind


@each_case(("kind", "text"), _cases("leave"))
def test_nothing_is_noticed(kind: str, text: str) -> None:
    assert screen(text).why == (), kind


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("I took too many tablets", "overdose or too much medicine: “took too many tablets”"),
        ("my husband hits me", "violence, threats or control by someone: “husband hits me”"),
    ],
)
def test_it_says_what_fired_in_words(text: str, why: str) -> None:
    assert why in screen(text).why


def test_a_code_that_stands_beside_the_words_says_nothing() -> None:
    """It was read as words: it hung on the code of a card whether a clinician read a report by it."""
    words = "I cannot log in this week. And the videos have no sound, which is another thing."
    for code in ("15K-SWS-W57J", "3W4-WG0-EWNT", "6YW-TZS-W5BV", "ABC-DEF-GHJK"):
        assert screen(words, code).why == screen(code, words).why == ()
        assert screen("I want to kill myself", code).hit


def test_an_english_word_is_no_reason_in_four_other_languages() -> None:
    assert screen("I was suicidal in 2008, and fine since.").why == ("suicide is named: “suicidal”",)
    assert "words of risk in Spanish" in screen("Quiero morirme").why[0]


def test_likeness_is_never_shown_by_a_function_word() -> None:
    """12.6: “because of ‘the’” helps nobody who has to decide at once."""
    texts = [example.text for example in safety_examples() if example.label == "catch"][::20]
    shown = [set(re.findall(r"\w+", quoted)) for text in texts for quoted in _shown_by_likeness(text)]
    assert len(shown) > 20
    assert not set.union(*shown) & {"a", "and", "for", "i", "if", "it", "me", "my", "not", "of", "the", "you"}


def _shown_by_likeness(text: str) -> list[str]:
    return [reason.partition(": ")[2] for reason in safety_screen._classifier_reasons(text)]


def test_words_split_over_two_fields_are_read_as_one() -> None:
    assert not screen("page stuck and my son wants to").hit
    assert screen("page stuck and my son wants to", "die").hit


def test_nothing_typed_is_nothing_noticed() -> None:
    assert screen() == screen("", "  ")
    assert not screen("").hit


@pytest.mark.parametrize("text", HOSTILE, ids=[text[:12] for text in HOSTILE])
def test_hostile_input_takes_linear_time(text: str) -> None:
    screen("warm")
    began = time.process_time()
    screen(text[: len(text) // 4])
    short = time.process_time() - began
    screen(text)
    whole = time.process_time() - began - short
    assert whole < 4
    assert whole < 12 * max(short, 0.02)


def test_risk_at_the_very_end_of_a_long_text_is_seen() -> None:
    assert screen("the page is slow. " * 5_000 + "I want to die").hit
