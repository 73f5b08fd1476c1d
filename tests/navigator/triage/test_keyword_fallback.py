"""When nothing was learned, the catalogue's own phrases still sort plain reports."""

import pytest

from navigator.triage.keyword_fallback import suggest_from_keywords


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
    assert suggest_from_keywords(text, "patient").category == category


def test_it_says_which_words_spoke_and_abstains_without_any() -> None:
    assert "password" in suggest_from_keywords("Forgot my password", "patient").why
    assert suggest_from_keywords("zxcvb qwrtp", "patient").abstained


def test_what_only_staff_report_weighs_less_for_patients() -> None:
    text = "whose job is it to review the ratings"
    assert suggest_from_keywords(text, "pwp").confidence > suggest_from_keywords(text, "patient").confidence
