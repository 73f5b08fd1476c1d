"""Suggesting from the catalogue's own phrases alone, for when the desk has learned nothing."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import log

from navigator.catalogue.catalogue import Category, shipped
from navigator.triage.suggestion import Suggestion, ranked
from navigator.triage.text_normalisation import content_words

SURE_FROM = 0.3
MOST_WORDS_SHOWN = 5
STAFF_ONLY_FOR_PATIENTS = 0.5
SOFTENING = 4.0

Feature = str | tuple[str, str]


@dataclass(frozen=True)
class KeywordModel:
    """How much each word and pair of words speaks for each category."""

    weights: dict[Feature, dict[str, float]]
    staff_only: frozenset[str]


def suggest_from_keywords(text: str, audience: str) -> Suggestion:
    """The suggestion for a text by the phrases and labels of the catalogue."""
    book, spoken = _phrasebook(), list(content_words(text))
    scores: dict[str, float] = {}
    for feature in set(_features(stem for stem, _ in spoken)):
        for id, weight in book.weights.get(feature, {}).items():
            scores[id] = scores.get(id, 0.0) + weight
    if audience == "patient":
        for id in book.staff_only & scores.keys():
            scores[id] *= STAFF_ONLY_FOR_PATIENTS
    best = max(scores, key=lambda id: scores[id], default="")
    words = {word: book.weights.get(stem, {}).get(best, 0.0) for stem, word in spoken}
    why = sorted((word for word in words if words[word]), key=lambda word: -words[word])[:MOST_WORDS_SHOWN]
    total = sum(scores.values()) + SOFTENING
    return ranked({id: score / total for id, score in scores.items()}, tuple(why), SURE_FROM)


@cache
def _phrasebook() -> KeywordModel:
    leaves = shipped().leaves
    features = {leaf.id: Counter(_features_of(leaf)) for leaf in leaves}
    shared = Counter(feature for counts in features.values() for feature in counts)
    weights: dict[Feature, dict[str, float]] = {}
    for id, counts in features.items():
        for feature, times in counts.items():
            weights.setdefault(feature, {})[id] = log(1 + len(leaves) / shared[feature]) * (1 + log(times))
    return KeywordModel(weights, frozenset(leaf.id for leaf in leaves if not leaf.is_for("patient")))


def _features_of(leaf: Category) -> list[Feature]:
    parts = [*leaf.phrases, leaf.staff_label, leaf.patient_label or ""]
    return [feature for part in parts for feature in set(_features(stem for stem, _ in content_words(part)))]


def _features(stems: Iterable[str]) -> list[Feature]:
    stems = list(stems)
    return [*stems, *pairwise(stems)]
