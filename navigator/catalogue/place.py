"""Where support is given: services, their programmes, contacts and crisis wording."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table, one_of

WEEKDAYS = {day: ["09:00", "17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


class Division(StrEnum):
    """The divisions that bank holidays are listed for."""

    ENGLAND_AND_WALES = "england-and-wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern-ireland"


class ContactKind(StrEnum):
    """Who a service names for what is not a navigator's to put right."""

    DUTY_CLINICIAN = "duty_clinician"
    DEPUTY = "deputy"
    MANAGER = "manager"
    SAFEGUARDING = "safeguarding"
    PWP = "pwp"
    BOOKING = "booking"
    CLINICAL_SAFETY = "clinical_safety"
    COMPLAINTS = "complaints"
    DATA_PROTECTION = "data_protection"
    APPLICATION_MANAGER = "application_manager"


class DraftPolicy(StrEnum):
    """What happens when words of risk are typed and then not sent."""

    HELP_ONLY = "help_only"
    HAND_OVER = "hand_over"


class Service(Table, table=True):
    """One Talking Therapies service: its hours, targets and settings, in local wall time and minutes."""

    __table_args__ = (one_of("division", Division), one_of("draft_policy", DraftPolicy))

    id: int = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str
    division: str = Division.ENGLAND_AND_WALES
    hours: dict[str, list[str]] = Field(default_factory=lambda: dict(WEEKDAYS), sa_type=JSON)
    closed_days: list[str] = Field(default_factory=list, sa_type=JSON)
    open_days: list[str] = Field(default_factory=list, sa_type=JSON)
    targets: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    alert_minutes: list[int] = Field(default_factory=lambda: [15, 30, 60], sa_type=JSON)
    quiet_days: int = 10
    unassigned_minutes: int = Field(default=60, sa_column_kwargs={"server_default": "60"})
    full_time_hours: float = Field(default=37.5, sa_column_kwargs={"server_default": "37.5"})
    assigns_at_once: bool = True
    draft_policy: str = DraftPolicy.HELP_ONLY
    draft_policy_owner: str = ""
    is_demonstration: bool = False
    created_at: datetime = Field(default_factory=now)


class Programme(Table, table=True):
    """An online programme that patients of one or more services follow."""

    id: int = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str
    supplier: str = ""


class ServiceProgramme(Table, table=True):
    """That a service offers a programme."""

    service_id: int = Field(foreign_key="service.id", primary_key=True)
    programme_id: int = Field(foreign_key="programme.id", primary_key=True)


class ProgrammeOverride(Table, table=True):
    """Who can fix one leaf in one programme, when it differs from the catalogue."""

    __table_args__ = (UniqueConstraint("programme_id", "category"),)

    id: int = Field(default=None, primary_key=True)
    programme_id: int = Field(foreign_key="programme.id", index=True)
    category: str
    fixability: str
    reason: str
    next_step: str = ""
    usual_fix: str = ""
    workaround: str = ""
    verified_on: date | None = None
    verified_by: str = ""


class Contact(Table, table=True):
    """A named role of a service with an address and hours: not a user of the desk."""

    __table_args__ = (UniqueConstraint("service_id", "kind"), one_of("kind", ContactKind))

    id: int = Field(default=None, primary_key=True)
    service_id: int = Field(foreign_key="service.id", index=True)
    kind: str
    role_name: str
    email: str = ""
    phone: str = ""
    hours: str = ""


class CrisisWording(Table, table=True):
    """What a service shows people in crisis, reviewed by a named person until a date."""

    service_id: int = Field(foreign_key="service.id", primary_key=True)
    lines: list[dict[str, str]] = Field(default_factory=list, sa_type=JSON)
    owner: str = ""
    review_on: date | None = None
