"""The steps of the report wizard (multi-step form): the form of each, when it applies, what comes next."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pydantic import BaseModel

from navigator import clock
from navigator.people.reporter import ContactMethod
from navigator.phone_numbers import readable
from navigator.tickets.deadlines import next_session
from navigator.tickets.detail import TicketDetail
from navigator.tickets.report_input import ContactInput, ReportInput
from web.public.card_answers import known_by_card
from web.public.report_categories import (
    Answers,
    category_chosen,
    has_fix,
    likely_categories,
    questions_asked,
)
from web.public.report_forms import (
    NOT_SURE,
    PlaceAnswer,
    ReachAnswer,
    SessionAnswer,
    TryAnswer,
    WhichAnswer,
    WordsAnswer,
)

DAYS_OFFERED = 8
"""From today to the same day of next week: most sessions are weekly."""
OLD_STEPS = {
    "group": "words",
    "category": "words",
    "questions": "try",
    "practitioner": "session",
    "safe": "reach",
}
"""Where the steps of earlier versions are asked now, by their addresses."""


@dataclass(frozen=True)
class Step:
    """One page: its form, when it applies, which answers a new one clears, and what is filled in already."""

    name: str
    model: type[BaseModel]
    applies: Callable[[Answers], bool] = lambda _: True
    clears: tuple[str, ...] = ()
    known: Callable[[Answers], dict[str, list[str]]] = lambda _: {}


STEPS = (
    Step("place", PlaceAnswer),
    Step("words", WordsAnswer, clears=("which", "try")),
    Step("which", WhichAnswer, lambda answers: bool(likely_categories(answers)), clears=("try",)),
    Step(
        "try",
        TryAnswer,
        lambda answers: has_fix(answers) or bool(questions_asked(answers)),
        known=lambda answers: {"has_fix": ["yes" if has_fix(answers) else ""]},
    ),
    Step("session", SessionAnswer),
    Step("reach", ReachAnswer),
)
BY_NAME = {step.name: step for step in STEPS}


def next_step(answers: Answers) -> str:
    """The first step that applies and has no answer yet; else to check the answers."""
    return next(_steps_left(answers), "check")


def _steps_left(answers: Answers) -> Iterator[str]:
    """The steps that apply and have no answer, of the form or of a support card."""
    known = answers.keys() | known_by_card(answers)
    return (step.name for step in STEPS if step.name not in known and step.applies(answers))


def is_complete(answers: Answers) -> bool:
    """Whether nothing is left to ask."""
    return next_step(answers) == "check"


def is_enough_to_send(answers: Answers) -> bool:
    """Whether a report can be made of the answers: a place, and words or a category."""
    said = answers.get("words", {}).get("text") or category_chosen(answers)
    return "place" in answers and bool(said)


def questions_left(answers: Answers) -> int:
    """How many questions there are to come."""
    return len([*_steps_left(answers)])


def previous_step(answers: Answers, name: str) -> str | None:
    """The step that the back link leads to; None from the first."""
    answered = [step.name for step in STEPS if step.name in answers and step.applies(answers)]
    earlier = answered[: answered.index(name)] if name in answered else answered
    return earlier[-1] if earlier else None


def merge_answer(answers: Answers, name: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The answers with one step's new: what depended on a different earlier answer is dropped."""
    is_same = _what_others_depend_on(answers.get(name, {})) == _what_others_depend_on(answer)
    cleared = () if is_same else BY_NAME[name].clears
    return {step: value for step, value in answers.items() if step not in cleared} | {name: answer}


def _what_others_depend_on(answer: Mapping[str, Any]) -> Any:
    """The whole answer; where a common problem was tapped, more words beside it change nothing."""
    return answer.get("common") or answer


def as_boxes(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer as its boxes show it; it is not checked again, for what would do may do no longer."""
    shown: dict[str, Any] = {}
    if "phone" in answer:
        shown = _reach_as_boxes(answer)
    if answer.get("service_is_unsure"):
        shown["service"] = NOT_SURE
    if "programme" in answer:
        shown["programme"] = answer["programme"] or NOT_SURE
    if told := answer.get("next_session"):
        shown["next_session"] = date.fromisoformat(told)
        shown["known"] = told if told in {day.isoformat() for day in days_offered()} else "yes"
    return {**answer, **shown}


def _reach_as_boxes(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Each address in the box of its way: that of another way only where they said that it is safe too."""
    email, number = answer.get("email", ""), readable(answer["phone"])
    route = ContactMethod(answer.get("route") or ContactMethod.NONE)
    boxes = dict.fromkeys(("email", "other_email", "phone", "call_phone", "other_phone"), "")
    of_phone = {ContactMethod.PHONE: "call_phone", ContactMethod.EMAIL: "other_phone"}.get(route, "phone")
    of_email = "other_email" if route == ContactMethod.TEXT else "email"
    is_safe = answer.get("other_is_safe", False)
    boxes |= {of_phone: number} if is_safe or of_phone != "other_phone" else {}
    return boxes | ({of_email: email} if is_safe or of_email != "other_email" else {})


def days_offered() -> list[date]:
    """The days of the next session that are to be tapped."""
    return [clock.today() + timedelta(days=n) for n in range(DAYS_OFFERED)]


def kept_for_another(detail: TicketDetail) -> dict[str, Any]:
    """The answers that hold for a further report: where; and how to reach them, if that is safe.

    Not by a card: how to reach them is not for the eyes of whoever has its code.
    """
    place = {"service": detail.service.code, "programme": detail.programme.code if detail.programme else ""}
    kept: dict[str, Any] = {"place": place | {"service_is_unsure": detail.ticket.service_is_unsure}}
    reporter = detail.reporter
    if reporter and reporter.is_safe_to_contact and not reporter.came_by_card:
        names = (
            "email", "phone", "best_time", "voicemail_is_safe",
            "access_needs", "needs", "language", "found_by", "quiet_from_hour", "quiet_until_hour",
            "other_is_safe",
        )  # fmt: skip
        kept["reach"] = {name: getattr(reporter, name) for name in names}
        kept["reach"] |= {"route": reporter.contact_method, "safe": "yes"}
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
            "programme": fields.get("programme") or None,
            "category": category.id if category else None,
            "is_none_suggested": category is None and "which" in answers,
            "answers": report.get("answers", {}) if category else {},
            "next_session": coming,
            "contact": ContactInput.from_stored(**contact, is_safe=_said_safe(fields)),
        }
    )


def _said_safe(fields: Mapping[str, Any]) -> bool | None:
    """Whether they said that it is safe to contact them; None where that was not asked."""
    is_asked = fields.get("route", ContactMethod.NONE) != ContactMethod.NONE
    return {"yes": True, "no": False}.get(fields.get("safe", "")) if is_asked else None
