"""Which side a text lies on: to be put right here, or elsewhere, or nothing to put right."""

from collections import Counter
from collections.abc import Mapping

from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.enums import Fixability, fixable
from navigator.triage import model_store
from navigator.triage.corpus import RISK

MIN_GROUP_PROBABILITY = 0.5


def fixability_group(fixability: Fixability) -> str:
    """The side that a kind of fixability lies on, by the name that it is learned under."""
    return {True: "here", False: "elsewhere", None: "nothing"}[fixable(fixability)]


def fixability_category(text: str, probabilities: Mapping[str, float]) -> str:
    """The likeliest category on the side that the text clearly lies on, if any; never away from a danger.

    Three sides are learned from far more examples each than any category, and so go wrong less often."""
    best = max(probabilities, key=lambda id: probabilities[id])
    classifier = model_store.shipped("sides")
    if classifier is None or best in RISK:
        return best
    groups = {id: fixability_group(catalogue().category(id).fixability) for id in probabilities}
    scores = Counter(dict(zip(classifier.labels, classifier.word_probabilities(text).tolist(), strict=True)))
    for id, probability in probabilities.items():
        scores[groups[id]] += probability / sum(probabilities.values())  # type: ignore[assignment]
    group, score = scores.most_common(1)[0]
    return max(
        (id for id in probabilities if score / 2 <= MIN_GROUP_PROBABILITY or groups[id] == group),
        key=lambda id: probabilities[id],
    )
