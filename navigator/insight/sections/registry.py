"""The managers’ questions in the order in which they are read, with their sections and findings.

To add a section: write `table(session, scope)` in a file of this folder, and `findings(session, scope)` if
something of it may need a decision; then name the file below, in its question.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType

from sqlmodel import Session

from navigator.insight.finding import Finding
from navigator.insight.queries import ReportScope
from navigator.insight.sections import (
    busy_hours,
    calls,
    course,
    excluded,
    first_answers,
    forecast_ahead,
    in_time,
    known_problems,
    load,
    minutes,
    offers,
    recurs,
    rising,
    safety,
    services,
    sessions,
    suppliers,
    texts,
    time_to_end,
    time_without,
    training,
    training_effect,
    usability,
    whose,
    with_supplier,
)
from navigator.insight.table import Table


@dataclass(frozen=True)
class Question:
    """What a manager asks, and the sections that answer it."""

    name: str
    title: str
    sections: tuple[ModuleType, ...] = ()


@dataclass(frozen=True)
class Answer:
    """A question with its tables."""

    question: Question
    tables: Sequence[Table]


QUESTIONS = (
    Question("q-recurs", "What recurs?", (recurs, known_problems)),
    Question("q-rising", "What is new or rising?", (rising, course)),
    Question("q-whose", "Whose is it to put right?", (whose,)),
    Question("q-sessions", "Which sessions were touched?", (sessions,)),
    Question("q-in-time", "Was it put right before the next session?", (in_time,)),
    Question("q-waits", "How long do people wait?", (first_answers, time_to_end, time_without)),
    Question("q-left-out", "Who is left out?", (excluded, offers, usability)),
    Question("q-suppliers", "What did suppliers promise, and keep?", (suppliers, with_supplier)),
    Question("q-training", "Did training help, and whom?", (training_effect, training)),
    Question(
        "q-load",
        "How much work is there, and who is there for it?",
        (load, busy_hours, forecast_ahead, calls),
    ),
    Question("q-reviews", "Were clinical reviews read in time?", (safety,)),
    Question("q-minutes", "What did it cost and save in minutes?", (minutes, texts)),
)
COMPARISON = Question("services-compared", "Services side by side", (services,))
"""No question of its own: the answers to several, for whoever manages several services."""


SAFETY = "safety"
"""The section whose findings come first."""


def answers(session: Session, scope: ReportScope) -> list[Answer]:
    """The twelve questions, each with its tables, and services beside each other."""
    return [
        Answer(question, [section.table(session, scope) for section in question.sections])
        for question in (*QUESTIONS, COMPARISON)
    ]


def findings(session: Session, scope: ReportScope) -> list[Finding]:
    """What needs a decision, what weighs most first.

    First whether words of risk were read: that is a matter of safety, however few they are. Then one finding
    of each table before a second of any, so that the one screen tells of all kinds: what was promised and is
    overdue, then by how many reports or people each is about; of equals, in the order of questions.
    """
    told, placed = set[str](), list[tuple[tuple[bool, ...], Finding]]()
    for found in sorted(_findings(session, scope), key=lambda found: (not found.is_overdue, -found.count)):
        is_second = found.section in told and found.section != SAFETY
        placed.append(((found.section != SAFETY, is_second, not found.is_overdue), found))
        told.add(found.section)
    return [found for _, found in sorted(placed, key=lambda each: (*each[0], -each[1].count))]


def _findings(session: Session, scope: ReportScope) -> Iterator[Finding]:
    for question in QUESTIONS:
        for section in question.sections:
            if hasattr(section, "findings"):
                yield from section.findings(session, scope)
