"""What the answers of a report say is wrong: tapped, likely from the words, and what hangs on it."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from navigator.catalogue.catalogue import Category, Fixability, Question, catalogue
from navigator.triage import model_store
from navigator.triage.language import may_be_english
from navigator.triage.suggest import Suggestion, suggest
from web.public.report_forms import SOMETHING_ELSE

Answers = Mapping[str, Any]

MAX_LIKELY = 3
"""How many likely categories a reporter chooses from."""


def category_chosen(answers: Answers) -> Category | None:
    """The category that was tapped, or chosen among the likely ones, unless it is none of them."""
    tapped = answers.get("words", {}).get("common", "")
    id = tapped or answers.get("which", {}).get("category", SOMETHING_ELSE)
    return catalogue().category(id) if id != SOMETHING_ELSE else None


def likely_categories(answers: Answers) -> tuple[Category, ...]:
    """The likely categories of the words, best first; none where one was tapped, or it is for others."""
    if not _is_to_be_read(answers) or _is_divert(category_told(answers)):
        return ()
    suggestion = _suggestion(answers)
    leaves = [catalogue().category(candidate.category) for candidate in suggestion.candidates]
    if not suggestion.why and (not leaves or leaves[0].fixability is Fixability.NONE):  # no idea: "hello"
        return ()
    return tuple(leaf for leaf in leaves if leaf.is_for("patient"))[:MAX_LIKELY]


def category_told(answers: Answers) -> Category | None:
    """The category that is clear from the words, where none was tapped."""
    id = _suggestion(answers).category if _is_to_be_read(answers) else None
    return catalogue().category(id) if id else None


def _is_to_be_read(answers: Answers) -> bool:
    """Whether the words are all that was said, and in the language of which suggestions were learned."""
    words = answers.get("words", {})
    return bool(words.get("text")) and not words.get("common") and may_be_english(words["text"])


def _is_divert(category: Category | None) -> bool:
    return category is not None and category.fixability is Fixability.DIVERT


def _suggestion(answers: Answers) -> Suggestion:
    service = answers.get("place", {}).get("service", "")
    return _cached_suggestion(answers["words"]["text"], service, model_store.changes())


@lru_cache(maxsize=16)
def _cached_suggestion(text: str, service: str, _changes: int) -> Suggestion:
    return suggest(text, service=service)


def questions_asked(answers: Answers) -> tuple[Question, ...]:
    """The closed questions to ask: those that would change who can put it right."""
    category, ids = category_chosen(answers), answers.get("offered", {}).get("questions", ())
    return tuple(question for question in category.questions if question.id in ids) if category else ()


def has_fix(answers: Answers) -> bool:
    """Whether there is anything that they could try first."""
    category = category_chosen(answers)
    return category is not None and bool(category.try_first or answers.get("offered", {}).get("articles"))
