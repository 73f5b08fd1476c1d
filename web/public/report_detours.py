"""Detours of the report wizard: what somebody is told before they type more, where they need not go on."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from navigator.catalogue.catalogue import Category, Fixability
from navigator.problems.public_list import KnownProblem, known_problems, open_outages, planned_now
from web.public import report_categories

TURN_TO, KNOWN = "turn-to", "known"
_CHOICES = ("words", "which")


def detour_after(session: Session, name: str, answers: dict[str, Any]) -> str:
    """The page that comes before the next question, if any; what it shows is remembered in the answers."""
    if "place" not in answers:  # by a crafted form
        return ""
    if name in _CHOICES and divert_of(answers):
        return TURN_TO
    if name not in ("place", *_CHOICES):
        return ""
    seen = answers.get("known", {}).get("seen", []) if name != "place" else []
    new = [problem.id for problem in _problems_of(session, answers) if problem.id not in seen]
    answers["known"] = answers.get("known", {}) | {"seen": [*seen, *new], "shown": new}
    return KNOWN if new else ""


def divert_of(answers: Mapping[str, Any]) -> Category | None:
    """What was chosen, or is clear from the words, if it is not a navigator's to put right."""
    category = report_categories.category_chosen(answers) or report_categories.category_told(answers)
    is_divert = category is not None and category.fixability is Fixability.DIVERT
    return category if category and is_divert and category.is_for("patient") else None


def came_from(answers: Mapping[str, Any]) -> str:
    """The step from which the detour was taken."""
    return next((name for name in reversed(_CHOICES) if name in answers), "place")


def _problems_of(session: Session, answers: Mapping[str, Any]) -> list[KnownProblem]:
    """What is known of the chosen category; before one is chosen, the outages of the programme."""
    category, programme = report_categories.category_chosen(answers), answers["place"]["programme"]
    if not programme:  # they are not sure which
        return []
    return known_problems(session, programme, category.id) if category else open_outages(session, programme)


def problems_shown(session: Session, answers: Mapping[str, Any]) -> list[KnownProblem]:
    """The known problems that the detour shows, as they stand now."""
    shown = answers.get("known", {}).get("shown", ())
    programme = answers["place"]["programme"] if shown else ""
    problems = planned_now(session, programme) + known_problems(session, programme) if shown else []
    return [problem for problem in problems if problem.id in shown]
