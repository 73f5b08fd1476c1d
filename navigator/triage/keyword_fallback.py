"""Keyword fallback: suggest from the catalogue's own phrases, for when there is no classifier."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import log

from navigator.catalogue.catalogue import Category, default_catalogue
from navigator.triage.suggestion import Suggestion, rank_categories
from navigator.triage.text_normalisation import content_words, telling_words

MIN_CONFIDENCE = 0.3
MAX_WORDS_SHOWN = 5
STAFF_ONLY_FACTOR = 0.5
SMOOTHING = 4.0

Feature = str | tuple[str, str]


@dataclass(frozen=True)
class KeywordModel:
    """The weight of each word and pair of words for each category."""

    weights: dict[Feature, dict[str, float]]
    staff_only: frozenset[str]


def suggest_from_keywords(text: str, audience: str) -> Suggestion:
    """The suggestion for a text by the phrases and labels of the catalogue."""
    model, stems_and_words = _keyword_model(), list(content_words(text))
    scores: dict[str, float] = {}
    for feature in set(_features(stem for stem, _ in stems_and_words)):
        for id, weight in model.weights.get(feature, {}).items():
            scores[id] = scores.get(id, 0.0) + weight
    if audience == "patient":
        for id in model.staff_only & scores.keys():
            scores[id] *= STAFF_ONLY_FACTOR
    best = max(scores, key=lambda id: scores[id], default="")
    telling = set(telling_words(text))
    words = {
        word: model.weights.get(stem, {}).get(best, 0.0) for stem, word in stems_and_words if word in telling
    }
    why = sorted((word for word in words if words[word]), key=lambda word: -words[word])[:MAX_WORDS_SHOWN]
    total = sum(scores.values()) + SMOOTHING
    return rank_categories({id: score / total for id, score in scores.items()}, tuple(why), MIN_CONFIDENCE)


@cache
def _keyword_model() -> KeywordModel:
    leaves = default_catalogue().leaves
    features = {leaf.id: Counter(_category_features(leaf)) for leaf in leaves}
    categories_with = Counter(feature for counts in features.values() for feature in counts)
    weights: dict[Feature, dict[str, float]] = {}
    for id, counts in features.items():
        for feature, count in counts.items():
            idf = log(1 + len(leaves) / categories_with[feature])
            weights.setdefault(feature, {})[id] = idf * (1 + log(count))
    return KeywordModel(weights, frozenset(leaf.id for leaf in leaves if not leaf.is_for("patient")))


def _category_features(leaf: Category) -> list[Feature]:
    parts = [*leaf.phrases, leaf.staff_label, leaf.patient_label or ""]
    return [feature for part in parts for feature in set(_features(stem for stem, _ in content_words(part)))]


def _features(stems: Iterable[str]) -> list[Feature]:
    stems = list(stems)
    return [*stems, *pairwise(stems)]
