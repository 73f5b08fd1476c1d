"""Input models of a report: what is wrong, and how to reach whoever tells it; the same for pages and API."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from navigator import clock
from navigator.fields import (
    Code,
    Email,
    Input,
    Line,
    LongText,
    Phone,
    YesNo,
)
from navigator.outbox.delivery import ReachableBy
from navigator.people.access_needs import AccessNeeds, blocks_calls
from navigator.people.quiet_hours import Hour
from navigator.people.reporter import ContactMethod, Reporter, ReporterKind
from navigator.phone_numbers import can_get_texts
from navigator.tickets.deadlines import next_session
from navigator.tickets.session_date import SessionDate
from navigator.tickets.ticket import Ticket

EMAIL_FORM: dict[str, Any] = {
    "email_format": "Enter an email address in the correct format, like name@example.com"
}
_EMAIL_MESSAGES: dict[str, Any] = {
    **EMAIL_FORM,
    "value_error": "Enter the email address that we should write to",
}


def phone_for(way: ContactMethod, info: ValidationInfo, value: str) -> str:
    """A phone number as it came; refused where this way was chosen and the number is no use for it."""
    if info.data.get("route") is way and not value:
        raise ValueError("Enter the phone number that we should use")
    if info.data.get("route") is way is ContactMethod.TEXT and not can_get_texts(value):
        raise ValueError("Enter a mobile number for text messages, or choose a phone call")
    return value


def needs_for(way: ContactMethod | None, codes: list[str]) -> list[str]:
    """The access needs as they came; refused where they ask for no call, and a call was chosen."""
    if way is ContactMethod.PHONE and blocks_calls(codes):
        raise ValueError("You chose a phone call, and asked us not to phone. Change one of the two")
    return codes


def _both_hours_or_none(until: int | None, info: ValidationInfo) -> int | None:
    begins = info.data.get("quiet_from_hour")
    is_half = (begins is None) != (until is None)
    if "quiet_from_hour" in info.data and (is_half or (begins == until and begins is not None)):
        raise ValueError("Choose two different hours, or “No such hours” for both")
    return until


QuietUntilHour = Annotated[Hour | None, AfterValidator(_both_hours_or_none)]
"""The end of quiet hours: there is one where there is a beginning, and it is another hour."""


class ContactMethodInput(Input):
    """The contact method that somebody chose, and its address; none where it was not asked."""

    route: ReachableBy | None = None
    email: Email = Field(default="", title="your email address", json_schema_extra={"words": _EMAIL_MESSAGES})
    phone: Phone = Field(default="", title="your phone number")
    other_is_safe: YesNo = Field(
        default=False,
        description="true: the other of email and phone is safe too, and used if the first does not arrive",
    )

    @field_validator("email")
    @classmethod
    def _email_for_route(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.data.get("route") is ContactMethod.EMAIL:
            raise ValueError("Enter the email address that we should write to")
        return value

    @field_validator("phone")
    @classmethod
    def _phone_for_route(cls, value: str, info: ValidationInfo) -> str:
        return phone_for(ContactMethod.PHONE, info, phone_for(ContactMethod.TEXT, info, value))

    @property
    def has_route(self) -> bool:
        """Whether there is a way to reach them."""
        return self.route not in (None, ContactMethod.NONE)


class ContactInput(ContactMethodInput):
    """How to reach the reporter, whether that is safe (null: not asked), and what would help."""

    is_safe: YesNo | None = None
    best_time: Line = Field(default="", title="the best time to call")
    voicemail_is_safe: YesNo | None = Field(default=None, description="null: not asked")
    access_needs: AccessNeeds = Field(default_factory=list, title="what would help you")
    needs: Line = Field(default="", title="what would help you")
    language: Line = Field(default="", title="your language")
    quiet_from_hour: Hour | None = Field(default=None, description="From this hour on: no texts, no calls")
    quiet_until_hour: QuietUntilHour = Field(
        default=None, description="Until this hour, which may be tomorrow’s", validate_default=True
    )

    @field_validator("access_needs")
    @classmethod
    def _no_call_if_none_wanted(cls, value: list[str], info: ValidationInfo) -> list[str]:
        return needs_for(info.data.get("route"), value)

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
    service_is_unsure: YesNo = Field(default=False, description="true: they did not know their service")
    programme: Code | None = Field(default=None, title="your programme")
    category: Code | None = Field(default=None, title="what is wrong")
    text: LongText = Field(default="", title="what you wrote")
    is_none_suggested: YesNo = Field(
        default=False, description="true: they were asked if it is what the desk suggests, and said no"
    )
    answers: dict[str, str] = Field(default_factory=dict)
    next_session: SessionDate | None = Field(default=None, title="the date of your next session")
    session_is_weekly: YesNo = False
    practitioner: Line = Field(default="", title="your practitioner’s name")
    contact: ContactInput = Field(default_factory=ContactInput)
    reporter: ReporterKind = ReporterKind.PATIENT
    support_code: Line = ""
    found_by: Line = Field(default="", title="what the account can be found by")

    @field_validator("text")
    @classmethod
    def _text_or_category(cls, value: str, info: ValidationInfo) -> str:
        if not value and not info.data.get("category"):
            raise ValueError("Tell us what is wrong, in a few words.")
        return value

    def columns_of(self, table: type[Ticket | Reporter]) -> dict[str, Any]:
        """The values that are stored as they came, by the columns of one table."""
        values = {name: getattr(self, name) for name in self._stored_fields()} | dict(self.contact)
        columns = {_COLUMNS.get(name, name): value for name, value in values.items()}
        return {column: value for column, value in columns.items() if column in table.model_fields}

    @classmethod
    def from_ticket(cls, ticket: Ticket, reporter: Reporter, **interpreted: Any) -> Self:
        """A further report of whoever reported a ticket, as if it had come by itself."""
        stored = ticket.model_dump() | reporter.model_dump()
        values = {name: stored[_COLUMNS.get(name, name)] for name in cls._stored_fields()}
        values["is_none_suggested"] = False  # of this further report nobody was asked
        values["next_session"] = next_session(ticket.session_on, ticket.session_is_weekly, clock.today())
        contact = {name: stored[_COLUMNS.get(name, name)] for name in ContactInput.model_fields}
        return cls(contact=ContactInput.from_stored(**contact), **values, **interpreted)

    @classmethod
    def _stored_fields(cls) -> list[str]:
        return [name for name in cls.model_fields if name not in _INTERPRETED]


class StaffReportInput(ReportInput):
    """A problem as staff tell it: for a patient, also by what words the practitioner knows them."""

    known_as: Line = Field(default="", title="your words for this patient")
