"""Schemas of what a service offers to those who are left out, and of when it asks what they think."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from navigator.administration.field_formats import format_days, in_order, parse_days, parse_lines
from navigator.administration.schema import Name, SettingSchema
from navigator.fields import Line, YesNo

Usual = Literal["device", "sim", "skills", "paper"]
Own = Annotated[list[Line], BeforeValidator(parse_lines), Field(max_length=10), AfterValidator(in_order)]
Rounds = Annotated[
    list[date],
    BeforeValidator(parse_days),
    Field(max_length=12),
    AfterValidator(lambda days: sorted({*days})),
]


class InclusionOffersSetting(SettingSchema):
    """What a service has to offer: the usual things, and its own."""

    usual: Annotated[list[Usual], AfterValidator(in_order)] = Field(
        default_factory=list, title="what you have"
    )
    own: Own = Field(default_factory=list, title="what else you have")
    owner: Name = Field(title="who answers for it")
    review_on: date = Field(title="when it is looked at again")

    def form_values(self) -> dict[str, Any]:
        """The values as they are typed: one’s own things one a line."""
        return super().form_values() | {"own": "\n".join(self.own)}


class UsabilityRoundsSetting(SettingSchema):
    """When a service asks: after each fix, and of the programme in rounds that begin on set days."""

    asks_after_fix: YesNo = Field(default=False, title="whether you ask after each fix")
    rounds: Rounds = Field(default_factory=list, title="the first days of the rounds")
    round_days: Annotated[int, Field(ge=1, le=90)] = Field(default=14, title="how many days a round lasts")
    owner: Name = Field(title="who answers for it")
    review_on: date = Field(title="when it is looked at again")

    def form_values(self) -> dict[str, Any]:
        """The values as they are typed: days one a line."""
        return super().form_values() | {"rounds": format_days(self.rounds)}
