"""Category suggestion for a text: by the classifier in use, else by the catalogue's phrases."""

from collections.abc import Collection, Mapping

from navigator.catalogue.catalogue import catalogue
from navigator.triage import model_store, ngrams
from navigator.triage.classifier import Classifier
from navigator.triage.corpus import RISK
from navigator.triage.correction_memory import NO_CORRECTIONS, CorrectionMemory
from navigator.triage.fixability_classifier import fixability_category
from navigator.triage.keyword_fallback import suggest_from_keywords
from navigator.triage.suggestion import Candidate, Suggestion, rank_categories
from navigator.triage.text_normalisation import content_words, words

__all__ = ["Candidate", "Suggestion", "suggest"]

MIN_CONFIDENCE = 0.35
STAFF_ONLY_FACTOR = 0.25
MAX_CHARACTERS = 20_000
TWO_PROBLEMS_SHARE = 0.7
"""Of all probability, at least, for the two that are named: then no third is likelier than both."""
MIN_KNOWN_WORDS = 2
VAGUE_TEXT_FACTOR = 0.3
_VAGUE_WORDS = frozenset(
    words(
        """
    anything app apps ask broken everything fix hello help helping hey hi hm hmm know need needs
    nothing ok okay please pls plz problem problems something sorry test thank thanks thing things
    think urgent want work working works yes
        """
    )
)


def suggest(
    text: str, audience: str = "patient", service: str = "", problems: Collection[str] = ()
) -> Suggestion:
    """The likeliest categories of a text by a "patient" or a "pwp", how sure, and by which words.

    What the navigators of the service with this code sorted counts most. Where the text is known to tell
    two `problems`, it is one of them, and no third that both together read like."""
    text = text[:MAX_CHARACTERS]
    classifier = model_store.active()
    if classifier and words(text):
        return suggest_with(classifier, text, audience, model_store.corrections(), service, problems)
    return suggest_from_keywords(text, audience)


def suggest_with(
    classifier: Classifier,
    text: str,
    audience: str,
    corrections: CorrectionMemory = NO_CORRECTIONS,
    service: str = "",
    problems: Collection[str] = (),
) -> Suggestion:
    """The same by one particular classifier and memory, for a text that has words."""
    probabilities = of_offered(classifier.probabilities(text, corrections, service), audience)
    probabilities = _of_two(probabilities, problems)
    total = sum(probabilities.values())
    best = max(probabilities, key=lambda id: probabilities[id])
    factor = 1.0 if best in RISK or _is_specific(classifier, text) else VAGUE_TEXT_FACTOR
    confidences = {id: factor * p / total for id, p in probabilities.items()}
    why, settled_by = classifier.why(text, best), fixability_category(text, probabilities)
    return rank_categories(confidences, why, MIN_CONFIDENCE, settled_by)


def of_offered(probabilities: Mapping[str, float], audience: str) -> dict[str, float]:
    """The categories that may be chosen, those that are not meant for patients less likely for them."""
    offered = {leaf.id for leaf in catalogue().offered}
    factor = _patient_factor if audience == "patient" else lambda _: 1.0
    return {id: p * factor(id) for id, p in probabilities.items() if id in offered}


def _of_two(probabilities: dict[str, float], problems: Collection[str]) -> dict[str, float]:
    """The same with most of it for the two problems that a text tells, but never away from a danger."""
    if max(probabilities, key=lambda id: probabilities[id]) in RISK:
        return probabilities
    share = sum(probabilities.get(id, 0.0) for id in problems) / sum(probabilities.values())
    if not 0 < share < TWO_PROBLEMS_SHARE:
        return probabilities
    factors = {True: TWO_PROBLEMS_SHARE / share, False: (1 - TWO_PROBLEMS_SHARE) / (1 - share)}
    return {id: p * factors[id in problems] for id, p in probabilities.items()}


def _is_specific(classifier: Classifier, text: str) -> bool:
    """Whether two words are known, and one of them tells problems apart: one word alone can mean anything."""
    known = classifier.word_model.known({word for word in ngrams.tokens_of(text) if len(word) > 1})
    specific = {word for _, word in content_words(text)} - _VAGUE_WORDS
    return len(known) >= MIN_KNOWN_WORDS and bool(known & specific)


def _patient_factor(id: str) -> float:
    leaf = catalogue().category(id)
    return 1.0 if leaf.patient_label or leaf.group == "divert" else STAFF_ONLY_FACTOR
