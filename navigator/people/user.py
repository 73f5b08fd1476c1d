"""Users (staff) and their memberships: which roles they have in which service."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, UniqueConstraint, text, true
from sqlmodel import Field

from navigator.clock import now, today
from navigator.database import Table, one_of


class Role(StrEnum):
    """The roles of a service; `intake` is for API keys of other systems only, `composed` has rights alone."""

    PWP = "pwp"
    NAVIGATOR = "navigator"
    CLINICIAN = "clinician"
    MANAGER = "manager"
    ADMIN = "admin"
    INTAKE = "intake"
    COMPOSED = "composed"


TEAM = (Role.NAVIGATOR, Role.MANAGER, Role.CLINICIAN)
"""Who works with the tickets of a service and shares views: practitioners see only what is theirs."""
ROLE_WORDS: dict[Role, str] = {
    Role.PWP: "Practitioner (PWP)",
    Role.NAVIGATOR: "Digital navigator",
    Role.CLINICIAN: "Duty clinician",
    Role.MANAGER: "Manager",
    Role.ADMIN: "Administrator",
}
"""The roles of people as they read them."""


class User(Table, table=True):
    """A member of staff; without a password hash until the invitation is accepted."""

    id: int = Field(default=None, primary_key=True)
    name: str
    email: str = Field(unique=True)
    password_hash: str | None = None
    is_active: bool = True
    away_from_on: date | None = None
    away_until_on: date | None = None
    cover_id: int | None = Field(default=None, foreign_key="user.id")
    uses_single_keys: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    mail_choices: dict[str, str] = Field(
        default_factory=dict, sa_type=JSON, sa_column_kwargs={"server_default": text("'{}'")}
    )
    digest_hour: int = Field(default=8, sa_column_kwargs={"server_default": text("8")})
    """At what hour, in London, they have in one mail what they chose to have once a day."""
    created_at: datetime = Field(default_factory=now)

    @property
    def is_away(self) -> bool:
        """Whether they are away today, both days included; without a last day, from the first on."""
        return self.is_away_on(today())

    def is_away_on(self, day: date) -> bool:
        """Whether they are away on a day."""
        return is_absence_on(day, self.away_from_on, self.away_until_on)

    @property
    def goes_away(self) -> bool:
        """Whether an absence is set that is not over."""
        return self.away_from_on is not None and today() <= (self.away_until_on or date.max)


class Membership(Table, table=True):
    """One role of a user in one service; capacity is in live tickets for full-time work.

    `provider_id` is the log-in provider whose claims gave it, and take it away; None where a person did.
    """

    __table_args__ = (UniqueConstraint("user_id", "service_id", "role"), one_of("role", Role))

    id: int = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    service_id: int = Field(foreign_key="service.id", index=True)
    role: str
    capacity: int = 20
    hours: float | None = None
    programmes: list[str] = Field(default_factory=list, sa_type=JSON)
    languages: list[str] = Field(default_factory=list, sa_type=JSON)
    last_assigned_at: datetime | None = None
    provider_id: int | None = Field(default=None, foreign_key="loginprovider.id", index=True)
    composed_role_id: int | None = Field(default=None, foreign_key="composedrole.id", index=True)

    def effective_capacity(self, full_time: float) -> int:
        """The capacity in live tickets by their share of full-time hours; at least one if any."""
        if self.hours is None or not self.capacity:
            return self.capacity
        return max(1, round(self.capacity * self.hours / full_time))


def is_absence_on(day: date, first: date | None, last: date | None) -> bool:
    """Whether an absence between two days, both included, has a day; without a last one it does not end."""
    return first is not None and first <= day <= (last or date.max)
