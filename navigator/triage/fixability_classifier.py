"""Which side a text lies on: to be put right here, or elsewhere, or nothing to put right."""

from collections import Counter
from collections.abc import Mapping

from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.enums import Fixability, fixable
from navigator.triage import model_store
from navigator.triage.corpus import RISK

CLEAR_FROM = 0.5


def fixability_group(fixability: Fixability) -> str:
    """The side that a kind of fixability lies on, by the name that it is learned under."""
    return {True: "here", False: "elsewhere", None: "nothing"}[fixable(fixability)]


def settled(text: str, likelihoods: Mapping[str, float]) -> str:
    """The likeliest category on the side that the text clearly lies on, if any; never away from a danger.

    Three sides are learned from far more examples each than any category, and so go wrong less often."""
    best = max(likelihoods, key=lambda id: likelihoods[id])
    learned = model_store.shipped("sides")
    if learned is None or best in RISK:
        return best
    sides = {id: fixability_group(catalogue().category(id).fixability) for id in likelihoods}
    told = Counter(dict(zip(learned.labels, learned.word_scores(text).tolist(), strict=True)))
    for id, share in likelihoods.items():
        told[sides[id]] += share / sum(likelihoods.values())  # type: ignore[assignment]
    likeliest, twice = told.most_common(1)[0]
    return max(
        (id for id in likelihoods if twice / 2 <= CLEAR_FROM or sides[id] == likeliest),
        key=lambda id: likelihoods[id],
    )
