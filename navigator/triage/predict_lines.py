"""Batch prediction from JSON lines: category, fixability and safety screen, as the desk would answer."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints, ValidationError

from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.fixability import Override, Verdict, cues_in_answers, decide
from navigator.triage.cues import cues_in_text
from navigator.triage.safety_screen import screen
from navigator.triage.suggest import suggest
from navigator.triage.two_problems import two_problems

LONGEST_LINE = 200_000
Programmes = Mapping[str, Mapping[str, Override]]


class PredictInput(BaseModel):
    """One report of a JSON line; further fields are passed over."""

    id: str | int
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    programme: str | None = None
    audience: Literal["patient", "pwp", "staff"] = "patient"
    answers: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class RecordError:
    """A line, counted from 1, for which there is no prediction, and why."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


class InvalidRecord(ValueError):
    """A record that is not valid; the message says why and repeats nothing of the text."""


def predict_lines(
    lines: Iterable[str | bytes], programmes: Programmes | None = None
) -> Iterator[dict[str, Any] | RecordError]:
    """A prediction, or an error that names the line, for every line that is not blank."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield predict(parse_line(line), programmes)
        except InvalidRecord as error:
            yield RecordError(number, str(error))


def predict(record: Mapping[str, Any], programmes: Programmes | None = None) -> dict[str, Any]:
    """The prediction for one record, with the overrides of `programmes`; InvalidRecord when it is not valid.

    `category` is the likeliest one even when `abstained` says that it is too unsure to act on; `problems`
    are the categories of the two that the text tells, else none."""
    report = _parse_record(record)
    known = catalogue().programme_overrides if programmes is None else programmes
    overrides = _overrides(report.programme, known)
    audience = "patient" if report.audience == "patient" else "pwp"
    problems = two_problems(report.text, audience)
    suggestion = suggest(report.text, audience, problems=problems)
    best = suggestion.candidates[0].category if suggestion.candidates else None
    leaf = suggestion.fixability_category
    verdict = _verdict(leaf, report, overrides) if leaf else None
    screening = screen(report.text, *(answer for answer in report.answers.values() if " " in answer.strip()))
    return {
        "id": report.id,
        "category": best,
        "candidates": [{"category": c.category, "confidence": c.confidence} for c in suggestion.candidates],
        "confidence": suggestion.confidence,
        "abstained": suggestion.abstained,
        "fixability": verdict and str(verdict.fixability),
        "fixable": verdict and verdict.fixable,
        "reason": verdict and verdict.reason,
        "screen": screening.hit,
        "screen_why": list(screening.why),
        "problems": list(problems),
    }


def parse_line(line: str | bytes) -> Mapping[str, Any]:
    """The record of a line; InvalidRecord when it is not one JSON object of a sensible size."""
    if len(line) > LONGEST_LINE:
        raise InvalidRecord(f"longer than {LONGEST_LINE:,} characters")
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InvalidRecord("not JSON in UTF-8") from error
    if not isinstance(record, dict):
        raise InvalidRecord("not a JSON object")
    return record


def _parse_record(record: Mapping[str, Any]) -> PredictInput:
    try:
        return PredictInput.model_validate(record)
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in error.errors())
        raise InvalidRecord("; ".join(faults)) from error


def _overrides(programme: str | None, programmes: Programmes) -> Mapping[str, Override]:
    if programme is None:
        return {}
    if programme not in programmes:
        raise InvalidRecord(f"unknown programme; known are {', '.join(sorted(programmes)) or 'none'}")
    return programmes[programme]


def _verdict(category: str, report: PredictInput, overrides: Mapping[str, Override]) -> Verdict:
    leaf = catalogue().category(category)
    cues = cues_in_text(report.text) | cues_in_answers(leaf, report.answers)
    return decide(leaf, overrides.get(category), cues)
