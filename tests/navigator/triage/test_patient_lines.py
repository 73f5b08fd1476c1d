"""What patients write day by day alarms seldom, where that costs no true alarm (11.A5)."""

from pathlib import Path

import yaml

from navigator.triage.safety_screen import screen
from tests.cases import each_case

LINES = yaml.safe_load(Path(__file__).with_name("patient_lines.yaml").read_text("utf-8"))["ordinary"]


def test_ordinary_short_lines_alarm_less_often() -> None:
    """11.A5: 7 of 20 did, and 33 of these 100."""
    assert len(LINES) == len(set(LINES)) == 100
    alarms = [line for line in LINES if screen(line).hit]
    assert len(alarms) <= 22, alarms


@each_case(
    "text", ["help", "and now?", "When will you call?", "is anybody there?", "You can ring me after five"]
)
def test_a_few_harmless_words_do_not_alarm(text: str) -> None:
    assert screen(text).why == ()


@each_case(
    "text",
    [
        "cuttin my arms agian",
        "thort about jumpin",
        "i tuk al my tablits",
        "Sleep is nice. Permanent sleep sounds nicer.",
        "can't see how I can go on after this",
        "I didn't put my seat belt on today. On purpose.",
        "I'd quite like to fall asleep in the snow",
        "I've been skipping dialysis. I'm tired of it. I'm tired",
        "My boss keeps my passport and says I owe him",
    ],
)
def test_what_the_classifier_was_unsure_of_is_heard_by_the_rules(text: str) -> None:
    """11.A5: these lie between the old threshold and the new ones."""
    assert screen(text, is_of_staff=True).hit
