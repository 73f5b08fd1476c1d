"""Schemas of a service's settings: business hours, SLA targets, programmes, contacts and crisis wording."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_serializer, model_validator

from navigator.administration.field_formats import (
    drop_empty,
    format_days,
    format_hours,
    format_numbers,
    in_order,
    parse_days,
    parse_hours,
    parse_numbers,
)
from navigator.administration.schema import Code, Name, SettingSchema
from navigator.catalogue.business_hours import WorkingCalendar
from navigator.catalogue.crisis_card import default_crisis_card
from navigator.catalogue.service import WEEKDAYS, Division
from navigator.fields import Email, Line, YesNo
from navigator.tickets.deadlines import Targets

Days = Annotated[list[date], BeforeValidator(parse_days), AfterValidator(in_order), Field(max_length=200)]
Hours = Annotated[list[str], BeforeValidator(parse_hours)]
Numbers = Annotated[list[float], BeforeValidator(parse_numbers)]
Minutes = Annotated[list[int], BeforeValidator(parse_numbers), Field(min_length=1, max_length=5)]


class NameSetting(SettingSchema):
    """What a service is called, the number that its patients may call, and if it reads for the unsure."""

    name: Name = Field(title="the name of the service")
    phone: Line = Field(default="", title="the phone number for patients")
    takes_unsure: YesNo = Field(default=False, title="reports of people who do not know their service")


class HoursSetting(SettingSchema):
    """When a service is open, in local wall time; `open_days` are bank holidays that it works on."""

    division: Division = Field(default=Division.ENGLAND_AND_WALES, title="bank holidays")
    hours: Annotated[dict[str, Hours], BeforeValidator(drop_empty)] = Field(
        default_factory=lambda: dict(WEEKDAYS), title="opening hours"
    )
    closed_days: Days = Field(default_factory=list, title="days closed besides bank holidays")
    open_days: Days = Field(default_factory=list, title="bank holidays on which you are open")

    @model_validator(mode="after")
    def _check_hours(self) -> "HoursSetting":
        closed, opened = ([day.isoformat() for day in days] for days in (self.closed_days, self.open_days))
        WorkingCalendar.from_settings(self.hours, self.division, closed, opened)
        return self

    def form_values(self) -> dict[str, Any]:
        """The values as they are typed."""
        closed, opened = format_days(self.closed_days), format_days(self.open_days)
        return super().form_values() | {
            "hours": format_hours(self.hours),
            "closed_days": closed,
            "open_days": opened,
        }


class TargetsSetting(SettingSchema):
    """By when: working hours by priority 1 to 5, and working minutes until somebody is alerted."""

    targets: Annotated[dict[str, Numbers], BeforeValidator(drop_empty)] = Field(
        default_factory=dict, title="targets"
    )
    alert_minutes: Minutes = Field(default=[15, 30, 60], title="minutes to each alert")
    quiet_days: Annotated[int, Field(ge=1, le=90)] = Field(default=10, title="days until it is closed")
    unassigned_minutes: Annotated[int, Field(ge=1, le=6000)] = Field(
        default=60, title="minutes until somebody must have a ticket"
    )

    @model_validator(mode="after")
    def _check_targets(self) -> "TargetsSetting":
        Targets.from_settings(self.targets)
        if self.alert_minutes != sorted(set(self.alert_minutes)) or self.alert_minutes[0] < 1:
            raise ValueError("Each alert must come later than the one before it.")
        return self

    def form_values(self) -> dict[str, Any]:
        """The values as they are typed; targets that are not set show the default."""
        in_force = asdict(Targets.from_settings(self.targets))
        targets = {name: format_numbers(hours) for name, hours in in_force.items()}
        alerts = format_numbers(self.alert_minutes)
        return super().form_values() | {"targets": targets, "alert_minutes": alerts}


def _hours_if_any(value: Any) -> Any:
    """Hours by day; no hours at all are stored as nothing."""
    return {} if value is None else drop_empty(value)


class CallsSetting(SettingSchema):
    """When calls can be booked, in local wall time: only with hours for them, else nobody would hold them."""

    call_hours: Annotated[dict[str, Hours], BeforeValidator(_hours_if_any)] = Field(
        default_factory=dict, title="hours for booked calls"
    )
    call_minutes: Annotated[int, Field(ge=15, le=60, multiple_of=15)] = Field(
        default=30, title="minutes of a call"
    )
    call_notice_minutes: Annotated[int, Field(ge=0, le=6000)] = Field(
        default=120, title="working minutes of notice"
    )
    call_days_ahead: Annotated[int, Field(ge=1, le=20)] = Field(default=5, title="working days ahead")
    call_reminder_days: Annotated[int, Field(ge=0, le=5)] = Field(
        default=1, title="working days from the reminder to the call", description="0 reminds nobody"
    )

    @model_validator(mode="after")
    def _check_hours(self) -> "CallsSetting":
        if self.call_hours:
            WorkingCalendar.from_settings(self.call_hours, Division.ENGLAND_AND_WALES)
        return self

    def form_values(self) -> dict[str, Any]:
        """The values as they are typed."""
        return super().form_values() | {"call_hours": format_hours(self.call_hours)}


class MinuteCostSetting(SettingSchema):
    """What a navigator’s minute and a text cost, and who answers for that until when; nothing is assumed."""

    minute_pence: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None, title="pence a minute", description="Without it, nothing is told in money"
    )
    minute_cost_owner: Line = Field(default="", title="who answers for it")
    minute_cost_review_on: date | None = Field(default=None, title="when it is looked at again")
    text_pence: Annotated[float, Field(gt=0, le=100)] | None = Field(
        default=None, title="pence a text", description="Of one part; without it, texts are counted alone"
    )
    text_cost_owner: Line = Field(default="", title="who answers for the cost of texts")
    text_cost_review_on: date | None = Field(default=None, title="when the cost of texts is looked at again")

    @model_validator(mode="after")
    def _check_owner(self) -> "MinuteCostSetting":
        if self.minute_pence and not (self.minute_cost_owner and self.minute_cost_review_on):
            raise ValueError("Enter who answers for the cost, and when it is looked at again")
        if self.text_pence and not (self.text_cost_owner and self.text_cost_review_on):
            raise ValueError("Enter who answers for the cost of texts, and when it is looked at again")
        return self


class OffersSetting(SettingSchema):
    """The programmes that a service offers."""

    programmes: Annotated[list[Code], AfterValidator(in_order)] = Field(
        default_factory=list, title="programmes"
    )


class ContactSetting(SettingSchema):
    """A named role with an address and hours."""

    role_name: Name = Field(title="the name of the role")
    email: Email = Field(default="", title="an email address")
    phone: Line = Field(default="", title="a phone number")
    hours: Line = Field(default="", title="when they can be reached")

    @model_validator(mode="after")
    def _check_contact(self) -> "ContactSetting":
        if not (self.email or self.phone):
            raise ValueError("Enter an email address or a phone number")
        return self


class CrisisLine(SettingSchema):
    """One thing to do in a crisis: when, what, the short form, and whom to `call` or `text`."""

    when: Line = Field(default="", title="when")
    do: Line = Field(default="", title="what to do")
    short: Line = Field(default="", title="the short form")
    call: Line = Field(default="", title="the number to call")
    text: Line = Field(default="", title="the number to text")

    @model_validator(mode="after")
    def _check_line(self) -> "CrisisLine":
        if not (self.when and self.do and self.short):
            raise ValueError("Each line of the crisis wording needs when, what to do and a short form.")
        if self.text and "samaritans" in f"{self.when} {self.do} {self.short}".lower():
            raise ValueError("Samaritans have no text number: that line closed in February 2020.")
        return self

    @model_serializer
    def _dump_filled(self) -> dict[str, str]:
        return {name: value for name, value in vars(self).items() if value}


def _drop_empty_lines(value: Any) -> Any:
    """Drop the lines in which nothing was typed."""
    return [line for line in value if line] if isinstance(value, Sequence) else value


CrisisLines = Annotated[list[CrisisLine], BeforeValidator(_drop_empty_lines), Field(max_length=8)]


class CrisisSetting(SettingSchema):
    """What a service shows people in crisis, who reviewed it, and until when."""

    lines: Annotated[CrisisLines, Field(min_length=1)] = Field(
        default_factory=lambda: [CrisisLine(**line) for line in default_crisis_card().lines],
        title="the lines",
    )
    owner: Line = Field(default="", title="who answers for this wording")
    review_on: date | None = Field(default=None, title="the date of the next review")
