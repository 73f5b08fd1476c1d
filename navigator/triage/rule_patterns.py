"""The small language that the screen's rules are written in, turned into patterns that take linear time."""

import re
from collections.abc import Mapping, Sequence

from navigator.triage.text_normalisation import normalise

BLANK = "~"
Lists = Mapping[str, Sequence[str]]


def compile_rules(phrases: str, lists: Lists) -> re.Pattern[str]:
    """One pattern that finds any of the phrases, one a line, in what `words.clauses` makes of a text."""
    choices = (_phrase(phrase, lists) for phrase in phrases.split("\n") if phrase)
    return re.compile(f"(?<= )(?:{'|'.join(choices)})")


def _phrase(phrase: str, lists: Lists) -> str:
    return "".join(_piece(piece, lists) for piece in phrase.split())


def _piece(piece: str, lists: Lists) -> str:
    if piece.startswith(".."):
        return rf"(?:[^ .{BLANK}]+ ){{0,{int(piece[2:])}}}?"
    if piece in (".", ".?"):
        return "(?:[.,] )" + piece[1:]
    optional = piece.endswith("?")
    choices = "|".join(_choice(word, lists) for word in piece.rstrip("?").split("|"))
    return f"(?:(?:{choices}) )" + ("?" if optional else "")


def _choice(word: str, lists: Lists) -> str:
    if word == ".":
        return "[.,]"
    if word == BLANK:
        return BLANK
    if word.startswith("{"):
        return "|".join(_choice(member, lists) for member in lists[word.strip("{}")])
    if word.endswith("*"):
        return re.escape(normalise(word[:-1])) + "[^ ]*"
    return re.escape(normalise(word))
