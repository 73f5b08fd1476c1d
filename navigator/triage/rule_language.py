"""Rule language of the safety screen, compiled to regular expressions that take linear time."""

import re
from collections.abc import Mapping, Sequence

from navigator.triage.text_normalisation import tokens

BLANK = "~"
Lists = Mapping[str, Sequence[str]]


def compile_rules(phrases: str, lists: Lists) -> re.Pattern[str]:
    """One pattern for any of the phrases, one a line; it searches the `clauses` of a text."""
    choices = (_phrase_pattern(phrase, lists) for phrase in phrases.split("\n") if phrase)
    return re.compile(f"(?<= )(?:{'|'.join(choices)})")


def _phrase_pattern(phrase: str, lists: Lists) -> str:
    return "".join(_token_pattern(token, lists) for token in phrase.split())


def _token_pattern(token: str, lists: Lists) -> str:
    if token.startswith(".."):
        return rf"(?:[^ .{BLANK}]+ ){{0,{int(token[2:])}}}?"
    if token in (".", ".?"):
        return "(?:[.,] )" + token[1:]
    optional = token.endswith("?")
    choices = "|".join(_choice_pattern(word, lists) for word in token.rstrip("?").split("|"))
    return f"(?:(?:{choices}) )" + ("?" if optional else "")


def _choice_pattern(word: str, lists: Lists) -> str:
    if word == ".":
        return "[.,]"
    if word == BLANK:
        return BLANK
    if word.startswith("{"):
        return "|".join(_choice_pattern(member, lists) for member in lists[word.strip("{}")])
    if word.endswith("*"):
        return re.escape(tokens(word[:-1])) + "[^ ]*"
    return re.escape(tokens(word))
