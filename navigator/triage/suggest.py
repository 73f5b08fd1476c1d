"""Suggesting a category for what somebody wrote: by what was learned, else by the catalogue's phrases."""

from navigator.catalogue.catalogue import catalogue
from navigator.triage import model_store, ngrams
from navigator.triage.classifier import Classifier
from navigator.triage.corpus import RISK
from navigator.triage.fixability_classifier import settled
from navigator.triage.keyword_fallback import suggest_from_keywords
from navigator.triage.suggestion import Candidate, Suggestion, ranked
from navigator.triage.text_normalisation import content_words, words

__all__ = ["Candidate", "Suggestion", "suggest"]

SURE_FROM = 0.35
STAFF_ONLY_FOR_PATIENTS = 0.25
LONGEST_READ = 20_000
FEWEST_KNOWN = 2
HELD_DOWN = 0.3
_VAGUE = frozenset(
    words(
        """
    anything app apps ask everything fix hello help helping hey hi hm hmm know need needs nothing ok okay
    please pls plz problem problems something sorry test thank thanks thing things think urgent want yes
        """
    )
)


def suggest(
    text: str,
    audience: str = "patient",
    programme: str | None = None,  # noqa: ARG001 - what a programme teaches comes with corrections
) -> Suggestion:
    """The likeliest categories of a text by a "patient" or a "pwp", how sure, and the words that spoke."""
    text = text[:LONGEST_READ]
    learned = model_store.active()
    return (
        suggest_with(learned, text, audience)
        if learned and words(text)
        else suggest_from_keywords(text, audience)
    )


def suggest_with(learned: Classifier, text: str, audience: str) -> Suggestion:
    """The same by one particular model, for a text that has words."""
    offered = {leaf.id for leaf in catalogue().offered}
    likelihoods = {id: share for id, share in learned.likelihoods(text).items() if id in offered}
    if audience == "patient":
        likelihoods = {id: share * _for_patients(id) for id, share in likelihoods.items()}
    total = sum(likelihoods.values())
    best = max(likelihoods, key=lambda id: likelihoods[id])
    held = 1.0 if best in RISK or _says_enough(learned, text) else HELD_DOWN
    shares = {id: held * share / total for id, share in likelihoods.items()}
    return ranked(shares, learned.why(text, best), SURE_FROM, settled(text, likelihoods))


def _says_enough(learned: Classifier, text: str) -> bool:
    """Whether two words are known, and one of them tells problems apart: one word alone can mean anything."""
    known = {word for word in ngrams.tokens_of(text) if len(word) > 1 and learned.by_words.knows(word)}
    return len(known) >= FEWEST_KNOWN and bool(known & {word for _, word in content_words(text)} - _VAGUE)


def _for_patients(id: str) -> float:
    leaf = catalogue().category(id)
    return 1.0 if leaf.patient_label or leaf.group == "divert" else STAFF_ONLY_FOR_PATIENTS
