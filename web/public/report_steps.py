"""The steps of telling a problem, one question a page: what each asks, when, and what comes next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from navigator.catalogue.catalogue import Category, catalogue
from navigator.people.reporter import Route
from navigator.tickets.inputs import ContactInput, Reachable, ReportInput
from navigator.triage.suggest import suggest
from web.public.report_forms import (
    SOMETHING_ELSE,
    Group,
    InWords,
    Leaf,
    Place,
    Practitioner,
    Questions,
    Safe,
    Session,
    Tried,
)

Kept = Mapping[str, Any]

AMONG = 3
"""How many likely categories a reporter is asked to choose from, when the desk cannot decide."""


@dataclass(frozen=True)
class Step:
    """One page: its form, when it is asked, and what is known, and which answers a new one makes void."""

    name: str
    model: type[BaseModel]
    applies: Callable[[Kept], bool] = lambda _: True
    voids: tuple[str, ...] = ()
    known: Callable[[Kept], dict[str, list[str]]] = lambda _: {}


def chosen(kept: Kept) -> Category | None:
    """The category that was chosen, first or among the likely ones, unless it is something else."""
    ids = (kept.get(step, {}).get("category", SOMETHING_ELSE) for step in ("category", "which"))
    id = next((id for id in ids if id != SOMETHING_ELSE), None)
    return catalogue().category(id) if id else None


def likely(kept: Kept) -> tuple[Category, ...]:
    """What the words of somebody who chose nothing may mean; none when the desk is sure, or has no idea."""
    is_open = kept.get("category", {}).get("category") == SOMETHING_ELSE
    ids = _meant_by(kept["words"]["text"]) if is_open and "words" in kept else ()
    return tuple(leaf for leaf in map(catalogue().category, ids) if leaf.is_for("patient"))[:AMONG]


@lru_cache(maxsize=16)
def _meant_by(text: str) -> tuple[str, ...]:
    suggestion = suggest(text)
    is_unclear = suggestion.abstained and suggestion.why
    return tuple(candidate.category for candidate in suggestion.candidates) if is_unclear else ()


def _asks(kept: Kept) -> bool:
    category = chosen(kept)
    return category is not None and bool(category.questions_for("patient"))


def _has_fix(kept: Kept) -> bool:
    category = chosen(kept)
    return category is not None and bool(category.try_first or kept.get("articles", {}).get("codes"))


STEPS = (
    Step("place", Place),
    Step("group", Group, voids=("category", "which", "questions", "try")),
    Step("category", Leaf, lambda kept: "group" in kept, voids=("which", "questions", "try")),
    Step("questions", Questions, _asks),
    Step("try", Tried, _has_fix),
    Step(
        "words", InWords, voids=("which",), known=lambda kept: {"is_needed": ["" if chosen(kept) else "yes"]}
    ),
    Step("which", Leaf, lambda kept: bool(likely(kept)), voids=("questions", "try")),
    Step("session", Session),
    Step("practitioner", Practitioner),
    Step("reach", Reachable),
    Step("safe", Safe, lambda kept: kept.get("reach", {}).get("route", Route.NONE) != Route.NONE),
)
BY_NAME = {step.name: step for step in STEPS}


def after(kept: Kept) -> str:
    """The first step that applies and has no answer yet; else to check the answers."""
    return next((step.name for step in STEPS if step.name not in kept and step.applies(kept)), "check")


def before(kept: Kept, name: str) -> str | None:
    """The step that Back leads to; None from the first."""
    answered = [step.name for step in STEPS if step.name in kept and step.applies(kept)]
    earlier = answered[: answered.index(name)] if name in answered else answered
    return earlier[-1] if earlier else None


def without_void(kept: Kept, name: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The answers with one step's new: what depended on a different earlier answer is dropped."""
    void = BY_NAME[name].voids if kept.get(name) != answer else ()
    return {step: given for step, given in kept.items() if step not in void} | {name: answer}


def told(kept: Kept) -> ReportInput:
    """All the answers as one report."""
    category, reach, safe = chosen(kept), kept["reach"], kept.get("safe", {})
    return ReportInput(
        **kept["place"],
        category=category.id if category else None,
        text=kept["words"]["text"],
        answers=kept.get("questions", {}).get("answers", {}) if category else {},
        next_session=kept["session"]["next_session"],
        session_is_weekly=kept["session"]["weekly"],
        practitioner=kept["practitioner"]["practitioner"],
        contact=ContactInput(
            **reach,
            is_safe=safe.get("safe", "yes") == "yes",
            needs=safe.get("needs", ""),
            language=safe.get("language", ""),
        ),
    )
