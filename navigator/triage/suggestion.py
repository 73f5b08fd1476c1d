"""What a suggestion is: the likeliest categories of a text, how sure, and the words that spoke."""

from collections.abc import Mapping
from dataclasses import dataclass

MOST_CANDIDATES = 5


@dataclass(frozen=True)
class Candidate:
    """One category and how likely it is, from 0 to 1."""

    category: str
    confidence: float


@dataclass(frozen=True)
class Suggestion:
    """The likeliest category, or none when `abstained`; `candidates` stand best first either way.

    `settled` is the category by which to tell who can put it right: another one abstains."""

    category: str | None
    confidence: float
    candidates: tuple[Candidate, ...]
    why: tuple[str, ...]
    abstained: bool
    settled: str | None = None


def ranked(
    likelihood: Mapping[str, float], why: tuple[str, ...], sure_from: float, settled: str | None = None
) -> Suggestion:
    """A suggestion from each category's likelihood; it names none below `sure_from`, or if no word spoke,
    or if who can put it right is `settled` by another category."""
    most = sorted(likelihood.items(), key=lambda item: (-item[1], item[0]))[:MOST_CANDIDATES]
    candidates = tuple(Candidate(category, round(confidence, 4)) for category, confidence in most)
    confidence = candidates[0].confidence if candidates else 0.0
    best = candidates[0].category if candidates else None
    abstained = not why or confidence < sure_from or settled not in (None, best)
    return Suggestion(
        category=None if abstained else best,
        confidence=confidence,
        candidates=candidates,
        why=why,
        abstained=abstained,
        settled=settled or best,
    )
