"""Cues in free text: what moves a fix on to somebody else, plainly stated or told in other words."""

from navigator.catalogue.enums import Cue
from navigator.catalogue.fixability_cues import stated_cues
from navigator.triage import embeddings

MIN_PROBABILITY = 0.88
"""From which probability a cue counts as told: of unread ones four in five were (docs/triage.md)."""


def cues_in_text(text: str) -> frozenset[Cue]:
    """The cues that a text tells: by their wordings, and by the encoder's own heads where it is in use."""
    return stated_cues(text) | _told_cues(text)


def _told_cues(text: str) -> frozenset[Cue]:
    if not text.strip() or not embeddings.is_available():
        return frozenset()
    probabilities = embeddings.cue_probabilities(text)
    return frozenset(cue for cue in Cue if probabilities[cue] >= MIN_PROBABILITY)
