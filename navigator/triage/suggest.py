"""Suggesting a category for what somebody wrote: one function, whatever method stands behind it."""

from navigator.triage.phrasebook import from_phrases
from navigator.triage.suggestion import Candidate, Suggestion

__all__ = ["Candidate", "Suggestion", "suggest"]


def suggest(
    text: str,
    audience: str = "patient",
    programme: str | None = None,  # noqa: ARG001 - what a programme teaches comes with corrections
) -> Suggestion:
    """The likeliest categories of a text by a "patient" or a "pwp", how sure, and the words that spoke."""
    return from_phrases(text, audience)
