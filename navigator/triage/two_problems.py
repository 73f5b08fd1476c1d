"""Two problems in one text: a place where it can be cut so that each part clearly speaks of its own category.

A second reading, for the request that stores a report: `suggest` answers for the text as a whole.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product

from navigator.catalogue.catalogue import catalogue
from navigator.triage import embeddings, model_store
from navigator.triage.classifier import Classifier
from navigator.triage.corpus import RISK
from navigator.triage.suggest import MAX_CHARACTERS, of_offered
from navigator.triage.text_normalisation import sentences

MIN_WORDS, MIN_WORDS_OF_PART = 12, 5
MAX_SENTENCES = 6
"""Of a longer text the beginning counts: each place where it can be cut costs two passes of the encoder."""
CANDIDATES = 3
MIN_EVIDENCE = 50.0
"""From which evidence on two problems are named: measured on two_problems.yaml (docs/triage.md)."""
ANNOUNCED, SAME_GROUP = 20.0, 0.1
"""How much more likely two are where the writer says that more comes; and within one group of categories."""

_NO_PROBLEM = RISK | {"other.feedback", "divert.harm_or_complaint"}
"""Praise goes before many a complaint, and whatever else is told, a danger is no second ticket."""
_ANNOUNCEMENT = re.compile(
    r"\b(?:also|plus|secondly|separately|on top of (?:that|this|it)|oh and|by the way|while (?:i'?m|you'?re)|"
    r"(?:another|other|second|separate) (?:thing|problem|question|issue))\b",
    re.IGNORECASE,
)
_WORDS_OF_ANNOUNCEMENT = 6

Probabilities = Mapping[str, float]


def two_problems(text: str, audience: str = "patient") -> tuple[str, ...]:
    """The categories of the two problems of a text, in its order; none unless both are clear."""
    classifier, text = model_store.active(), text[:MAX_CHARACTERS]
    parts = tuple(sentences(text)[:MAX_SENTENCES])
    if classifier is None or len(parts) < 2 or len(text.split()) < MIN_WORDS or not embeddings.is_available():
        return ()
    return _two_problems(classifier, text, parts, audience)


@lru_cache(maxsize=64)
def _two_problems(classifier: Classifier, text: str, parts: Sequence[str], audience: str) -> tuple[str, ...]:
    """The pair with the most evidence, wherever the text is cut; remembered for the transaction."""
    whole = _probabilities(classifier, text, audience)
    pairs = [
        (_evidence(whole, first, second, a, b) * (ANNOUNCED if is_announced else 1), a, b)
        for first, second, is_announced in _cuts(classifier, parts, audience)
        for a, b in product(_likeliest(first), _likeliest(second))
        if a != b
    ]
    evidence, *categories = max(pairs, default=(0.0,))
    return tuple(categories) if evidence >= MIN_EVIDENCE else ()


def _cuts(
    classifier: Classifier, parts: Sequence[str], audience: str
) -> Iterator[tuple[Probabilities, Probabilities, bool]]:
    """What the parts before and after each place speak of, and whether the later one announces more."""
    for place in range(1, len(parts)):
        before, after = ". ".join(parts[:place]), ". ".join(parts[place:])
        if min(len(before.split()), len(after.split())) >= MIN_WORDS_OF_PART:
            first, second = (_probabilities(classifier, part, audience) for part in (before, after))
            beginning = " ".join(after.split()[:_WORDS_OF_ANNOUNCEMENT])
            yield first, second, bool(_ANNOUNCEMENT.search(beginning))


def _probabilities(classifier: Classifier, text: str, audience: str) -> Probabilities:
    probabilities = of_offered(classifier.probabilities(text), audience)
    total = sum(probabilities.values())
    return {id: p / total for id, p in probabilities.items() if id not in _NO_PROBLEM}


def _likeliest(probabilities: Probabilities) -> list[str]:
    return sorted(probabilities, key=lambda id: -probabilities[id])[:CANDIDATES]


def _evidence(whole: Probabilities, first: Probabilities, second: Probabilities, a: str, b: str) -> float:
    """How surely each part tells its own, and the whole text both, against what a part tells of the other's.

    The small numbers keep what nobody is sure of from deciding."""
    groups = {catalogue().category(id).group for id in (a, b)}
    own, of_both = (first[a] * second[b]) ** 2, min(whole[a], whole[b]) + 0.005
    return own * of_both / (max(first[b], second[a]) + 0.001) * (SAME_GROUP if len(groups) == 1 else 1)
