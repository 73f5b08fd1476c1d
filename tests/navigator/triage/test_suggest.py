"""A suggestion ranks the likeliest categories, says which words spoke, and abstains when too little did."""

import pytest

from navigator.catalogue.categories import catalogue
from navigator.triage.suggest import suggest


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("I have forgotten my password and cannot get in", "access.forgotten_password"),
        ("too many notifications, it pings me all day at work", "notify.too_many"),
        ("the video just spins and there is no sound", "device.browser_display_media"),
        ("all my writing disappeared, it is back to zero", "use.lost_answers"),
        ("my screen reader cannot read the buttons", "needs.assistive_tech"),
    ],
)
def test_plain_reports_are_sorted(text: str, category: str) -> None:
    suggestion = suggest(text)
    assert suggestion.category == category
    assert not suggestion.abstained


def test_the_words_that_spoke_are_the_reporters_own() -> None:
    text = "Forgot my password again"
    assert suggest(text).why
    assert set(suggest(text).why) <= set(text.lower().split())


def test_candidates_stand_best_first_and_are_leaves() -> None:
    suggestion = suggest("the code never comes and my password is refused")
    confidences = [candidate.confidence for candidate in suggestion.candidates]
    assert confidences == sorted(confidences, reverse=True)
    assert 0 < confidences[0] <= 1
    assert {candidate.category for candidate in suggestion.candidates} <= {
        leaf.id for leaf in catalogue().leaves
    }


@pytest.mark.parametrize("text", ["", "   ", "zxcvb qwrtp", "😀", "مرحبا"])
def test_it_abstains_when_nothing_speaks(text: str) -> None:
    suggestion = suggest(text)
    assert suggestion.abstained
    assert suggestion.category is None


def test_the_same_text_gets_the_same_answer() -> None:
    assert suggest("it is slow and it logs me out") == suggest("it is slow and it logs me out")


def test_staff_leaves_weigh_less_for_patients() -> None:
    text = "whose job is it to review the ratings"
    assert suggest(text, "pwp").confidence > suggest(text, "patient").confidence
