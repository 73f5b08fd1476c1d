"""Input models of the actions on a ticket: plain and validated, the same for pages and API."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from navigator import clock
from navigator.catalogue.catalogue import Fixability
from navigator.fields import (
    MAX_TEXT_LENGTH,
    Code,
    ComingDay,
    Email,
    Id,
    Input,
    Line,
    LongText,
    Name,
    Phone,
    RequiredText,
    Version,
)
from navigator.outbox.delivery import ReachableBy
from navigator.people.reporter import ContactMethod, Reporter, ReporterKind
from navigator.phone_numbers import can_get_texts
from navigator.tickets.confirmed_words import ConfirmedWords
from navigator.tickets.deadlines import next_session
from navigator.tickets.enums import CallDirection, CallOutcome, CallPurpose, PartOfDay, Resolution
from navigator.tickets.session_date import NextSessionInput, SessionDate
from navigator.tickets.ticket import Ticket

_EMAIL_MESSAGES: dict[str, Any] = {
    "email_format": "Enter an email address in the correct format, like name@example.com",
    "value_error": "Enter the email address that we should write to",
}

SnoozeUntil = Literal["morning", "session", "days", "on"]
"""A snooze ends the next working morning, the last before the session, in some working days, or on a date."""


class ContactMethodInput(Input):
    """The contact method that somebody chose, and its address; none where it was not asked."""

    route: ReachableBy | None = None
    email: Email = Field(default="", title="your email address", json_schema_extra={"words": _EMAIL_MESSAGES})
    phone: Phone = Field(default="", title="your phone number")

    @field_validator("email")
    @classmethod
    def _email_for_route(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.data.get("route") is ContactMethod.EMAIL:
            raise ValueError("Enter the email address that we should write to")
        return value

    @field_validator("phone")
    @classmethod
    def _phone_for_route(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.data.get("route") in (ContactMethod.TEXT, ContactMethod.PHONE):
            raise ValueError("Enter the phone number that we should use")
        if value and info.data.get("route") is ContactMethod.TEXT and not can_get_texts(value):
            raise ValueError("Enter a mobile number for text messages, or choose a phone call")
        return value

    @property
    def has_route(self) -> bool:
        """Whether there is a way to reach them."""
        return self.route not in (None, ContactMethod.NONE)


class ContactInput(ContactMethodInput):
    """How to reach the reporter, whether that is safe (null: not asked), and what would help."""

    is_safe: bool | None = None
    needs: Line = Field(default="", title="what would help you")
    language: Line = Field(default="", title="your language")

    @classmethod
    def from_stored(cls, route: str | None = None, **stored: Any) -> Self:
        """What was accepted before, and so is not checked again: the rules of its day were others."""
        return cls.model_construct(route=ContactMethod(route) if route else None, **stored)


_COLUMNS = {
    "next_session": "session_on",
    "practitioner": "practitioner_name_given",
    "reporter": "reporter_kind",
    "route": "contact_method",
    "is_safe": "is_safe_to_contact",
}
"""The columns of a ticket or a reporter that are called other than the field that fills them."""

_INTERPRETED = frozenset({"service", "programme", "category", "text", "answers", "contact"})
"""The fields of a report that are no column as they are: the desk makes something of them."""


class ReportInput(Input):
    """A problem as somebody tells it."""

    service: Code = Field(min_length=1, title="your service")
    programme: Code | None = Field(default=None, title="your programme")
    category: Code | None = Field(default=None, title="what is wrong")
    text: LongText = Field(default="", title="what you wrote")
    answers: dict[str, str] = Field(default_factory=dict)
    next_session: SessionDate | None = Field(default=None, title="the date of your next session")
    session_is_weekly: bool = False
    practitioner: Line = Field(default="", title="your practitioner’s name")
    contact: ContactInput = Field(default_factory=ContactInput)
    reporter: ReporterKind = ReporterKind.PATIENT
    support_code: Line = ""

    @field_validator("text")
    @classmethod
    def _text_or_category(cls, value: str, info: ValidationInfo) -> str:
        if not value and not info.data.get("category"):
            raise ValueError("Tell us what is wrong, in a few words.")
        return value

    def columns_of(self, table: type[Ticket | Reporter]) -> dict[str, Any]:
        """The values that are stored as they came, by the columns of one table."""
        values = {name: getattr(self, name) for name in _stored_fields()} | dict(self.contact)
        columns = {_COLUMNS.get(name, name): value for name, value in values.items()}
        return {column: value for column, value in columns.items() if column in table.model_fields}

    @classmethod
    def from_ticket(cls, ticket: Ticket, reporter: Reporter, **interpreted: Any) -> Self:
        """A further report of whoever reported a ticket, as if it had come by itself."""
        stored = ticket.model_dump() | reporter.model_dump()
        values = {name: stored[_COLUMNS.get(name, name)] for name in _stored_fields()}
        values["next_session"] = next_session(ticket.session_on, ticket.session_is_weekly, clock.today())
        contact = {name: stored[_COLUMNS.get(name, name)] for name in ContactInput.model_fields}
        return cls(contact=ContactInput.from_stored(**contact), **values, **interpreted)


def _stored_fields() -> list[str]:
    return [name for name in ReportInput.model_fields if name not in _INTERPRETED]


class SayInput(Input):
    """Something said: a reply, an answer, a note."""

    body: RequiredText = Field(title="what you want to say")
    version: Version = None


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

    category: Line
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

    resolution: Resolution
    body: RequiredText = Field(title="what you want to say")
    version: Version = None


class MergeInput(Input):
    """The ticket of the same reporter that goes on for both."""

    into: Id
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

    pwp_id: Id
    version: Version = None


class ReviewRequestInput(Input):
    """Why a person hands a ticket to the clinicians."""

    reason: RequiredText


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
    body: LongText = Field(default="", title="why")
    version: Version = None

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


class SeenInput(Input):
    """What somebody saw before they pressed a button."""

    version: Version = None
