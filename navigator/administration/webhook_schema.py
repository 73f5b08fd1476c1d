"""Schema of a webhook: the address of another system, of which events it is told, and who answers for it."""

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationInfo

from navigator.administration.field_formats import in_order
from navigator.administration.schema import Name, SettingSchema, is_stored
from navigator.fields import Email, Line, YesNo
from navigator.webhooks.events import EVENTS
from navigator.webhooks.hosts import check_address


def _check_address(url: str, info: ValidationInfo) -> str:
    return url if is_stored(info) else check_address(url)


def _check_events(events: list[str], info: ValidationInfo) -> list[str]:
    unknown = [event for event in events if event not in EVENTS]
    if unknown and not is_stored(info):
        raise ValueError(f"There is no event {unknown[0][:50]}. There are: {', '.join(EVENTS)}.")
    return in_order(events)


class WebhookSetting(SettingSchema):
    """Another system that is told, signed, that something happened to a ticket; never what was said."""

    name: Name = Field(title="which system it is")
    url: Annotated[Line, AfterValidator(_check_address)] = Field(title="its address")
    events: Annotated[list[Line], Field(min_length=1, max_length=50), AfterValidator(_check_events)] = Field(
        title="what it is told of"
    )
    is_active: YesNo = Field(default=True, title="whether it is told")
    owner: Email = Field(
        title="who answers for it",
        description="The email address of an administrator of the service, who is told when it fails",
    )
    review_on: date = Field(title="when it is looked at again")

    def shown_values(self) -> dict[str, Any]:
        """What it is told of in the words of the form."""
        words = tuple(EVENTS.get(event, event) for event in self.events)
        return super().shown_values() | {"events": words}
