"""The story as it is written down in story.yaml: who, where, what is reported, and what happens when."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from navigator.people.user import Role
from navigator.problems.inputs import NewProblemInput
from navigator.problems.problem import ProblemStatus
from navigator.training.inputs import TrainingRequestInput

FILE = Path(__file__).with_name("story.yaml")


class _StoryModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Person(_StoryModel):
    """Somebody on the staff, and what they are in each service."""

    name: str
    roles: dict[str, list[Role]]

    @property
    def email(self) -> str:
        """The address by which they log in."""
        return f"{self.name.split(maxsplit=1)[0].lower()}@demo.example"


class ReportKind(_StoryModel):
    """What people report, in which words, how often in each programme, and how it is put right."""

    category: str
    texts: list[str]
    put_right: list[str]
    by: list[str] = ["patient"]
    instead: str | None = None
    until_training: float = 1.0
    steps: float = 0.0
    brightside: float = 0.0
    answers: dict[str, str] = {}

    def weight(self, programme: str, is_before_training: bool) -> float:
        """How often it is reported of a programme, beside the other kinds."""
        often: float = getattr(self, programme)
        return often * (self.until_training if is_before_training else 1)


class ProgrammeUpdate(_StoryModel):
    """An update of a programme that breaks something: how many report it on each day."""

    programme: str
    days: list[int]
    categories: dict[str, float]
    answers: dict[str, str]
    texts: list[str]
    put_right: list[str]

    def kind(self, category: str) -> ReportKind:
        """What it breaks, as one of the kinds of report."""
        return ReportKind(category=category, **self.model_dump(include={"texts", "put_right", "answers"}))


class ProblemStep(_StoryModel):
    """That a problem comes further, or that everybody linked is written to."""

    at: str
    status: ProblemStatus | None = None
    words: str = ""
    due_in: int | None = None


class KnownProblem(_StoryModel):
    """A problem record and what becomes of it; `parks` is the share of tickets left to the supplier."""

    key: str
    service: str
    by: str
    programme: str
    category: str
    also: list[str] = []
    opened: str
    title: str
    known: str
    workaround: str
    reference: str = ""
    parks: float = 1.0
    steps: list[ProblemStep]

    def matches(self, programme: str, category: str | None) -> bool:
        """Whether it lies behind what somebody reports."""
        return programme == self.programme and category in (self.category, *self.also)

    def open_input(self, **more: Any) -> NewProblemInput:
        """What is written down."""
        given = self.model_dump(include={"service", "programme", "category", "title", "known", "workaround"})
        return NewProblemInput(**given, is_public=True, **more)


class TrainingAsk(_StoryModel):
    """A request for training."""

    at: str
    by: str
    what: TrainingRequestInput


class TrainingAnswer(_StoryModel):
    """An answer to all who asked for a topic."""

    at: str
    by: str
    service: str
    topic: str
    words: str


class HeldSession(_StoryModel):
    """A training session; `came` is who came, and how confident they were after it."""

    planned: str
    by: str
    service: str
    topic: str
    title: str
    held: str
    places: int
    venue: str
    came: dict[str, int] = {}


class TrainingStory(_StoryModel):
    """Who asked for training, and what they got."""

    asks: list[TrainingAsk]
    answers: list[TrainingAnswer]
    sessions: list[HeldSession]


class SafetyReport(_StoryModel):
    """What a clinician had to read; `read` and `ended` are working minutes after it was said."""

    service: str
    programme: str
    clinician: str
    text: str
    at: str = ""
    before: int = 0
    category: str | None = None
    by_hand: str = ""
    reach: str = ""
    read: int | None = None
    ended: int | None = None
    outcome: str = ""


class FollowedReport(_StoryModel):
    """A report to follow by a private link, so many working minutes ago, and what its reporter was asked."""

    before: int
    service: str
    programme: str
    category: str
    text: str
    practitioner: str
    email: str
    asked: str


class Story(_StoryModel):
    """The whole demonstration."""

    tickets: int
    days: int
    people: list[Person]
    services: dict[str, float]
    words: dict[str, list[str]]
    kinds: list[ReportKind]
    update: ProgrammeUpdate
    problems: list[KnownProblem]
    training: TrainingStory
    clinical_reviews: list[SafetyReport]
    followed: FollowedReport
    solved: Mapping[str, int]
    said: Mapping[str, list[str]]


@lru_cache(maxsize=1)
def story() -> Story:
    """The story, read and checked once."""
    return Story.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8")))
