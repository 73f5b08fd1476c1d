"""Safety screen: whether a person must read a text, by rules and a classifier. No score, no level."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import yaml

from navigator.triage import model_store
from navigator.triage.crisis_phrases import crisis_reasons
from navigator.triage.language import may_be_english
from navigator.triage.redaction import without_codes
from navigator.triage.rule_language import BLANK, compile_rules
from navigator.triage.text_normalisation import clauses, words

THRESHOLDS = {4: 0.75, 7: 0.5, 10: 0.45}
"""At which probability the classifier alarms, up to so many words: of a few words it is less sure."""
THRESHOLD = 0.163
"""And for longer texts: of 200 urgent ones that nobody had read it loses one (docs/triage.md)."""
MIN_REMAINING_WORDS = 6
"""How many words must be left of a text whose harmless phrases are blanked out, to classify it."""
MAX_CHARACTERS = 20_000
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class ScreeningResult:
    """The screen's answer: nothing noticed, or a person must read this and why."""

    hit: bool
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class ScreenRules:
    """The rules of screen_rules.yaml, compiled."""

    spellings: tuple[re.Pattern[str], dict[str, str]]
    foreign_words: tuple[str, ...]
    key_words: dict[str, str]
    run_together: re.Pattern[str]
    harmless: re.Pattern[str]
    rules: dict[str, re.Pattern[str]]


def screen(*texts: str, is_of_staff: bool = False) -> ScreeningResult:
    """Whether a person must read these texts, typed into one form; they are read one by one and as one.

    What staff write for each other is read by the rules alone: the classifier learned how reporters write.
    What is nothing but a code or an address is no part of what was said as one.
    """
    filled = [text for text in texts if text and text.strip()]
    said = [text for text in filled if without_codes(text).strip()]
    joined = [" ".join(said)] if len(said) > 1 else []
    reasons = _rule_reasons_of if is_of_staff else _reasons
    why = dict.fromkeys(reason for text in filled + joined for reason in reasons(text))
    return ScreeningResult(bool(why), tuple(why))


@lru_cache(maxsize=64)
def _reasons(text: str) -> Sequence[str]:
    """Why a person must read a text; remembered, for it is read ahead of the transaction that keeps it."""
    line, masked = _lines(text)
    remaining = text if masked == line else masked.replace(BLANK, "")
    is_enough = masked == line or len(words(remaining)) >= MIN_REMAINING_WORDS
    if (reasons := _rule_reasons_of(text)) or not is_enough or not may_be_english(text):
        return reasons  # the classifier has learned from English alone
    return _classifier_reasons(remaining)


@lru_cache(maxsize=64)
def _rule_reasons_of(text: str) -> Sequence[str]:
    """Why a person must read a text, by the rules alone; remembered too."""
    return _rule_reasons(_lines(text)[1])


@lru_cache(maxsize=64)
def _lines(text: str) -> tuple[str, str]:
    """A text as the rules read it, and the same with what is harmless blanked out."""
    line = _correct_spelling(clauses(text), _rules(), may_be_english(text))
    return line, _rules().harmless.sub(f"{BLANK} ", line)


def _rule_reasons(line: str) -> list[str]:
    rules = _rules()
    matches = {name: pattern.search(line) for name, pattern in rules.rules.items()}
    reasons = [f"{name}: “{_quoted(match)}”" for name, match in matches.items() if match]
    reasons = reasons or crisis_reasons(line)  # an English “suicide” is no word of four other languages
    run_together = rules.run_together.search(line)
    return reasons or ([f"words run together: “{run_together.group()}”"] if run_together else [])


def _classifier_reasons(text: str) -> list[str]:
    """Whether the classifier catches the whole text; on single sentences it alarms too often."""
    classifier, text = model_store.shipped("safety"), text[:MAX_CHARACTERS]
    count = len(words(text))
    if not classifier or not count or classifier.probabilities(text)["catch"] < _threshold(count):
        return []
    why = classifier.why(text, "catch")
    return ["reads like messages that a person had to see" + (f": “{', '.join(why)}”" if why else "")]


def _threshold(count: int) -> float:
    return next((threshold for most, threshold in THRESHOLDS.items() if count <= most), THRESHOLD)


def _quoted(match: re.Match[str]) -> str:
    return match.group().replace(f"{BLANK} ", "… ").strip(" .,")


def _correct_spelling(line: str, rules: ScreenRules, is_english: bool) -> str:
    line = " ".join(rules.key_words.get(word, word) for word in line.split(" "))
    pattern, corrections = rules.spellings
    known = corrections if is_english else {**corrections, **{word: word for word in rules.foreign_words}}
    return pattern.sub(lambda match: known[match.group()], line)


@cache
def _rules() -> ScreenRules:
    text = files(__package__).joinpath("screen_rules.yaml").read_text("utf-8")
    config: dict[str, Any] = yaml.safe_load(text)
    lists = config["lists"]
    spellings = {f"{wrong} ": f"{right} " for wrong, right in config["spellings"].items()}
    wrong = "|".join(sorted(map(re.escape, spellings), key=len, reverse=True))
    return ScreenRules(
        spellings=(re.compile(f"(?<= )(?:{wrong})"), spellings),
        foreign_words=tuple(f"{word} " for word in config["foreign_words"]),
        key_words={misspelling: word for word in config["key_words"] for misspelling in _one_edit_away(word)},
        run_together=re.compile(r"[^ ]*(?:" + "|".join(config["run_together"]) + ")"),
        harmless=compile_rules("\n".join(config["harmless"].values()), lists),
        rules={name: compile_rules(phrases, lists) for name, phrases in config["rules"].items()},
    )


def _one_edit_away(word: str) -> set[str]:
    """Every spelling at an edit distance of one from the word."""
    cuts = [(word[:i], word[i:]) for i in range(1, len(word) + 1)]
    dropped = {a + b[1:] for a, b in cuts}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    changed = {a + letter + b[1:] for a, b in cuts for letter in LETTERS if b}
    added = {a + letter + b for a, b in cuts for letter in LETTERS}
    return dropped | swapped | changed | added
