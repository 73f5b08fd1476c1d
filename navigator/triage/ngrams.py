"""N-grams of a text as numbers: its words and pairs of words, and the runs of 2 to 5 letters in each word.

A run of letters is its own number, six bits a letter. A word is the hash of its letters, and a pair that of
its two words; these lie above all runs, so that no word is taken for the same letters within another one.
"""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from navigator.triage.text_normalisation import words

MAX_WORDS = 3_000
SHORTEST, LONGEST = 2, 5
_LETTERS = {letter: number for number, letter in enumerate(" 0123456789abcdefghijklmnopqrstuvwxyz", start=1)}
_BITS = 6
_WORD = np.uint64(1 << 63)
_ODD = np.uint64(0x9E3779B97F4A7C15)
"""Multiplies the first word of a pair, so that the order counts."""

Codes = npt.NDArray[np.uint64]


class Counts(NamedTuple):
    """The n-grams of a text in rising order, and how often each stands there."""

    codes: Codes
    times: npt.NDArray[np.integer[Any]]


def tokens_of(text: str) -> list[str]:
    """The words of a text, in order, as far as they count."""
    return words(text)[:MAX_WORDS]


@lru_cache(maxsize=64)
def count_ngrams(text: str) -> tuple[Counts, Counts]:
    """The word and the character n-grams of a text; remembered, for several classifiers ask for them."""
    tokens = tokens_of(text)
    return _count(word_ngrams(tokens)), _count(character_ngrams(tokens))


def _count(codes: Codes) -> Counts:
    return Counts(*np.unique(codes, return_counts=True))


def word_ngrams(tokens: Sequence[str]) -> Codes:
    """Word n-grams: the words, and each pair of neighbours."""
    codes = np.fromiter(map(word_code, tokens), np.uint64, len(tokens))
    return np.concatenate([codes, codes[:-1] * _ODD + codes[1:] | _WORD])


def character_ngrams(tokens: Sequence[str]) -> Codes:
    """Character n-grams of each word; a space marks where a word begins and ends."""
    return np.concatenate([np.zeros(0, np.uint64), *map(_runs_of, tokens)])


@lru_cache(maxsize=10_000)
def ngrams_of(word: str) -> Codes:
    """All n-grams of a word by itself, each once."""
    return np.unique(np.concatenate([word_ngrams([word]), _runs_of(word)]))


@lru_cache(maxsize=10_000)
def word_code(word: str) -> int:
    """The n-gram that a word by itself is."""
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest()) | int(_WORD)


@lru_cache(maxsize=10_000)
def _runs_of(word: str) -> Codes:
    letters = [_LETTERS[letter] for letter in f" {word} "]
    sizes = range(SHORTEST, min(LONGEST, len(letters)) + 1)
    runs = [letters[start : start + size] for size in sizes for start in range(len(letters) - size + 1)]
    return np.array([sum(n << _BITS * at for at, n in enumerate(run)) for run in runs], dtype=np.uint64)
