"""Schemas of what is shared between desks: whether this one shares, and which others are read."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from navigator.administration.schema import Name, SettingSchema, is_stored
from navigator.fields import Line, YesNo
from navigator.outgoing import check_url
from navigator.shared_problems.signatures import check_public_key


def _check_url(url: str, info: ValidationInfo) -> str:
    return url if is_stored(info) else check_url(url)


def _check_key(key: str, info: ValidationInfo) -> str:
    return key if is_stored(info) else check_public_key(key)


class SharingSetting(SettingSchema):
    """Whether this desk shares known problems, and who answers for it."""

    is_active: YesNo = Field(default=False, title="whether others can read the feed")
    name: Line = Field(default="", title="what others call this desk")
    owner: Line = Field(default="", title="who answers for it")
    review_on: date | None = Field(default=None, title="when it is looked at again")

    @model_validator(mode="after")
    def _check_owner(self) -> "SharingSetting":
        if self.is_active and not (self.name and self.owner and self.review_on):
            raise ValueError("Say what this desk is called, who answers for it and when they look again.")
        return self


class PeerSetting(SettingSchema):
    """Another desk, whose known problems are read here."""

    name: Name = Field(title="the name of the desk")
    url: Annotated[Line, AfterValidator(_check_url)] = Field(title="the address of its feed")
    public_key: Annotated[Line, AfterValidator(_check_key)] = Field(title="its public key")
    is_active: YesNo = Field(default=True, title="whether it is read")
    allows_private: YesNo = Field(default=False, title="whether it lies in a private network")
    owner: Name = Field(title="who answers for it")
    review_on: date = Field(title="when it is looked at again")
