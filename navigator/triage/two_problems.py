"""Two problems in one text: a place where it can be cut so that each part clearly speaks of its own category.

A second reading, for the request that stores a report: `suggest` answers for the text as a whole.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product

from navigator.triage import embeddings, model_store
from navigator.triage.classifier import Classifier
from navigator.triage.corpus import RISK
from navigator.triage.suggest import MAX_CHARACTERS, of_offered
from navigator.triage.text_normalisation import sentences

MIN_WORDS, MIN_WORDS_OF_PART = 12, 5
MAX_SENTENCES = 6
"""Of a longer text the beginning counts: each place where it can be cut costs two passes of the encoder."""
MIN_CLARITY, MIN_CLARITY_ANNOUNCED = 0.42, 0.32
"""From which clarity on two problems are named; less is needed where the writer says that more comes."""
CANDIDATES = 3

_NO_PROBLEM = RISK | {"other.feedback", "divert.harm_or_complaint"}
"""Praise goes before many a complaint, and whatever else is told, a danger is no second ticket."""
_ANNOUNCED = re.compile(
    r"\b(?:also|plus|secondly|separately|on top of (?:that|this|it)|oh and|by the way|while (?:i'?m|you'?re)|"
    r"(?:another|other|second|separate) (?:thing|problem|question|issue))\b",
    re.IGNORECASE,
)
_WORDS_OF_ANNOUNCEMENT = 6

Probabilities = Mapping[str, float]


def two_problems(text: str, audience: str = "patient") -> tuple[str, ...]:
    """The categories of the two problems of a text, in its order; none unless both are clear."""
    classifier, parts = model_store.active(), sentences(text[:MAX_CHARACTERS])[:MAX_SENTENCES]
    if classifier is None or len(parts) < 2 or len(text.split()) < MIN_WORDS or not embeddings.is_available():
        return ()
    return _two_problems(classifier, text[:MAX_CHARACTERS], tuple(parts), audience)


@lru_cache(maxsize=64)
def _two_problems(classifier: Classifier, text: str, parts: Sequence[str], audience: str) -> tuple[str, ...]:
    whole = _probabilities(classifier, text, audience)
    places = range(1, len(parts))
    found = max(
        (pair for place in places for pair in _pairs(classifier, whole, parts, place, audience)), default=None
    )
    return found[1:] if found else ()


def _pairs(
    classifier: Classifier, whole: Probabilities, parts: Sequence[str], place: int, audience: str
) -> Iterator[tuple[float, str, str]]:
    """The pairs of categories clear enough where a text is cut, each with its clarity, from 0 to 1."""
    halves = [". ".join(parts[:place]), ". ".join(parts[place:])]
    announcement = " ".join(halves[1].split()[:_WORDS_OF_ANNOUNCEMENT])
    floor = MIN_CLARITY_ANNOUNCED if _ANNOUNCED.search(announcement) else MIN_CLARITY
    if min(len(half.split()) for half in halves) < MIN_WORDS_OF_PART or _most_possible(whole) < floor:
        return
    first, second = (_likeliest(_probabilities(classifier, half, audience)) for half in halves)
    for a, b in product(first, second):
        clarity = first[a] * second[b] * _share_of_whole(whole, a, b)
        if a != b and clarity >= floor:
            yield clarity, a, b


def _probabilities(classifier: Classifier, text: str, audience: str) -> Probabilities:
    probabilities = of_offered(classifier.probabilities(text), audience)
    total = sum(probabilities.values())
    return {id: p / total for id, p in probabilities.items() if id not in _NO_PROBLEM}


def _likeliest(probabilities: Probabilities) -> Probabilities:
    return {
        id: probabilities[id] for id in sorted(probabilities, key=lambda id: -probabilities[id])[:CANDIDATES]
    }


def _most_possible(whole: Probabilities) -> float:
    """The clarity that two parts could have at most: most texts are not cut at all."""
    return _share_of_whole(whole, *sorted(whole, key=lambda id: -whole[id])[:2])


def _share_of_whole(whole: Probabilities, a: str, b: str) -> float:
    """How much the text as a whole speaks of both, gently: a part alone may say anything."""
    return float((min(whole[a], whole[b]) + 0.005) ** 0.2)
