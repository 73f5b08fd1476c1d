"""Input models of what is changed about a reporter after a report: how they are reached, and their links."""

from typing import Any

from pydantic import Field

from navigator.fields import Input, Version
from navigator.tickets.report_input import ContactMethodInput


class ChangeContactInput(ContactMethodInput):
    """How to reach a reporter from now on, and whether that is safe."""

    is_safe: bool = Field(json_schema_extra={"words": "Choose if it is safe"})
    version: Version = None

    def columns(self) -> dict[str, Any]:
        """The values by the columns of a reporter."""
        return {
            "contact_method": self.route,
            "email": self.email,
            "phone": self.phone,
            "is_safe_to_contact": self.is_safe,
        }


class EndLinksInput(Input):
    """That all private links to a ticket end, as it was seen."""

    version: Version = None
