"""Input models of booked calls: when, by which number, and whether a voicemail is safe."""

from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

from navigator.fields import Input, Phone, Version, YesNo


def _required(value: str) -> str:
    if not value:
        raise ValueError("Enter the phone number on which we may call you")
    return value


class CallTimeInput(Input):
    """When a call is to begin: one of the times that are free."""

    starts_at: AwareDatetime = Field(title="a time", json_schema_extra={"words": "Choose a time"})
    version: Version = None


class BookCallInput(CallTimeInput):
    """A call as its reporter books it."""

    phone: Annotated[Phone, AfterValidator(_required)] = Field(default="", title="the phone number")
    voicemail_is_safe: YesNo = Field(
        title="if a voicemail is safe", json_schema_extra={"words": "Choose if we may leave a voicemail"}
    )
