"""How alike two reports are: in what they are likely about, and in the rare words that they share."""

from collections.abc import Mapping
from functools import lru_cache
from math import sqrt

from navigator.triage import model_store, ngrams
from navigator.triage.classifier import WordModel

Shares = Mapping[str, float]
Weights = Mapping[int, float]


def topic_vector(likely: Shares, category: str | None, is_sorted: bool) -> Shares:
    """What a report is about, in shares: what a person sorted is sure, what somebody chose counts as half."""
    if category is None:
        return likely
    if is_sorted or not likely:
        return {category: 1.0}
    halves = {leaf: share / 2 for leaf, share in likely.items()}
    return halves | {category: 0.5 + halves.get(category, 0.0)}


def topic_similarity(one: Shares, other: Shares) -> float:
    """How much two reports are about the same: from 0 to 1 where shares add up to 1."""
    return sum(sqrt(share * other[leaf]) for leaf, share in one.items() if leaf in other)


def tfidf(text: str) -> Weights:
    """The words of a text and its pairs of words, rare ones weighing most; nothing if nothing is learned."""
    learned = model_store.active()
    return _weighed(learned.by_words, text) if learned else {}


@lru_cache(maxsize=2_000)
def _weighed(by_words: WordModel, text: str) -> Weights:
    return by_words.tfidf(ngrams.tokens_of(text))


def word_similarity(one: Weights, other: Weights) -> float:
    """How many of their words two texts share, by weight: from 0 to 1."""
    few, many = sorted((one, other), key=len)
    return sum(weight * many[place] for place, weight in few.items() if place in many)
