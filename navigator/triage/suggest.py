"""Suggesting a category for what somebody wrote: by what was learned, else by the catalogue's phrases."""

from navigator.catalogue.categories import catalogue
from navigator.triage import shelf
from navigator.triage.learned import Learned
from navigator.triage.phrasebook import from_phrases
from navigator.triage.suggestion import Candidate, Suggestion, ranked
from navigator.triage.words import words

__all__ = ["Candidate", "Suggestion", "suggest"]

SURE_FROM = 0.35
STAFF_ONLY_FOR_PATIENTS = 0.25
LONGEST_READ = 20_000


def suggest(
    text: str,
    audience: str = "patient",
    programme: str | None = None,  # noqa: ARG001 - what a programme teaches comes with corrections
) -> Suggestion:
    """The likeliest categories of a text by a "patient" or a "pwp", how sure, and the words that spoke."""
    text = text[:LONGEST_READ]
    learned = shelf.shipped("reports")
    return _from_learned(learned, text, audience) if learned and words(text) else from_phrases(text, audience)


def _from_learned(learned: Learned, text: str, audience: str) -> Suggestion:
    likelihoods = learned.likelihoods(text)
    if audience == "patient":
        likelihoods = {id: share * _for_patients(id) for id, share in likelihoods.items()}
    total = sum(likelihoods.values())
    best = max(likelihoods, key=lambda id: likelihoods[id])
    shares = {id: share / total for id, share in likelihoods.items()}
    return ranked(shares, learned.why(text, best), SURE_FROM)


def _for_patients(id: str) -> float:
    leaf = catalogue().category(id)
    return 1.0 if leaf.patient_label or leaf.group == "divert" else STAFF_ONLY_FOR_PATIENTS
