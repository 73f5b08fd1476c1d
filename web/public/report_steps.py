"""The steps of telling a problem, one question a page: what each asks, when, and what comes next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from navigator.catalogue.catalogue import Category, catalogue
from navigator.people.reporter import ContactMethod
from navigator.tickets.inputs import ContactInput, ContactMethodInput, ReportInput
from navigator.triage.suggest import suggest
from web.public.report_forms import (
    SOMETHING_ELSE,
    CategoryAnswer,
    GroupAnswer,
    PlaceAnswer,
    PractitionerAnswer,
    QuestionsAnswer,
    SafeAnswer,
    SessionAnswer,
    TriedAnswer,
    WordsAnswer,
)

Answers = Mapping[str, Any]

AMONG = 3
"""How many likely categories a reporter is asked to choose from, when the desk cannot decide."""


@dataclass(frozen=True)
class Step:
    """One page: its form, when it is asked, and what is known, and which answers a new one makes void."""

    name: str
    model: type[BaseModel]
    applies: Callable[[Answers], bool] = lambda _: True
    clears: tuple[str, ...] = ()
    known: Callable[[Answers], dict[str, list[str]]] = lambda _: {}


def category_chosen(kept: Answers) -> Category | None:
    """The category that was chosen, first or among the likely ones, unless it is something else."""
    ids = (kept.get(step, {}).get("category", SOMETHING_ELSE) for step in ("category", "which"))
    id = next((id for id in ids if id != SOMETHING_ELSE), None)
    return catalogue().category(id) if id else None


def likely_categories(kept: Answers) -> tuple[Category, ...]:
    """What the words of somebody who chose nothing may mean; none when the desk is sure, or has no idea."""
    is_open = kept.get("category", {}).get("category") == SOMETHING_ELSE
    ids = _meant_by(kept["words"]["text"]) if is_open and "words" in kept else ()
    return tuple(leaf for leaf in map(catalogue().category, ids) if leaf.is_for("patient"))[:AMONG]


@lru_cache(maxsize=16)
def _meant_by(text: str) -> tuple[str, ...]:
    suggestion = suggest(text)
    is_unclear = suggestion.abstained and suggestion.why
    return tuple(candidate.category for candidate in suggestion.candidates) if is_unclear else ()


def _asks(kept: Answers) -> bool:
    category = category_chosen(kept)
    return category is not None and bool(category.questions_for("patient"))


def _has_fix(kept: Answers) -> bool:
    category = category_chosen(kept)
    return category is not None and bool(category.try_first or kept.get("articles", {}).get("codes"))


STEPS = (
    Step("place", PlaceAnswer),
    Step("group", GroupAnswer, clears=("category", "which", "questions", "try")),
    Step("category", CategoryAnswer, lambda kept: "group" in kept, clears=("which", "questions", "try")),
    Step("questions", QuestionsAnswer, _asks),
    Step("try", TriedAnswer, _has_fix),
    Step(
        "words",
        WordsAnswer,
        clears=("which",),
        known=lambda kept: {"is_needed": ["" if category_chosen(kept) else "yes"]},
    ),
    Step("which", CategoryAnswer, lambda kept: bool(likely_categories(kept)), clears=("questions", "try")),
    Step("session", SessionAnswer),
    Step("practitioner", PractitionerAnswer),
    Step("reach", ContactMethodInput),
    Step(
        "safe",
        SafeAnswer,
        lambda kept: kept.get("reach", {}).get("route", ContactMethod.NONE) != ContactMethod.NONE,
    ),
)
BY_NAME = {step.name: step for step in STEPS}


def next_step(kept: Answers) -> str:
    """The first step that applies and has no answer yet; else to check the answers."""
    return next((step.name for step in STEPS if step.name not in kept and step.applies(kept)), "check")


def previous_step(kept: Answers, name: str) -> str | None:
    """The step that Back leads to; None from the first."""
    answered = [step.name for step in STEPS if step.name in kept and step.applies(kept)]
    earlier = answered[: answered.index(name)] if name in answered else answered
    return earlier[-1] if earlier else None


def merge_answer(kept: Answers, name: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The answers with one step's new: what depended on a different earlier answer is dropped."""
    void = BY_NAME[name].clears if kept.get(name) != answer else ()
    return {step: given for step, given in kept.items() if step not in void} | {name: answer}


def to_report(kept: Answers) -> ReportInput:
    """All the answers as one report: each field of it is the answer of that name, in whichever step."""
    category = category_chosen(kept)
    answers = {name: value for step in kept.values() for name, value in step.items()}
    report = {name: answers[name] for name in ReportInput.model_fields if name in answers}
    contact = {name: answers[name] for name in ContactInput.model_fields if name in answers}
    return ReportInput.model_validate(
        report
        | {
            "category": category.id if category else None,
            "answers": report.get("answers", {}) if category else {},
            "contact": ContactInput.from_stored(**contact, is_safe=answers.get("safe", "yes") == "yes"),
        }
    )
