"""When nothing was learned, the catalogue's own phrases still sort plain reports."""

import pytest

from navigator.triage.keyword_fallback import from_phrases


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
    assert from_phrases(text, "patient").category == category


def test_it_says_which_words_spoke_and_abstains_without_any() -> None:
    assert "password" in from_phrases("Forgot my password", "patient").why
    assert from_phrases("zxcvb qwrtp", "patient").abstained


def test_what_only_staff_report_weighs_less_for_patients() -> None:
    text = "whose job is it to review the ratings"
    assert from_phrases(text, "pwp").confidence > from_phrases(text, "patient").confidence
