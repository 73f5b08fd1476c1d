"""The safety screen: whether a person must read a text, and what in it said so. No score, no level."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from navigator.triage import model_store
from navigator.triage.rule_patterns import BLANK, compile_rules
from navigator.triage.text_normalisation import clauses, words

THRESHOLD = 0.3
FEWEST_LEFT = 6  # words left of a text whose harmless phrases are blanked out, for it to be like anything
LONGEST_READ = 20_000
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class ScreeningResult:
    """The screen's answer: nothing noticed, or a person must read this and why."""

    hit: bool
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rules:
    """What the screen listens for, ready to use."""

    spellings: tuple[re.Pattern[str], dict[str, str]]
    key_words: dict[str, str]
    run_together: re.Pattern[str]
    harmless: re.Pattern[str]
    rules: dict[str, re.Pattern[str]]


def screen(*texts: str) -> ScreeningResult:
    """Whether a person must read these texts, typed into one form; they are read one by one and as one."""
    read = [text for text in texts if text and text.strip()]
    joined = [" ".join(read)] if len(read) > 1 else []
    why = dict.fromkeys(reason for text in read + joined for reason in _fired(text))
    return ScreeningResult(bool(why), tuple(why))


def _fired(text: str) -> list[str]:
    line = _spelt_right(clauses(text), _rules())
    masked = _rules().harmless.sub(f"{BLANK} ", line)
    left = text if masked == line else masked.replace(BLANK, "")
    return _by_rules(masked) or (
        _by_likeness(left) if masked == line or len(words(left)) >= FEWEST_LEFT else []
    )


def _by_rules(line: str) -> list[str]:
    rules = _rules()
    found = {name: pattern.search(line) for name, pattern in rules.rules.items()}
    said = [f"{name}: “{_quoted(match)}”" for name, match in found.items() if match]
    together = rules.run_together.search(line)
    return said or ([f"words run together: “{together.group()}”"] if together else [])


def _by_likeness(text: str) -> list[str]:
    """Whether the whole text reads like those that a person had to see; single sentences alarm too often."""
    learned, text = model_store.shipped("safety"), text[:LONGEST_READ]
    if not learned or not words(text) or learned.likelihoods(text)["catch"] < THRESHOLD:
        return []
    return [f"reads like messages that a person had to see: “{', '.join(learned.why(text, 'catch'))}”"]


def _quoted(match: re.Match[str]) -> str:
    return match.group().replace(f"{BLANK} ", "… ").strip(" .,")


def _spelt_right(line: str, rules: Rules) -> str:
    line = " ".join(rules.key_words.get(word, word) for word in line.split(" "))
    pattern, right = rules.spellings
    return pattern.sub(lambda found: right[found.group()], line)


@cache
def _rules() -> Rules:
    told: dict[str, Any] = yaml.safe_load(files(__package__).joinpath("screen_rules.yaml").read_text("utf-8"))
    lists, spellings = told["lists"], {f"{wrong} ": f"{right} " for wrong, right in told["spellings"].items()}
    wrong = "|".join(sorted(map(re.escape, spellings), key=len, reverse=True))
    return Rules(
        spellings=(re.compile(f"(?<= )(?:{wrong})"), spellings),
        key_words={near: word for word in told["key_words"] for near in _nearly(word)},
        run_together=re.compile(r"[^ ]*(?:" + "|".join(told["run_together"]) + ")"),
        harmless=compile_rules("\n".join(told["harmless"].values()), lists),
        rules={name: compile_rules(phrases, lists) for name, phrases in told["rules"].items()},
    )


def _nearly(word: str) -> set[str]:
    """Every spelling that is one slip of the finger away from the word."""
    cuts = [(word[:i], word[i:]) for i in range(1, len(word) + 1)]
    dropped = {a + b[1:] for a, b in cuts}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    changed = {a + letter + b[1:] for a, b in cuts for letter in LETTERS if b}
    added = {a + letter + b for a, b in cuts for letter in LETTERS}
    return dropped | swapped | changed | added
