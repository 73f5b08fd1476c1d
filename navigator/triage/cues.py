"""Cues in free text: what moves a fix on to somebody else, in whatever words it is told."""

from collections.abc import Mapping
from types import MappingProxyType

from navigator.catalogue.enums import Cue
from navigator.triage import embeddings

THRESHOLDS: Mapping[Cue, float] = MappingProxyType(dict.fromkeys(Cue, 0.5))
"""From which probability a cue counts as told."""


def cues_in_text(text: str) -> frozenset[Cue]:
    """The cues that a text tells, by the encoder's own heads; none where the encoder is not in use."""
    if not text.strip() or not embeddings.is_available():
        return frozenset()
    probabilities = embeddings.cue_probabilities(text)
    return frozenset(cue for cue in Cue if probabilities[cue] >= THRESHOLDS[cue])
