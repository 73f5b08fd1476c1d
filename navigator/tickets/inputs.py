"""Input models of the actions on a ticket: plain and validated, the same for pages and API."""

import re
from datetime import time
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, WithJsonSchema, field_validator, model_validator

from navigator.catalogue.catalogue import Fixability
from navigator.fields import (
    MAX_TEXT_LENGTH,
    STORED,
    ComingDay,
    Id,
    Input,
    Line,
    LongText,
    Name,
    RequiredText,
    Version,
)
from navigator.people.reporter import TicketNumber
from navigator.tickets.confirmed_words import ConfirmedWords
from navigator.tickets.enums import CallDirection, CallOutcome, CallPurpose, NextStep, PartOfDay, Resolution
from navigator.tickets.redaction import RedactionReason
from navigator.tickets.session_date import NextSessionInput

SnoozeUntil = Literal["hour", "afternoon", "morning", "week", "session", "days", "on"]
"""A snooze ends after an open hour, this afternoon, the next working morning, the first of next week, the
last before the session, in some working days, or on a date."""

_TIME = re.compile(r"(\d{1,2})(?:[:.](\d\d))?(?::00)?\s*(am|pm)?", re.IGNORECASE)


def _time_as_typed(value: object) -> object:
    """A time of day as people write it: 14:30, 2.30pm, 9am."""
    if value is None or isinstance(value, time):
        return value
    match = _TIME.fullmatch(value.strip()) if isinstance(value, str) and value.isascii() else None
    hour, minute = (int(match[1]), int(match[2] or 0)) if match else (24, 0)
    half = (match[3] or "").lower() if match else ""
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0) if 1 <= hour <= 12 else 24
    if hour > 23 or minute > 59 or (match and not match[2] and not half):
        raise ValueError("Enter a time, like 2:30pm or 14:30")
    return time(hour, minute)


TimeOfDay = Annotated[
    time,
    BeforeValidator(_time_as_typed),
    WithJsonSchema({"type": "string", "pattern": "^([01]\\d|2[0-3]):[0-5]\\d$"}),
]


class SayInput(Input):
    """Something said: a reply, an answer, a note."""

    body: RequiredText = Field(title="what you want to say")
    version: Version = None


class PicturesInput(SayInput):
    """Pictures, perhaps with something said."""

    body: LongText = Field(default="", title="what you want to say")


class WriteInput(SayInput):
    """Words to a reporter, with what else is done in one: another category, and a next step."""

    sort_as: Line = Field(default="", title="the category", description="Empty: it stays")
    follow_up: NextStep | None = Field(default=None, title="what comes next")


class SendInput(WriteInput):
    """A reply with what it does beside answering: it waits, leaves it to the supplier, or resolves."""

    does: Literal["wait", "park"] | Resolution | None = Field(default=None, title="what is done with it")


class CallInput(Input):
    """A phone call: what came of it, what it was for, and when to try next."""

    came: CallOutcome = Field(
        title="what came of the call", json_schema_extra={"words": "Choose what came of it"}
    )
    responsibility: CallPurpose = CallPurpose.TECHNOLOGY
    started_by: CallDirection = CallDirection.US
    minutes: Annotated[int, Field(ge=1, le=240)] | None = Field(default=None, title="minutes")
    next_on: ComingDay | None = Field(
        default=None,
        title="the day of the next try",
        description="When the service is closed that day, the day on which it opens next",
    )
    next_part: PartOfDay = PartOfDay.MORNING
    body: LongText = Field(default="", title="what was said", validate_default=True)
    version: Version = None

    @field_validator("body")
    @classmethod
    def _body_if_spoken(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.data.get("came") is CallOutcome.SPOKE:
            raise ValueError("Say in a few words what was agreed")
        return value


class TriageInput(Input):
    """How a navigator sorts a ticket."""

    category: Line = Field(title="the category")
    impact: int = Field(default=4, ge=1, le=5)
    fixability: Fixability | None = None
    workaround: LongText = ""
    version: Version = None


class AssignInput(Input):
    """Whom a ticket is given to; nobody puts it back in the service's queue."""

    assignee_id: Id | None = None
    version: Version = None


class ResolveInput(Input):
    """How a ticket was put right, and what the reporter is told."""

    resolution: Resolution = Field(title="how it ended")
    body: RequiredText = Field(title="what you want to say")
    version: Version = None


class SendResolvedInput(ResolveInput, WriteInput):
    """How a ticket was put right, what the reporter is told, and what else is done in one."""


class MergeInput(Input):
    """The ticket of the same reporter that goes on for both."""

    into: TicketNumber = Field(json_schema_extra={"words": "Enter the number of a ticket, like DN-000123"})
    version: Version = None


class UnmergeInput(Input):
    """The ticket that was merged into this one, and is to go on by itself again."""

    merged: TicketNumber
    version: Version = None


class RedactInput(Input):
    """Words of a reporter's message that are removed for good, and why."""

    message: Id = Field(title="a message", json_schema_extra={"words": "Choose the message"})
    words: Annotated[str, Field(max_length=MAX_TEXT_LENGTH), STORED] = Field(
        min_length=1, title="the words, as they stand in the message"
    )
    reason: RedactionReason = Field(title="why", json_schema_extra={"words": "Choose why"})
    version: Version = None


class SplitInput(Input):
    """What belongs to a second ticket: messages of the reporter, a summary in own words, or both."""

    messages: Annotated[list[Id], Field(max_length=200)] = Field(
        default_factory=list, description="The ids of messages that the reporter wrote on this ticket"
    )
    category: Line = Field(default="", description="What the second problem is; empty: as the words suggest")
    body: LongText = Field(default="", title="what the second problem is", validate_default=True)
    version: Version = None

    @field_validator("body")
    @classmethod
    def _body_or_messages(cls, value: str, info: ValidationInfo) -> str:
        if not value and not info.data.get("messages"):
            raise ValueError("Choose a message, or write what the second problem is")
        return value


def _none_from_word(value: object) -> object:
    return None if value == "none" else value


class LinkInput(ConfirmedWords):
    """The problem that lies behind a ticket; none takes the link away."""

    problem_id: Annotated[Id | None, BeforeValidator(_none_from_word)] = Field(
        json_schema_extra={"words": "Choose a problem, or “None of these”"}
    )
    version: Version = None


class RescheduleInput(NextSessionInput):
    """News of the next session, as the ticket was seen."""

    version: Version = None


class AttachInput(Input):
    """Who the practitioner of a ticket is."""

    pwp_id: Id = Field(json_schema_extra={"words": "Choose the practitioner"})
    version: Version = None


class ReviewRequestInput(Input):
    """Why a person hands a ticket to the clinicians."""

    reason: RequiredText = Field(title="what they should look at")


class SnoozeInput(Input):
    """When a ticket comes back, and why: `days` are working days, `on` is a date."""

    until: SnoozeUntil = Field(json_schema_extra={"words": "Choose when it should come back"})
    days: Annotated[int, Field(ge=1, le=40)] | None = Field(
        default=None, title="how many working days", validate_default=True
    )
    on: ComingDay | None = Field(
        default=None,
        title="the date",
        description="For `on`: when the service is closed that day, the day on which it opens next",
        validate_default=True,
    )
    at: TimeOfDay | None = Field(
        default=None,
        title="the time",
        description="For `on`, a time of that day; without it, or while the service is closed: when it opens",
    )
    body: LongText = Field(default="", title="why")
    version: Version = None

    @model_validator(mode="before")
    @classmethod
    def _only_what_was_chosen(cls, values: object) -> object:
        """What stands in the box of another choice is not asked for, and not shown: it refuses nothing."""
        if not isinstance(values, dict):
            return values
        return {
            name: value
            for name, value in values.items()
            if {"days": "days", "on": "on", "at": "on"}.get(name) in (None, values.get("until"))
        }

    @field_validator("days", "on")
    @classmethod
    def _value_for_until(cls, value: object, info: ValidationInfo) -> object:
        if info.field_name == info.data.get("until") and value is None:
            raise ValueError(f"Enter {cls.model_fields[info.field_name or ''].title}")
        return value


class NameInput(Input):
    """What a view is called, and the service that it is shared with; none means with nobody."""

    name: Name = Field(title="a name for the view")
    share: Id | None = Field(default=None, title="who sees it")


class ViewInput(NameInput):
    """A view to save: the end of the queue's address."""

    query: str = Field(default="", max_length=MAX_TEXT_LENGTH)


class UndoInput(Input):
    """What is undone: an action, of the version that was seen, or what was sent and has not left."""

    version: Version = None
    held: Id | None = Field(default=None, description="What was sent, where that is to be taken back")


class SeenInput(Input):
    """What somebody saw before they pressed a button."""

    version: Version = None
