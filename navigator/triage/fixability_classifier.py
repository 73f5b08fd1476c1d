"""Fixability classifier: whether a text is to be put right here, elsewhere, or not at all."""

from collections import Counter
from collections.abc import Mapping

from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.enums import Fixability, fixable
from navigator.triage import model_store
from navigator.triage.corpus import RISK

MIN_GROUP_PROBABILITY = 0.5


def fixability_group(fixability: Fixability) -> str:
    """The group of a fixability, by its label in the classifier."""
    return {True: "here", False: "elsewhere", None: "nothing"}[fixable(fixability)]


def fixability_category(text: str, probabilities: Mapping[str, float]) -> str:
    """The likeliest category in the text's clearest fixability group, if any; never away from a danger.

    Three groups are learned from far more examples each than any category, and so go wrong less often."""
    best = max(probabilities, key=lambda id: probabilities[id])
    classifier = model_store.shipped("sides")
    if classifier is None or best in RISK:
        return best
    groups = {id: fixability_group(catalogue().category(id).fixability) for id in probabilities}
    scores, total = Counter(classifier.probabilities(text)), sum(probabilities.values())
    for id, probability in probabilities.items():
        scores[groups[id]] += probability / total  # type: ignore[assignment]
    group, score = scores.most_common(1)[0]
    return max(
        (id for id in probabilities if score / 2 <= MIN_GROUP_PROBABILITY or groups[id] == group),
        key=lambda id: probabilities[id],
    )
