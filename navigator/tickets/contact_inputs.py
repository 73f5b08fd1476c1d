"""Input models of what is changed about a reporter after a report: how they are reached, and their links."""

from typing import Any

from pydantic import Field, field_validator

from navigator.fields import Code, Input, Version, YesNo
from navigator.languages import is_offered
from navigator.people.access_needs import AccessNeeds
from navigator.people.quiet_hours import Hour
from navigator.tickets.report_input import ContactMethodInput, QuietUntilHour


class ChangeContactInput(ContactMethodInput):
    """How to reach a reporter from now on, and whether that is safe."""

    is_safe: YesNo = Field(json_schema_extra={"words": "Choose if it is safe"})
    version: Version = None

    def columns(self) -> dict[str, Any]:
        """The values by the columns of a reporter."""
        return {
            "contact_method": self.route,
            "email": self.email,
            "phone": self.phone,
            "is_safe_to_contact": self.is_safe,
            "other_is_safe": self.is_safe and self.other_is_safe,
        }


class HowReachedInput(Input):
    """When a reporter is not to be texted or phoned, their language, and what would help them."""

    quiet_from_hour: Hour | None = Field(default=None, title="the hour from which we should not disturb you")
    quiet_until_hour: QuietUntilHour = Field(
        default=None, title="the hour until which we should not disturb you", validate_default=True
    )
    page_language: Code = Field(default="", title="your language")
    access_needs: AccessNeeds = Field(default_factory=list, title="what would help you")

    @field_validator("page_language")
    @classmethod
    def _is_offered(cls, value: str) -> str:
        if value and not is_offered(value):
            raise ValueError("Choose a language from the list")
        return value


class EndLinksInput(Input):
    """That all private links to a ticket end, as it was seen."""

    version: Version = None
