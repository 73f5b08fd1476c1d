"""Cutting English text into the pieces that the sentence model was trained on (BERT, uncased)."""

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

VOCABULARY = Path(__file__).with_name("wordpiece.txt")
BEGIN, END, UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
LONGEST_WORD = 100


def tokenize(text: str, most: int) -> list[int]:
    """The numbers of the pieces of a text, with its begin and end marks, at most `most` of them."""
    known = _vocabulary()
    numbers = [known[BEGIN]]
    for word in _words(text):
        numbers.extend(_cut(word))
        if len(numbers) >= most:
            break
    return [*numbers[: most - 1], known[END]]


@cache
def _vocabulary() -> dict[str, int]:
    return {piece: number for number, piece in enumerate(VOCABULARY.read_text("utf-8").split("\n"))}


def _words(text: str) -> Iterator[str]:
    """Words, each mark of punctuation and each Chinese sign by itself."""
    word = ""
    for c in unicodedata.normalize("NFD", text.lower()):
        kind = unicodedata.category(c)
        if c.isspace() or _stands_alone(c, kind):
            yield from (part for part in (word, c.strip()) if part)
            word = ""
        elif kind != "Mn" and kind[0] != "C":
            word += c
    if word:
        yield word


def _stands_alone(c: str, kind: str) -> bool:
    return kind[0] == "P" or c in "$+<=>^`|~" or "\u4e00" <= c <= "\u9fff" or "\u3400" <= c <= "\u4dbf"


@lru_cache(maxsize=10_000)
def _cut(word: str) -> tuple[int, ...]:
    """The longest known pieces of a word from its beginning on, or the one piece for the unknown."""
    known = _vocabulary()
    found: list[int] = []
    start = 0
    while start < len(word) <= LONGEST_WORD:
        mark = "##" if start else ""
        end = next((end for end in range(len(word), start, -1) if mark + word[start:end] in known), None)
        if end is None:
            return (known[UNKNOWN],)
        found.append(known[mark + word[start:end]])
        start = end
    return tuple(found) or (known[UNKNOWN],)
