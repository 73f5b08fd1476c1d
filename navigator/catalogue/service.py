"""Service table: business hours, SLA targets and settings of a Talking Therapies service."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, false, text
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table, one_of

WEEKDAYS = {day: ["09:00", "17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


class Division(StrEnum):
    """The divisions that bank holidays are listed for."""

    ENGLAND_AND_WALES = "england-and-wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern-ireland"


class DraftPolicy(StrEnum):
    """What happens to words of risk in a draft that is never sent."""

    HELP_ONLY = "help_only"
    REQUEST_REVIEW = "hand_over"


class Service(Table, table=True):
    """One Talking Therapies service: its hours, targets and settings, in local wall time and minutes."""

    __table_args__ = (
        one_of("division", Division),
        one_of("draft_policy", DraftPolicy),
        {"sqlite_autoincrement": True},  # the audit log knows one that was deleted by its id
    )

    id: int = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str
    phone: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    takes_unsure: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
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
    undo_seconds: int = Field(default=10, sa_column_kwargs={"server_default": "10"})
    call_hours: dict[str, list[str]] | None = Field(default=None, sa_type=JSON)
    """When calls can be booked; without any, empty or None, none can."""
    call_minutes: int = Field(default=30, sa_column_kwargs={"server_default": "30"})
    call_notice_minutes: int = Field(default=120, sa_column_kwargs={"server_default": "120"})
    call_days_ahead: int = Field(default=5, sa_column_kwargs={"server_default": "5"})
    call_reminder_days: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    minute_pence: int | None = None
    """What a navigator's minute costs, in pence; without it, no figure is told in money."""
    minute_cost_owner: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    minute_cost_review_on: date | None = None
    text_pence: float | None = None
    """What one part of a text costs, in pence; without it, texts are counted and not told in money."""
    text_cost_owner: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    text_cost_review_on: date | None = None
    repeat_reports: int = Field(default=3, sa_column_kwargs={"server_default": "3"})
    """So many reports of one person within `repeat_days` are offered to navigators to look at together."""
    repeat_days: int = Field(default=28, sa_column_kwargs={"server_default": "28"})
    brief_time: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    """When practitioners are written to before the sessions of the next working day; empty: they are not."""
    follow_up_owner: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    draft_policy: str = DraftPolicy.HELP_ONLY
    draft_policy_owner: str = ""
    is_demonstration: bool = False
    created_at: datetime = Field(default_factory=now)
