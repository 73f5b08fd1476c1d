"""What staff write for each other: read by the rules alone, and alarming seldom (11.A5)."""

from pathlib import Path

import pytest
import yaml

from navigator.triage import safety_screen
from navigator.triage.safety_screen import screen
from tests.cases import each_case

NOTES = yaml.safe_load(Path(__file__).with_name("staff_notes.yaml").read_text("utf-8"))
CASES = yaml.safe_load(Path(__file__).with_name("screen_cases.yaml").read_text("utf-8"))
CAUGHT = [text for texts in CASES["catch"].values() for text in texts]
HARMLESS = (
    "and now?",
    "Phoned her.",
    "She will try it tonight",
    "The supplier calls tomorrow",
    "Told the PWP that she should plan without it.",
)


def test_at_most_two_in_a_hundred_ordinary_notes_alarm() -> None:
    """11.A5: 12 of 49 did; of these 300 it was 50."""
    notes = NOTES["harmless"]
    assert len(notes) == len(set(notes)) == 300
    alarms = [note for note in notes if screen(note, is_of_staff=True).hit]
    assert len(alarms) <= 0.02 * len(notes), alarms


@pytest.mark.parametrize("note", HARMLESS)
def test_notes_that_used_to_alarm_do_not(note: str) -> None:
    """11.A5: these five were seen to."""
    assert screen(note, is_of_staff=True).why == ()


@each_case("text", [*NOTES["risk"], *CAUGHT])
def test_no_note_with_a_real_risk_is_missed(text: str) -> None:
    """11.A5: without the classifier the rules must hear what staff pass on."""
    assert screen(text, is_of_staff=True).hit


def test_the_classifier_does_not_read_what_staff_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """11.A5: by rules alone; what a reporter writes is still read by both."""
    asked: list[str] = []

    def heard(text: str) -> list[str]:
        asked.append(text)
        return ["heard"]

    monkeypatch.setattr(safety_screen, "_classifier_reasons", heard)
    text = "A line that was never read before, of staff or of anybody"
    assert not screen(text, is_of_staff=True).hit
    assert asked == []
    assert screen(text).hit
