"""What the API takes and gives, where that is more than the desk's own inputs."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    computed_field,
    field_validator,
)

from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.enums import Fixability, fixable
from navigator.fields import Line
from navigator.people.reporter import reference
from navigator.tickets.enums import CallDirection, CallOutcome, CallPurpose
from navigator.tickets.inputs import OutcomeInput, ReportInput, SeenInput
from navigator.tickets.ticket import Action, Status
from navigator.tickets.triage import NEVER

Due = Annotated[
    datetime | None,
    BeforeValidator(lambda at: None if at == NEVER else at),
    Field(description="The earlier of the target and the session guard; null while neither runs"),
]


class ReportBody(ReportInput):
    """A problem as somebody tells it: `text` or `category` is needed."""

    @field_validator("answers")
    @classmethod
    def _were_asked(cls, answers: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        asked = _questions(info.data.get("category"))
        for id, value in answers.items():
            if id not in asked or asked[id].option(value) is None:
                raise ValueError("Answer the questions of the category, with their options.")
        return answers


def _questions(category: str | None) -> dict[str, Any]:
    try:
        return {question.id: question for question in catalogue().category(category or "").questions}
    except KeyError:
        return {}


class Signed(SeenInput):
    """A key is nobody: who of the staff did this."""

    by: Annotated[Line, Field(min_length=1)]


class SignedOutcome(OutcomeInput, Signed):
    """What the named clinician did, in words."""


class Out(BaseModel):
    """The parent of what is made from the desk's own objects."""

    model_config = ConfigDict(from_attributes=True, hide_input_in_errors=True)


class Named(Out):
    """A service or a programme."""

    code: str
    name: str


class Verdict(Out):
    """Who can put a ticket right; `fixable` is null when that is not known or nothing is to be put right."""

    category: str | None
    fixability: Fixability | None

    @computed_field
    def fixable(self) -> bool | None:
        """Whether somebody in the service can."""
        return fixable(self.fixability) if self.fixability else None


class TicketState(Verdict):
    """Where a ticket stands."""

    number: int
    version: int
    status: Status
    due_at: Due
    updated_at: datetime

    @computed_field
    def reference(self) -> str:
        """What people say on the phone."""
        return reference(self.number)


class Change(Out):
    """That something was done to a ticket."""

    version: int
    action: Action
    by: Annotated[str, Field(validation_alias="actor_name")]
    at: datetime = Field(validation_alias="created_at")
    from_status: Status | None
    to_status: Status


class HandOverOut(Out):
    """That a clinician must read a ticket; only a clinician's outcome in words ends it."""

    id: int
    ticket_number: int
    opened_at: datetime
    opened_by: str = Field(validation_alias="requested_by")
    why: list[str] = Field(validation_alias="reasons")
    reach_by: str = Field(validation_alias="contact_note")
    alerts: int
    acknowledged_at: datetime | None
    ended_at: datetime | None
    outcome: str


class Called(Out):
    """A phone call that was made, taken or tried."""

    at: datetime = Field(validation_alias="created_at")
    came: CallOutcome = Field(validation_alias="outcome")
    responsibility: CallPurpose = Field(validation_alias="purpose")
    started_by: CallDirection = Field(validation_alias="direction")
    minutes: int | None


class PassedTo(Out):
    """The service's named contact that this goes to."""

    kind: str
    role_name: str
    email: str
    phone: str
    hours: str
