"""Schema of how staff log in: which roles need a second factor from when, and the idle lock."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from navigator.administration.schema import SettingSchema
from navigator.fields import Line
from navigator.people.user import Role


def _check_minutes(minutes: int) -> int:
    if minutes and minutes < 5:
        raise ValueError("Choose 5 minutes or more, or 0 to lock nothing.")
    return minutes


def _in_order(roles: list[Role]) -> list[Role]:
    if Role.INTAKE in roles:
        raise ValueError("Only a key of another system can be intake.")
    return [role for role in Role if role in roles]


class AccessSetting(SettingSchema):
    """Which roles need a second factor, from which day (at once, without one), and when pages are locked."""

    factor_roles: Annotated[list[Role], AfterValidator(_in_order)] = Field(
        default_factory=list, max_length=len(Role), title="who must have a second step"
    )
    factor_from_on: date | None = Field(default=None, title="from which day")
    lock_minutes: Annotated[int, Field(ge=0, le=120), AfterValidator(_check_minutes)] = Field(
        default=0, title="idle minutes until pages are locked", description="0 locks nothing"
    )
    owner: Line = Field(default="", title="who answers for it")

    @model_validator(mode="after")
    def _check_owner(self) -> "AccessSetting":
        if (self.factor_roles or self.lock_minutes) and not self.owner:
            raise ValueError("Say who answers for it.")
        return self
