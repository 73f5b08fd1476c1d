"""Input models of what keeps somebody out, and of what they are offered instead."""

from pydantic import Field

from navigator.fields import Code, ComingDay, Input, Version
from navigator.people.access_needs import AccessNeeds
from navigator.tickets.enums import OfferState


class NeedsInput(Input):
    """What a reporter needs, by the codes of the table of needs: all of it, as it is now."""

    access_needs: AccessNeeds = Field(default_factory=list, title="what they need")
    version: Version = None


class OfferInput(Input):
    """What is offered, of the things that the service has; and that it was used, or came back."""

    kind: Code = Field(
        min_length=1, title="what is offered", json_schema_extra={"words": "Choose what you offer"}
    )
    state: OfferState = OfferState.GIVEN
    due_on: ComingDay | None = Field(
        default=None, title="the day by which it comes back", description="Null: it is not lent"
    )
    version: Version = None
