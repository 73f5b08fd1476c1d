"""What people send about training: requests, answers, plans, and who came."""

from datetime import date, time
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from navigator.fields import Input, Line, LongText, RequiredText
from navigator.training.tables import TrainingFormat
from navigator.training.topics import BY_ID, OWN_WORDS

Confidence = Annotated[int, Field(ge=0, le=10)]


class AskInput(Input):
    """What somebody wants to learn, by when, in which form, and how confident they are now (0 to 10)."""

    service: Line = Field(min_length=1, title="your service")
    programme: Line | None = None
    topic: Line = Field(json_schema_extra={"words": "Choose a topic, or “Something else”"})
    words: LongText = Field(default="", title="what you want to learn")
    needed_on: date | None = Field(default=None, title="the date by which you need it")
    form: TrainingFormat = TrainingFormat.ANSWER
    confidence: Confidence | None = Field(default=None, title="how confident you are")
    is_for_team: bool = False

    @field_validator("topic")
    @classmethod
    def _is_a_topic(cls, value: str) -> str:
        if value not in BY_ID:
            raise ValueError("Choose a topic from the list")
        return value

    @field_validator("words")
    @classmethod
    def _says_something(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.data.get("topic") == OWN_WORDS:
            raise ValueError("Say in a few words what you want to learn")
        return value


class AnswerInput(Input):
    """The five-minute answer to a request."""

    answer: RequiredText = Field(title="your answer")


class PlanInput(Input):
    """A session: what about, when (London time), how long, how many places, and where."""

    service: Line = Field(min_length=1, title="the service")
    topic: Line = Field(min_length=1, title="a topic")
    title: Line = Field(min_length=1, title="a title")
    on: date = Field(title="the date")
    at: time = Field(title="the time", json_schema_extra={"words": "Enter a time like 14:30"})
    minutes: int = Field(default=30, ge=5, le=480, title="how many minutes")
    places: int = Field(default=8, ge=1, le=200, title="how many places")
    venue: Line = Field(default="", title="where it is")
    requests: list[int] = Field(default_factory=list)


class AttendanceInput(Input):
    """Who came, by user id, and how confident each was after it (0 to 10)."""

    came: list[int] = Field(default_factory=list)
    confidence: dict[str, int] = Field(default_factory=dict, title="a number from 0 to 10")

    @field_validator("confidence", mode="before")
    @classmethod
    def _given(cls, value: dict[str, str]) -> dict[str, str]:
        return {user_id: number for user_id, number in value.items() if number != ""}
