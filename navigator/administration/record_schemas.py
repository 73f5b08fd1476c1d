"""Schemas of what a service says of the records that it keeps: its privacy notice, and how long they stay."""

from datetime import date
from typing import Annotated

from pydantic import Field

from navigator.administration.schema import Name, SettingSchema
from navigator.fields import Line, LongText

Words = Annotated[LongText, Field(min_length=1, max_length=2000)]


class PrivacySetting(SettingSchema):
    """What patients read on the privacy page of this service: in its own words, each part of them."""

    controller: Name = Field(title="who decides about the records")
    lawful_basis: Words = Field(title="why the law allows it")
    periods: Words = Field(title="how long reports are kept")
    contact: Words = Field(title="whom to ask about their information")
    owner: Name = Field(title="who answers for this notice")
    review_on: date = Field(title="the date of the next review")


SHORTEST_AUDIT = 90
"""Days: whoever did something must not be able to have it cut off at once."""


class AuditPeriodSetting(SettingSchema):
    """How long the audit log is kept, of all services: no days keep it until somebody decides."""

    days: Annotated[int, Field(ge=SHORTEST_AUDIT, le=36_500)] | None = Field(
        default=None, title="days", description="90 or more; empty keeps it until you decide"
    )
    reason: Annotated[Line, Field(min_length=1)] = Field(title="why so long")
    owner: Name = Field(title="who decided this")
    review_on: date = Field(title="the date of the next review")


class HazardSetting(SettingSchema):
    """Which role answers for one hazard of the hazard log, and when it looks at it again."""

    owner: Name = Field(title="who answers for it")
    review_on: date = Field(title="the date of the next review")


class RetentionSetting(SettingSchema):
    """How long a service keeps one class of record: no days keep it until the service decides."""

    days: Annotated[int, Field(ge=1, le=36_500)] | None = Field(
        default=None, title="days", description="Empty keeps it until you decide"
    )
    reason: Annotated[Line, Field(min_length=1)] = Field(title="why so long")
    owner: Name = Field(title="who decided this")
    review_on: date = Field(title="the date of the next review")
