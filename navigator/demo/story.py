"""Schema of story.yaml, the script of the demonstration: people, services, reports and events."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict

from navigator.demo.story_of_desk import ChannelStory, NoticeStory, SharingStory, WatchStory
from navigator.people.user import Role
from navigator.problems.inputs import NewProblemInput
from navigator.problems.problem import ProblemStatus
from navigator.tickets.device_check import DeviceFacts
from navigator.training.inputs import TrainingRequestInput

FILE = Path(__file__).with_name("story.yaml")


class _StoryModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Person(_StoryModel):
    """A user, and their roles in each service; a quiet one does what the story says of them, and no more."""

    name: str
    roles: dict[str, list[Role]]
    is_quiet: bool = False

    @property
    def email(self) -> str:
        """The address by which they log in."""
        return f"{self.name.split(maxsplit=1)[0].lower()}@demo.example"


class ReportKind(_StoryModel):
    """A kind of report: its category and texts, how often in each programme, and how it is resolved."""

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
        """The random weight of this kind in a programme, beside the other kinds."""
        weight: float = getattr(self, programme)
        return weight * (self.until_training if is_before_training else 1)


class Phone(_StoryModel):
    """A phone on which JavaScript, cookies and storage are on: what it says of itself in a check."""

    user_agent: str
    screen: int
    kbits: int
    clock_minutes: int = 0
    hosts: dict[str, Literal["yes", "no"]] = {}

    def facts(self) -> DeviceFacts:
        """What a check of it is told."""
        on = dict.fromkeys(("javascript", "cookies", "storage"), True)
        return DeviceFacts.model_validate(self.model_dump(exclude={"user_agent"}) | on)


class ProgrammeUpdate(_StoryModel):
    """An update of a programme that breaks something: how many report it each day, and to which service."""

    programme: str
    service: str = ""
    days: list[int]
    categories: dict[str, float]
    answers: dict[str, str]
    texts: list[str]
    put_right: list[str]

    def kind(self, category: str) -> ReportKind:
        """The kind of report that the update causes, of a category."""
        return ReportKind(category=category, **self.model_dump(include={"texts", "put_right", "answers"}))


class ProblemStep(_StoryModel):
    """A new status of a problem, an update to everybody linked, or what passed between us and the supplier.

    `sends` is that it goes to the supplier, even if it went before; `said` what they did, in which words.
    """

    at: str
    status: ProblemStatus | None = None
    words: str = ""
    sends: bool = False
    said: Literal["acknowledged", "answered", "promised"] | None = None
    answer: str = ""
    due_in: int | None = None


class KnownProblem(_StoryModel):
    """A problem record and its steps; `parks` is the share of tickets left to the supplier."""

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
    versions: str = ""
    how: str = ""
    expected: str = ""
    actual: str = ""
    severity: int | None = None
    reference: str = ""
    parks: float = 1.0
    steps: list[ProblemStep]

    def matches(self, programme: str, category: str | None) -> bool:
        """Whether a report of a programme and category belongs to this problem."""
        return programme == self.programme and category in (self.category, *self.also)

    def open_input(self, **more: Any) -> NewProblemInput:
        """The input that opens the problem record."""
        fields = self.model_dump(include=NewProblemInput.model_fields.keys() - {"steps"})
        return NewProblemInput(**fields, steps=self.how, is_public=True, **more)


class TrainingAsk(_StoryModel):
    """A request for training."""

    at: str
    by: str
    what: TrainingRequestInput


class TrainingAnswer(_StoryModel):
    """An answer to all open training requests for a topic."""

    at: str
    by: str
    service: str
    topic: str
    words: str


class HeldSession(_StoryModel):
    """A training session; `booked` have no request, `came` has how confident the attendees were after it."""

    planned: str
    by: str
    service: str
    topic: str
    title: str
    held: str
    places: int
    venue: str
    booked: list[str] = []
    came: dict[str, int] = {}


class TrainingStory(_StoryModel):
    """The training requests, their answers, the sessions, and when some asked how to do something."""

    asks: list[TrainingAsk]
    answers: list[TrainingAnswer]
    questions: dict[str, list[str]]
    sessions: list[HeldSession]


class SafetyReport(_StoryModel):
    """A report that a clinician had to read; `read` and `ended` are working minutes after it came in."""

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
    """A report to follow by a private link; `before` is how many working minutes ago it came in."""

    before: int
    service: str
    programme: str
    category: str
    text: str
    practitioner: str
    email: str
    phone: str
    asked: str


class RepeatedStory(_StoryModel):
    """One of the reports of somebody who reports again; put right after working minutes, or not yet."""

    at: str
    category: str
    text: str
    minutes: int = 0
    put_right: str = ""


class FollowedUp(_StoryModel):
    """A practitioner’s cards, by label and the working days to the next session; `reporter` reports again.

    `got_in` says how many days before the supplier’s list somebody logged in first, and was active last.
    """

    made: str
    listed: str
    service: str
    programme: str
    practitioner: str
    navigator: str
    cards: dict[str, int]
    reporter: str
    reports: list[RepeatedStory]
    got_in: dict[str, tuple[int, int]]
    never_in: list[str]


class Story(_StoryModel):
    """The whole script of the demonstration."""

    tickets: int
    days: int
    people: list[Person]
    services: dict[str, float]
    words: dict[str, list[str]]
    phones: list[Phone | None]
    needs: Mapping[str, Mapping[str, float]]
    versions: Mapping[str, list[str]]
    thought_of: Mapping[str, float]
    kinds: list[ReportKind]
    update: ProgrammeUpdate
    rising: ProgrammeUpdate
    problems: list[KnownProblem]
    training: TrainingStory
    clinical_reviews: list[SafetyReport]
    followed: FollowedReport
    followed_up: FollowedUp
    watch: WatchStory
    sharing: SharingStory
    notices: list[NoticeStory]
    channels: ChannelStory
    solved: Mapping[str, int]
    said: Mapping[str, list[str]]


@lru_cache(maxsize=1)
def story() -> Story:
    """The story, read and validated once."""
    return Story.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8")))
