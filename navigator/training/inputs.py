"""Input models for training: requests, answers, sessions and attendance."""

from datetime import time
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from navigator.fields import ComingDay, Day, Input, Line, LongText, RequiredText, YesNo
from navigator.training.tables import TrainingFormat
from navigator.training.topics import BY_ID, OWN_WORDS

Confidence = Annotated[int, Field(ge=0, le=10)]


class TrainingRequestInput(Input):
    """A training request: topic, date, format, and the confidence now (0 to 10)."""

    service: Line = Field(min_length=1, title="your service")
    programme: Line | None = None
    topic: Line = Field(json_schema_extra={"words": "Choose a topic, or “Something else”"})
    words: LongText = Field(default="", title="what you want to learn")
    needed_on: ComingDay | None = Field(default=None, title="the date by which you need it")
    form: TrainingFormat = TrainingFormat.ANSWER
    confidence: Confidence | None = Field(default=None, title="how confident you are")
    is_for_team: YesNo = False

    @field_validator("topic")
    @classmethod
    def _is_a_topic(cls, value: str) -> str:
        if value not in BY_ID:
            raise ValueError("Choose a topic from the list")
        return value

    @field_validator("words")
    @classmethod
    def _requires_words(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.data.get("topic") == OWN_WORDS:
            raise ValueError("Say in a few words what you want to learn")
        return value


class AnswerInput(Input):
    """The answer to a training request."""

    answer: RequiredText = Field(title="your answer")


class SessionChangeInput(Input):
    """When and where a session is, and for how many: its time is London's."""

    title: Line = Field(min_length=1, title="a title")
    on: Day = Field(title="the date")
    at: time = Field(title="the time", json_schema_extra={"words": "Enter a time like 14:30"})
    minutes: int = Field(default=30, ge=5, le=480, title="how many minutes")
    places: int = Field(default=8, ge=1, le=200, title="how many places")
    venue: Line = Field(default="", title="where it is")


class TrainingSessionInput(SessionChangeInput):
    """A session to plan: its service and topic, when and where, and the requests that it answers."""

    service: Line = Field(min_length=1, title="the service")
    topic: Line = Field(min_length=1, title="a topic")
    requests: list[int] = Field(default_factory=list)


class BookingInput(Input):
    """A seat to book; with the confidence now (0 to 10), which nobody has to tell."""

    confidence: Confidence | None = Field(default=None, title="how confident you are")


class ConfidenceInput(Input):
    """How confident somebody is who came to a session (0 to 10)."""

    confidence: Confidence = Field(title="how confident you are")


class AttendanceInput(Input):
    """The attendance of a session: the ids of users who came, and their confidence after it (0 to 10)."""

    came: list[int] = Field(default_factory=list)
    confidence: dict[str, int] = Field(default_factory=dict, title="a number from 0 to 10")

    @field_validator("confidence", mode="before")
    @classmethod
    def _without_blanks(cls, value: dict[str, str]) -> dict[str, str]:
        return {user_id: number for user_id, number in value.items() if number != ""}
