"""The steps of the report wizard (multi-step form): the form of each, when it applies, what comes next."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from navigator import clock
from navigator.catalogue.catalogue import Category, catalogue
from navigator.people.reporter import ContactMethod
from navigator.phone_numbers import readable
from navigator.tickets.deadlines import next_session
from navigator.tickets.detail import TicketDetail
from navigator.tickets.report_input import ContactInput, ReportInput
from navigator.triage import model_store
from navigator.triage.suggest import Suggestion, suggest
from web.public.card_answers import known_by_card
from web.public.report_forms import (
    SOMETHING_ELSE,
    CategoryAnswer,
    GroupAnswer,
    PlaceAnswer,
    PractitionerAnswer,
    QuestionsAnswer,
    ReachAnswer,
    SafeAnswer,
    SessionAnswer,
    TriedAnswer,
    WordsAnswer,
)

Answers = Mapping[str, Any]

MAX_LIKELY = 3
"""How many likely categories a reporter chooses from, when the classifier cannot decide."""


@dataclass(frozen=True)
class Step:
    """One page: its form, when it applies, which answers a new one clears, and what is filled in already."""

    name: str
    model: type[BaseModel]
    applies: Callable[[Answers], bool] = lambda _: True
    clears: tuple[str, ...] = ()
    known: Callable[[Answers], dict[str, list[str]]] = lambda _: {}


def category_chosen(answers: Answers) -> Category | None:
    """The category that was chosen, first or among the likely ones, unless it is something else."""
    ids = (answers.get(step, {}).get("category", SOMETHING_ELSE) for step in ("category", "which"))
    id = next((id for id in ids if id != SOMETHING_ELSE), None)
    return catalogue().category(id) if id else None


def likely_categories(answers: Answers) -> tuple[Category, ...]:
    """The classifier's likely categories where none was chosen; none when it is sure, or has no idea."""
    is_open = answers.get("category", {}).get("category") == SOMETHING_ELSE
    ids = _unclear_candidates(answers) if is_open and "words" in answers else ()
    return tuple(leaf for leaf in map(catalogue().category, ids) if leaf.is_for("patient"))[:MAX_LIKELY]


def category_told(answers: Answers) -> Category | None:
    """The category that is clear from the words, where "something else" was chosen."""
    is_open = answers.get("category", {}).get("category") == SOMETHING_ELSE and "words" in answers
    id = _suggestion(answers).category if is_open else None
    return catalogue().category(id) if id else None


def _unclear_candidates(answers: Answers) -> tuple[str, ...]:
    suggestion = _suggestion(answers)
    is_unclear = suggestion.abstained and suggestion.why
    return tuple(candidate.category for candidate in suggestion.candidates) if is_unclear else ()


def _suggestion(answers: Answers) -> Suggestion:
    service = answers.get("place", {}).get("service", "")
    return _cached_suggestion(answers["words"]["text"], service, model_store.changes())


@lru_cache(maxsize=16)
def _cached_suggestion(text: str, service: str, _changes: int) -> Suggestion:
    return suggest(text, service=service)


def _has_questions(answers: Answers) -> bool:
    category = category_chosen(answers)
    return category is not None and bool(category.questions_for("patient"))


def _has_fix(answers: Answers) -> bool:
    category = category_chosen(answers)
    return category is not None and bool(category.try_first or answers.get("articles", {}).get("codes"))


STEPS = (
    Step("place", PlaceAnswer),
    Step("group", GroupAnswer, clears=("category", "which", "questions", "try")),
    Step(
        "category", CategoryAnswer, lambda answers: "group" in answers, clears=("which", "questions", "try")
    ),
    Step("questions", QuestionsAnswer, _has_questions),
    Step("try", TriedAnswer, _has_fix),
    Step(
        "words",
        WordsAnswer,
        clears=("which",),
        known=lambda answers: {"is_needed": ["" if category_chosen(answers) else "yes"]},
    ),
    Step(
        "which", CategoryAnswer, lambda answers: bool(likely_categories(answers)), clears=("questions", "try")
    ),
    Step("session", SessionAnswer),
    Step("practitioner", PractitionerAnswer),
    Step("reach", ReachAnswer),
    Step(
        "safe",
        SafeAnswer,
        lambda answers: answers.get("reach", {}).get("route", ContactMethod.NONE) != ContactMethod.NONE,
    ),
)
BY_NAME = {step.name: step for step in STEPS}


def next_step(answers: Answers) -> str:
    """The first step that applies and has no answer yet; else to check the answers."""
    return next(_steps_left(answers), "check")


def _steps_left(answers: Answers) -> Iterator[str]:
    """The steps that apply and have no answer, or one that will not do without what was changed since."""
    known = answers.keys() | known_by_card(answers)
    for step in STEPS:
        if (step.name not in known or _lacks_words(step.name, answers)) and step.applies(answers):
            yield step.name


def _lacks_words(name: str, answers: Answers) -> bool:
    """Whether nothing was written where a category was chosen, which is chosen no longer."""
    is_open = answers.get("category", {}).get("category") == SOMETHING_ELSE
    return name == "words" and is_open and not answers["words"].get("text") and not category_chosen(answers)


def is_complete(answers: Answers) -> bool:
    """Whether nothing is left to ask."""
    return next_step(answers) == "check"


def is_enough_to_send(answers: Answers) -> bool:
    """Whether a report can be made of the answers: a place, and words or a category."""
    said = answers.get("words", {}).get("text") or category_chosen(answers)
    return "place" in answers and bool(said)


def questions_left(answers: Answers) -> int:
    """How many questions there are to come at most; whether contact is safe hangs on how to be reached."""
    left = list(_steps_left(answers))
    return len(left) + ("reach" in left)


def previous_step(answers: Answers, name: str) -> str | None:
    """The step that the back link leads to; None from the first."""
    answered = [step.name for step in STEPS if step.name in answers and step.applies(answers)]
    earlier = answered[: answered.index(name)] if name in answered else answered
    return earlier[-1] if earlier else None


def merge_answer(answers: Answers, name: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The answers with one step's new: what depended on a different earlier answer is dropped."""
    cleared = BY_NAME[name].clears if answers.get(name) != answer else ()
    return {step: value for step, value in answers.items() if step not in cleared} | {name: answer}


def as_boxes(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer as its boxes show it; it is not checked again, for what would do may do no longer."""
    shown: dict[str, Any] = {"phone": readable(answer.get("phone", ""))} if "phone" in answer else {}
    if told := answer.get("next_session"):
        shown["next_session"] = date.fromisoformat(told)
    return {**answer, **shown}


def kept_for_another(detail: TicketDetail) -> dict[str, Any]:
    """The answers that hold for a further report: where; and how to reach them, if that is safe.

    Not by a card: how to reach them is not for the eyes of whoever has its code.
    """
    place = {"service": detail.service.code, "programme": detail.programme.code if detail.programme else ""}
    kept: dict[str, Any] = {"place": place} if detail.programme else {}
    reporter = detail.reporter
    if reporter and reporter.is_safe_to_contact and not reporter.came_by_card:
        kept["reach"] = {"route": reporter.contact_method, "email": reporter.email, "phone": reporter.phone}
        kept["safe"] = {"safe": "yes", "needs": reporter.needs, "language": reporter.language}
    return kept


def to_report(answers: Answers) -> ReportInput:
    """All the answers as one report: each field of it is the answer of that name, in whichever step."""
    category = category_chosen(answers)
    fields = {name: value for step in answers.values() for name, value in step.items()}
    report = {name: fields[name] for name in ReportInput.model_fields if name in fields}
    contact = {name: fields[name] for name in ContactInput.model_fields if name in fields}
    told = fields.get("next_session")
    is_weekly = fields.get("session_is_weekly", False)
    # It may have been told before midnight.
    coming = next_session(date.fromisoformat(told), is_weekly, clock.today()) if told else None
    return ReportInput.model_validate(
        report
        | {
            "category": category.id if category else None,
            "answers": report.get("answers", {}) if category else {},
            "next_session": coming,
            "contact": ContactInput.from_stored(**contact, is_safe=_said_safe(answers)),
        }
    )


def _said_safe(answers: Answers) -> bool | None:
    """Whether they said that it is safe to contact them; None where that was not asked."""
    said = answers["safe"]["safe"] if "safe" in answers and BY_NAME["safe"].applies(answers) else ""
    return {"yes": True, "no": False}.get(said)
