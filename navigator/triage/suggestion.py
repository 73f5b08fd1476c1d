"""Suggestion: the likeliest categories of a text, the confidence in each, and the words behind it."""

from collections.abc import Mapping
from dataclasses import dataclass

MAX_CANDIDATES = 5


@dataclass(frozen=True)
class Candidate:
    """One category and the confidence in it, from 0 to 1."""

    category: str
    confidence: float


@dataclass(frozen=True)
class Suggestion:
    """The likeliest category, or none when `abstained`; `candidates` stand best first either way.

    `fixability_category` is the one by which to decide who can put it right: another one abstains."""

    category: str | None
    confidence: float
    candidates: tuple[Candidate, ...]
    why: tuple[str, ...]
    abstained: bool
    fixability_category: str | None = None


def rank_categories(
    probabilities: Mapping[str, float],
    why: tuple[str, ...],
    min_confidence: float,
    fixability_category: str | None = None,
) -> Suggestion:
    """A suggestion from each category's probability; it abstains below `min_confidence`, or if
    `fixability_category` is another category."""
    top = sorted(probabilities.items(), key=lambda item: (-item[1], item[0]))[:MAX_CANDIDATES]
    candidates = tuple(Candidate(category, round(confidence, 4)) for category, confidence in top)
    confidence = candidates[0].confidence if candidates else 0.0
    best = candidates[0].category if candidates else None
    abstained = best is None or confidence < min_confidence or fixability_category not in (None, best)
    return Suggestion(
        category=None if abstained else best,
        confidence=confidence,
        candidates=candidates,
        why=why,
        abstained=abstained,
        fixability_category=fixability_category or best,
    )
