"""N-grams of a text: its words and pairs of words, and the runs of 2 to 5 letters in each word."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, pairwise

from navigator.triage.text_normalisation import words

MAX_WORDS = 3_000
SHORTEST, LONGEST = 2, 5


def tokens_of(text: str) -> list[str]:
    """The words of a text, in order, as far as they count."""
    return words(text)[:MAX_WORDS]


def word_ngrams(tokens: Sequence[str]) -> Iterator[str]:
    """Word n-grams: the words, and each pair of neighbours."""
    return chain(tokens, (f"{first} {second}" for first, second in pairwise(tokens)))


def character_ngrams(tokens: Sequence[str]) -> Iterator[str]:
    """Character n-grams of each word; a space marks where a word begins and ends."""
    return chain.from_iterable(map(_ngrams_of, tokens))


@lru_cache(maxsize=10_000)
def _ngrams_of(word: str) -> tuple[str, ...]:
    padded = f" {word} "
    longest = min(LONGEST, len(padded))
    sizes = range(SHORTEST, longest + 1)
    return tuple(padded[start : start + size] for size in sizes for start in range(len(padded) - size + 1))
