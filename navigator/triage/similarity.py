"""Similarity of two reports: of their category probabilities, and of their tf-idf vectors."""

from collections.abc import Mapping
from functools import lru_cache
from math import sqrt

from navigator.triage import model_store
from navigator.triage.classifier import WordModel

TopicVector = Mapping[str, float]
TermWeights = Mapping[int, float]


def topic_vector(probabilities: TopicVector, category: str | None, is_triaged: bool) -> TopicVector:
    """What a report is about: a category that a person sorted is sure, one that was chosen counts half."""
    if category is None:
        return probabilities
    if is_triaged or not probabilities:
        return {category: 1.0}
    halves = {other: probability / 2 for other, probability in probabilities.items()}
    return halves | {category: 0.5 + halves.get(category, 0.0)}


def topic_similarity(a: TopicVector, b: TopicVector) -> float:
    """How much two reports are about the same: from 0 to 1 where probabilities add up to 1."""
    return sum(sqrt(probability * b[category]) for category, probability in a.items() if category in b)


def tfidf(*texts: str) -> list[TermWeights]:
    """The tf-idf vectors of texts' words and pairs of words; each empty if there is no classifier."""
    classifier = model_store.active()
    return [_cached_tfidf(classifier.word_model, text) if classifier else {} for text in texts]


@lru_cache(maxsize=2_000)
def _cached_tfidf(word_model: WordModel, text: str) -> TermWeights:
    return word_model.tfidf(text)


def word_similarity(a: TermWeights, b: TermWeights) -> float:
    """The cosine similarity of two tf-idf vectors: from 0 to 1."""
    shorter, longer = (a, b) if len(a) < len(b) else (b, a)
    return sum(weight * longer[index] for index, weight in shorter.items() if index in longer)
