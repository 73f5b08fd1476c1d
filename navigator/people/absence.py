"""Days away and who covers: told by people themselves or by an administrator, and over by the clock."""

from collections.abc import Collection
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from sqlmodel import Session, col, select

from navigator import clock
from navigator.dates_in_words import day
from navigator.errors import Invalid
from navigator.people import directory
from navigator.people.actor import Actor
from navigator.people.audit_log import record_change
from navigator.people.user import Membership, Role, User

Day = Annotated[date, Field(ge=date(2000, 1, 1), lt=date(2100, 1, 1))]


class Absence(BaseModel):
    """The first and the last day away, and who covers; without a last day until they say so."""

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


def go_away(session: Session, actor: Actor, user_id: int, what: Absence) -> None:
    """Take no new tickets on these days; whoever covers gets what a rule would give to whoever is away."""
    user = _theirs(session, actor, user_id)
    if what.cover_id and what.cover_id not in {one.id for one in covers(session, actor, user_id)}:
        raise Invalid("There is a problem", {"cover_id": "Choose a navigator from the list."})
    user.away_from_on, user.away_until_on = what.away_from_on, what.away_until_on
    user.cover_id = what.cover_id
    _remember(session, actor, user, f"Away: {user.name} ({what})")


def come_back(session: Session, actor: Actor, user_id: int) -> None:
    """Take new tickets again, from now on."""
    user = _theirs(session, actor, user_id)
    user.away_from_on = user.away_until_on = user.cover_id = None
    _remember(session, actor, user, f"Back: {user.name}")


def covers(session: Session, actor: Actor, user_id: int) -> list[User]:
    """The other navigators of the services in question, who could cover, by name."""
    query = select(User).where(col(User.is_active), User.id != user_id)
    here = col(Membership.service_id).in_(_services(actor, user_id))
    able = select(Membership.user_id).where(here, Membership.role == Role.NAVIGATOR)
    return list(session.exec(query.where(col(User.id).in_(able)).order_by(col(User.name))))


def _services(actor: Actor, user_id: int) -> Collection[int]:
    return actor.services(Role.NAVIGATOR if actor.user_id == user_id else Role.ADMIN)


def _theirs(session: Session, actor: Actor, user_id: int) -> User:
    """The account of somebody themselves, or of somebody whom they administer."""
    is_self = actor.user_id == user_id
    return (
        directory.own_account(session, actor) if is_self else directory.find(session, actor, user_id)
    ).user


def _remember(session: Session, actor: Actor, user: User, title: str) -> None:
    """Write down what was done by somebody else."""
    if actor.user_id != user.id:
        for service_id in sorted(directory.find(session, actor, user.id).memberships):
            record_change(session, actor, service_id, "person", title)
