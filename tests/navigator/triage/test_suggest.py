"""A suggestion ranks the likeliest categories, says which words spoke, and abstains when too little did."""

from pathlib import Path

import pytest
import yaml

from navigator.catalogue.catalogue import catalogue, use_custom_wording
from navigator.triage.classifier import Classifier
from navigator.triage.corpus import RISK
from navigator.triage.suggest import MIN_CONFIDENCE, suggest

CASES: dict[str, str] = yaml.safe_load(Path(__file__).with_name("report_cases.yaml").read_text("utf-8"))
FOR_STAFF = ("staff.", "training.")


def _suggested(category: str, among: int) -> bool:
    audience = "pwp" if category.startswith(FOR_STAFF) else "patient"
    found = suggest(CASES[category], audience).candidates[:among]
    return category in {candidate.category for candidate in found}


@pytest.mark.parametrize("category", sorted(RISK))
def test_no_two_problems_lead_away_from_a_danger(monkeypatch: pytest.MonkeyPatch, category: str):
    """Named beside it, two problems would have taken its place, and no clinician would have been asked."""
    pair = {"access.forgotten_password": 0.3, "notify.too_many": 0.2}
    spread = {category: 0.4, **pair, "use.lost_answers": 0.1}
    monkeypatch.setattr(Classifier, "probabilities", lambda *_: spread)
    found = suggest("reminders and a password", problems=pair)
    assert found.candidates[0].category == category
    assert found.category in (category, None)


def test_there_is_a_case_for_every_leaf() -> None:
    assert CASES.keys() == {leaf.id for leaf in catalogue().leaves}


@pytest.mark.parametrize(("among", "floor"), [(1, 0.75), (3, 0.9)])
def test_reports_held_apart_are_sorted(among: int, floor: float) -> None:
    assert sum(_suggested(category, among) for category in CASES) / len(CASES) >= floor


def test_the_words_that_spoke_are_the_reporters_own() -> None:
    text = "Forgot my password again"
    assert "password" in suggest(text).why
    assert set(suggest(text).why) <= set(text.lower().split())


FUNCTION_WORDS = {
    "a",
    "about",
    "and",
    "because",
    "for",
    "i",
    "if",
    "is",
    "it",
    "me",
    "my",
    "not",
    "of",
    "the",
    "then",
}


@pytest.mark.parametrize("category", CASES)
def test_a_reason_is_never_a_function_word(category: str) -> None:
    assert not FUNCTION_WORDS & set(suggest(CASES[category]).why)


def test_a_text_of_function_words_has_no_reason_rather_than_a_silly_one() -> None:
    assert suggest("I cannot keep up with it all").why == ()


def test_a_word_that_hardly_spoke_is_no_reason_beside_one_that_did() -> None:
    assert set(suggest("Forgot my password again, just made a cup of tea").why) == {"password", "forgot"}


def test_candidates_stand_best_first_and_are_leaves() -> None:
    suggestion = suggest("the code never comes and my password is refused")
    confidences = [candidate.confidence for candidate in suggestion.candidates]
    assert confidences == sorted(confidences, reverse=True)
    assert 0 < confidences[0] <= 1
    assert {c.category for c in suggestion.candidates} <= {leaf.id for leaf in catalogue().leaves}


@pytest.mark.parametrize("text", ["", "   ", "zxcvb qwrtp", "😀", "مرحبا"])
def test_it_abstains_when_nothing_speaks(text: str) -> None:
    suggestion = suggest(text)
    assert suggestion.abstained
    assert suggestion.category is None


@pytest.mark.parametrize(
    "text",
    ["x", "xx", "ok", "hm ok", "help", "help me please", "hello", "it", "thanks", "app", "nothing", "asdf"],
)
def test_it_abstains_when_hardly_anything_is_said(text: str) -> None:
    suggestion = suggest(text)
    assert suggestion.abstained
    assert suggestion.candidates
    assert suggestion.confidence < MIN_CONFIDENCE


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("cant log in", "access.wrong_site_or_email"),
        ("no code", "access.two_step_code"),
        ("locked out", "access.locked_or_inactive"),
        ("forgot password", "access.forgotten_password"),
        ("too many notifications", "notify.too_many"),
    ],
)
def test_few_words_that_tell_are_enough(text: str, category: str) -> None:
    assert suggest(text).category == category


def test_what_an_installation_withdrew_is_not_suggested() -> None:
    use_custom_wording({"notify.too_many": {"is_offered": False}})
    try:
        suggestion = suggest("too many notifications")
    finally:
        use_custom_wording({})
    assert "notify.too_many" not in {candidate.category for candidate in suggestion.candidates}


def test_one_word_of_risk_is_never_held_down() -> None:
    assert suggest("suicidal").category == "divert.risk"


def test_it_abstains_only_below_its_threshold() -> None:
    suggestion = suggest("I have forgotten my password and cannot get in")
    assert suggestion.category == suggestion.candidates[0].category == "access.forgotten_password"
    assert suggestion.confidence == suggestion.candidates[0].confidence


def test_the_same_text_gets_the_same_answer() -> None:
    assert suggest("it is slow and it logs me out") == suggest("it is slow and it logs me out")


def test_what_only_staff_report_weighs_less_for_patients() -> None:
    def share(audience: str) -> float:
        found = suggest("PWP cannot see the ratings on the dashboard", audience).candidates
        return {c.category: c.confidence for c in found}.get("staff.cannot_see_progress", 0.0)

    assert share("pwp") > share("patient")


def test_a_very_long_text_is_answered() -> None:
    assert suggest("the page is blank. " * 20_000).candidates
