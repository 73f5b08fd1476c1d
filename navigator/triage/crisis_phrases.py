"""Crisis phrases: what is known to be said in danger in other languages, from crisis_phrases.yaml."""

import re
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from navigator.triage.rule_language import compile_rules
from navigator.triage.text_normalisation import tokens

_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
"""Characters of languages that are written without spaces: a phrase is found within a longer word."""


def crisis_reasons(line: str) -> list[str]:
    """In which languages the `clauses` of a text hold a known phrase of crisis."""
    matches = {name: pattern.search(line) for name, pattern in _patterns().items()}
    return [f"words of risk in {name}{_quoted(match.group())}" for name, match in matches.items() if match]


def _quoted(words: str) -> str:
    """The words as they were read; other scripts were stripped of too much to be shown."""
    return f": “{words.strip()}”" if words.isascii() else ""


@cache
def language_names() -> dict[str, str]:
    """The English names of the languages of which phrases are known, by their codes."""
    return {code: language["name"] for code, language in _languages().items()}


def _languages() -> dict[str, Any]:
    config = yaml.safe_load(files(__package__).joinpath("crisis_phrases.yaml").read_text("utf-8"))
    return {**config["census"], **config["others"]}


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {language["name"]: _pattern(language["phrases"]) for language in _languages().values()}


def _pattern(phrases: list[str]) -> re.Pattern[str]:
    unspaced = [phrase for phrase in phrases if _UNSPACED.search(phrase)]
    if unspaced:
        return re.compile("[^ ]*(?:" + "|".join(re.escape(tokens(phrase)) for phrase in unspaced) + ")")
    return compile_rules("\n".join(phrases), {})
