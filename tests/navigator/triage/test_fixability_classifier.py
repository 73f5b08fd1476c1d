"""Who can put a problem right is told by the side that the whole text lies on, not by one category."""

import pytest

from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.enums import Fixability
from navigator.triage import fixability_classifier, model_store
from navigator.triage.fixability_classifier import fixability_category, fixability_group
from navigator.triage.suggest import suggest
from navigator.triage.suggestion import rank_categories

LOST = "all my answers are gone again"
CLOSE = {"device.slow_connection": 0.5, "use.lost_answers": 0.45}


def test_there_are_three_sides() -> None:
    assert {kind: fixability_group(kind) for kind in Fixability} == {
        Fixability.NAVIGATOR: "here",
        Fixability.SERVICE: "here",
        Fixability.SUPPLIER: "elsewhere",
        Fixability.PROTOCOL: "elsewhere",
        Fixability.DIVERT: "nothing",
        Fixability.NONE: "nothing",
    }


def test_a_close_call_is_settled_by_what_the_whole_text_says() -> None:
    assert fixability_category(LOST, CLOSE) == "use.lost_answers"


def test_a_side_that_is_not_clear_settles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fixability_classifier, "MIN_GROUP_PROBABILITY", 1.0)
    assert fixability_category(LOST, CLOSE) == "device.slow_connection"


def test_without_what_was_learned_of_sides_the_category_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_store, "shipped", lambda _name: None)
    assert fixability_category(LOST, CLOSE) == "device.slow_connection"


def test_nothing_leads_away_from_a_danger() -> None:
    assert fixability_category(LOST, {"divert.risk": 0.3, "use.lost_answers": 0.2}) == "divert.risk"


def test_a_category_on_another_side_is_not_suggested_but_asked() -> None:
    suggestion = rank_categories(
        CLOSE, ("answers",), min_confidence=0.1, fixability_category="use.lost_answers"
    )
    assert (suggestion.category, suggestion.abstained) == (None, True)
    assert suggestion.candidates[0].category == "device.slow_connection"


def test_a_suggestion_is_settled_by_itself_unless_a_text_says_otherwise() -> None:
    suggestion = suggest("I have forgotten my password and cannot log in")
    assert suggestion.fixability_category == suggestion.category == "access.forgotten_password"
    leaf = catalogue().category(suggest(LOST).fixability_category or "")
    assert fixability_group(leaf.fixability) == "elsewhere"
