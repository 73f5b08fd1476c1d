"""Absence: days away and who covers, set by staff or an administrator, and ended by the date."""

from collections.abc import Collection
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from sqlmodel import Session, col, select

from navigator import clock
from navigator.dates_in_words import day
from navigator.errors import Invalid
from navigator.fields import Day
from navigator.people import directory
from navigator.people.actor import Actor
from navigator.people.audit_log import record_change
from navigator.people.user import Membership, Role, User


class Absence(BaseModel):
    """The first and last day away, and who covers; without a last day, until they come back."""

    model_config = ConfigDict(extra="forbid")

    away_from_on: Day = Field(title="the first day away")
    away_until_on: Day | None = Field(default=None, title="the last day away")
    cover_id: Annotated[int, Field(ge=1, lt=2**31)] | None = Field(
        default=None, title="who covers", description="The id of another navigator"
    )

    @field_validator("away_until_on")
    @classmethod
    def _is_to_come(cls, value: date | None, info: ValidationInfo) -> date | None:
        if value and value < max(clock.today(), info.data.get("away_from_on", date.min)):
            raise ValueError("The last day away must be today or later, and not before the first")
        return value

    def __str__(self) -> str:
        """The days in words."""
        return f"from {day(self.away_from_on)}" + (
            f" to {day(self.away_until_on)}" if self.away_until_on else ""
        )


def set_absence(session: Session, actor: Actor, user_id: int, absence: Absence) -> None:
    """Set days without new tickets; who covers gets the tickets that a routing rule would assign."""
    user = _load_user(session, actor, user_id)
    if absence.cover_id and absence.cover_id not in {
        candidate.id for candidate in cover_candidates(session, actor, user_id)
    }:
        raise Invalid("There is a problem", {"cover_id": "Choose a navigator from the list."})
    user.away_from_on, user.away_until_on = absence.away_from_on, absence.away_until_on
    user.cover_id = absence.cover_id
    _record(session, actor, user, f"Away: {user.name} ({absence})")


def end_absence(session: Session, actor: Actor, user_id: int) -> None:
    """End an absence: new tickets can be assigned again from now on."""
    user = _load_user(session, actor, user_id)
    user.away_from_on = user.away_until_on = user.cover_id = None
    _record(session, actor, user, f"Back: {user.name}")


def cover_candidates(session: Session, actor: Actor, user_id: int) -> list[User]:
    """The other active navigators of the same services, who could cover, by name."""
    query = select(User).where(col(User.is_active), User.id != user_id)
    in_services = col(Membership.service_id).in_(_services_of(actor, user_id))
    navigators = select(Membership.user_id).where(in_services, Membership.role == Role.NAVIGATOR)
    query = query.where(col(User.id).in_(navigators))
    return list(session.exec(query.order_by(col(User.name), col(User.id))))


def _services_of(actor: Actor, user_id: int) -> Collection[int]:
    return actor.services(Role.NAVIGATOR if actor.user_id == user_id else Role.ADMIN)


def _load_user(session: Session, actor: Actor, user_id: int) -> User:
    """The actor's own account, or one that they administer."""
    is_self = actor.user_id == user_id
    return (
        directory.own_account(session, actor) if is_self else directory.find(session, actor, user_id)
    ).user


def _record(session: Session, actor: Actor, user: User, title: str) -> None:
    """Write an audit entry in each service, if somebody else made the change."""
    if actor.user_id != user.id:
        for service_id in sorted(directory.find(session, actor, user.id).memberships):
            record_change(session, actor, service_id, "person", title)
