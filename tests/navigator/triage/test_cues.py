"""12.4: cues told in roundabout words are found by the encoder, beside those that are plainly stated."""

import pytest

from navigator.catalogue.enums import Cue
from navigator.catalogue.fixability_cues import stated_cues
from navigator.triage import embeddings
from navigator.triage.cues import cues_in_text

ROUNDABOUT = {
    "My sister is on the same course and hers does exactly the same thing": Cue.SEVERAL_PEOPLE,
    "All my patients see the same white page since Monday": Cue.SEVERAL_PEOPLE,
    "What I wrote on Sunday is gone as if I had never sat there": Cue.DATA_WRONG,
    "The diary has somebody else's entries in it, not mine": Cue.DATA_WRONG,
    "Got the new version last night and now the sound is off": Cue.AFTER_UPDATE,
}
NOT_TOLD = (
    "Should I restart the phone?",
    "I have a question about the update",
    "My friend told me about this course",
    "Can I delete my answers?",
    "I forgot my password",
    "",
    " \n",
)


@pytest.mark.parametrize(("text", "cue"), ROUNDABOUT.items())
def test_what_is_told_in_other_words_is_found(text: str, cue: Cue) -> None:
    assert cues_in_text(text) == {cue}


def test_most_of_these_no_pattern_finds() -> None:
    assert sum(cue in stated_cues(text) for text, cue in ROUNDABOUT.items()) <= 2


@pytest.mark.parametrize("text", NOT_TOLD)
def test_what_is_asked_or_only_named_is_no_cue(text: str) -> None:
    assert cues_in_text(text) == frozenset()


def test_without_the_encoder_what_is_plainly_stated_still_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embeddings, "is_available", lambda: False)
    assert cues_in_text("It does not work since the update") == {Cue.AFTER_UPDATE}
    assert cues_in_text("The diary has somebody else's entries in it, not mine") == frozenset()
