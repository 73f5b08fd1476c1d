"""The words of a text for the search: one splitter for what is indexed and what is asked, on both engines.

Signs between letters split differently on every engine, so neither splits: the index gets words that are
split already. Every search is for the beginnings of words. So an address, a version, a file name or a number
is indexed from each of its parts to its end (17.4.1 as 1741, 41 and 1): whole or in part, with or without its
signs, it is found, and 17.4.1 is not found where a 17, a 4 and a 1 stand apart.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

MAX_WORD_LENGTH = 40
"""Characters of a word that are compared; the longest that PostgreSQL takes is 2,046 bytes."""
MAX_INDEX_LENGTH = 150_000
"""Characters that are indexed of one text: at most 600 kB, of 1 MB that PostgreSQL takes."""
MAX_DIGIT_GAP = 3
"""Signs and spaces between the groups of one number, as people write it: (01632) 960 001."""

_BELONG_TO_A_LETTER = ("Mn", "Mc", "Me", "Cf")
"""Accents, vowel signs, and what joins letters or is not seen."""
_ACCENTS = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]"
)
"""Marks that people leave out: of Latin, Greek and Cyrillic letters, and the points of Hebrew and Arabic."""
_SPACE = re.compile(r"\s")
_LETTERS_WITH_STROKES = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)


@dataclass(frozen=True)
class AskedWord:
    """A word of a query: as one, or in its parts where it may have been written apart (log-in, log in)."""

    joined: str
    parts: tuple[str, ...] = ()


class _Part(NamedTuple):
    """A run of letters and digits in a text."""

    start: int
    end: int
    folded: str


def index_words(text: str) -> str:
    """What is indexed of a text: folded words with one space between them, each once."""
    words = dict.fromkeys(tail for parts in _compounds(text, numbers_are_one=True) for tail in _tails(parts))
    return " ".join(words)[:MAX_INDEX_LENGTH].rstrip()


def asked_words(query: str, limit: int) -> list[AskedWord]:
    """The words of a query, at most so many: of each, the index has one that begins so."""
    found: dict[AskedWord, None] = {}
    for compound in _compounds(query):
        parts = tuple(part.folded[:MAX_WORD_LENGTH] for part in compound)
        is_number = all(part.isdigit() for part in parts)
        word = AskedWord("".join(parts)[:MAX_WORD_LENGTH], () if is_number or len(parts) == 1 else parts)
        found[word] = None
    return list(found)[:limit]


def plain_words(text: str) -> list[str]:
    """The words of a text in lower case, spelt as they are."""
    return _part_pattern(text.isascii()).findall(text.lower())


def matches(text: str, asked: Sequence[AskedWord]) -> Iterator[tuple[int, int]]:
    """Where in a text the words stand that a query asks for: start and end, in order, never overlapping."""
    beginnings = tuple(beginning for word in asked for beginning in (word.joined, *word.parts))
    for start, end in _places(text, beginnings):
        for match_start, match_end in _matches_within(text[start:end], beginnings):
            yield start + match_start, start + match_end


def _matches_within(text: str, beginnings: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    last = 0
    for parts in _compounds(text, numbers_are_one=True):
        for place, tail in enumerate(_tails(parts)):
            if tail.startswith(beginnings) and parts[place].start >= last:
                length = max(len(one) for one in beginnings if tail.startswith(one))
                last = _end_of(parts[place:], length)
                yield parts[place].start, last


def _places(text: str, beginnings: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """The only places of a text where a word may stand: all that is dear is done there alone.

    Each is cut where a space is followed by a letter, for no word goes on there.
    """
    if not text.isascii():
        yield 0, len(text)
        return
    plain, end = text.lower(), 0
    may_begin = _may_begin(beginnings)
    while found := may_begin.search(plain, end):
        start, end = _begin_before(text, found.start(), end), _end_after(text, found.end())
        yield start, end


def _begin_before(text: str, position: int, floor: int) -> int:
    space = position
    while (space := text.rfind(" ", floor, space)) >= 0:
        if text[space + 1].isalpha():
            return space + 1
    return floor


def _end_after(text: str, position: int) -> int:
    space = position - 1
    while (space := text.find(" ", space + 1)) >= 0:
        if text[space + 1 : space + 2].isalpha():
            return space
    return len(text)


@lru_cache(maxsize=100)
def _may_begin(beginnings: tuple[str, ...]) -> re.Pattern[str]:
    """The beginnings of words as they may stand in ASCII, in lower case: with signs between the letters."""
    gap = "[^a-z0-9]*"
    # The first letter first: what looks for it alone is quicker than what looks behind each.
    ways = [f"{one[0]}(?<![a-z0-9].){gap}" + gap.join(one[1:]) for one in beginnings if one.isascii()]
    return re.compile("|".join(ways) or "(?!)", re.DOTALL)


def _end_of(parts: Sequence[_Part], length: int) -> int:
    """Where so many letters of these parts end: at the end of the last part that they reach into."""
    for part in parts:
        length -= len(part.folded)
        if length <= 0:
            return part.end
    return parts[-1].end


def _tails(parts: Sequence[_Part]) -> Iterator[str]:
    """From each part of a compound to its end."""
    if len(parts) == 1:
        yield parts[0].folded[:MAX_WORD_LENGTH]
        return
    whole, start = "".join([part.folded for part in parts]), 0
    for part in parts:
        yield whole[start : start + MAX_WORD_LENGTH]
        start += len(part.folded)


def _compounds(text: str, *, numbers_are_one: bool = False) -> Iterator[list[_Part]]:
    """The parts that stand together without a space, or as the groups of one number."""
    compound: list[_Part] = []
    for part in _parts(text):
        if compound and not _goes_on(text, compound[-1], part, numbers_are_one):
            yield compound
            compound = []
        compound.append(part)
    if compound:
        yield compound


def _parts(text: str) -> Iterator[_Part]:
    for match in _part_pattern(text.isascii()).finditer(text):
        word = match.group()
        if folded := word.lower() if word.isascii() else _fold(word):
            yield _Part(match.start(), match.end(), folded)


def _goes_on(text: str, last: _Part, part: _Part, numbers_are_one: bool) -> bool:
    gap = text[last.end : part.start]
    if gap != " " and not _SPACE.search(gap):
        return True
    is_near = numbers_are_one and len(gap) <= MAX_DIGIT_GAP
    return is_near and last.folded.isdigit() and part.folded.isdigit()


@cache
def _part_pattern(is_ascii: bool) -> re.Pattern[str]:
    """Letters and digits, and what belongs to them, for which `re` has no class; in ASCII nothing does."""
    if is_ascii:
        return re.compile("[A-Za-z0-9]+")
    marks = (chr(n) for n in range(0xAD, 0x1F000) if unicodedata.category(chr(n)) in _BELONG_TO_A_LETTER)
    return re.compile(rf"[^\W_]+(?:[{''.join(marks)}]+[^\W_]*)*")


def _fold(word: str) -> str:
    """A word as it is compared: without case, accents, or what is not seen."""
    letters = unicodedata.normalize("NFKD", word.casefold()).casefold().translate(_LETTERS_WITH_STROKES)
    return "".join(
        letter
        for letter in _ACCENTS.sub("", letters)
        if letter.isalnum() or unicodedata.category(letter) in ("Mn", "Mc", "Me")
    )
