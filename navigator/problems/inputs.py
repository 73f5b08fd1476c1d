"""Input models for problems, the same for pages and the API."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from navigator import clock
from navigator.catalogue.catalogue import catalogue
from navigator.fields import Day, Id, Input, Line, LongText, RequiredText, Version, YesNo
from navigator.problems.problem import ProblemStatus
from navigator.tickets.confirmed_words import ConfirmedWords

RequiredLine = Annotated[Line, Field(min_length=1)]


def _split_numbers(value: object) -> object:
    """Split the ticket numbers that a form sends as one line, "none" where it showed none."""
    if not isinstance(value, list):
        return value
    parts = [part for item in value for part in (item.split() if isinstance(item, str) else [item])]
    return [part for part in parts if part != "none"]


Numbers = Annotated[list[Id], Field(max_length=10_000), BeforeValidator(_split_numbers)]


class ProblemInput(Input):
    """The editable fields of a problem; none of them is about a person."""

    title: RequiredLine = Field(title="a title")
    category: RequiredLine = Field(title="what kind of problem it is")
    known: LongText = Field(default="", title="what is known")
    versions: Line = Field(default="", title="the versions")
    steps: LongText = Field(default="", title="the steps")
    expected: LongText = Field(default="", title="what should happen")
    actual: LongText = Field(default="", title="what happens instead")
    workaround: LongText = Field(default="", title="the workaround")
    supplier_reference: Line = Field(default="", title="the supplier’s reference")
    reported_to_supplier_on: date | None = Field(default=None, title="the date it was reported")
    supplier_due_on: date | None = Field(default=None, title="the date the supplier gave")
    severity: Annotated[int, Field(ge=1, le=4)] | None = Field(
        default=None, title="the severity", description="That of the contract: 1 is the worst; null: not said"
    )
    is_public: YesNo = False
    version: Version = None

    @field_validator("category")
    @classmethod
    def _is_a_category(cls, value: str) -> str:
        if value not in {category.id for category in catalogue().leaves}:
            raise ValueError("Choose what kind of problem it is")
        return value


class NewProblemInput(ProblemInput):
    """A new problem: also its service and programme, which cannot be changed later."""

    service: RequiredLine = Field(title="the service")
    programme: RequiredLine = Field(title="the programme")


class OutageInput(ConfirmedWords):
    """The suggested outage to open or extend, by its programme and category, and what those who join read."""

    programme: RequiredLine
    category: RequiredLine


class UpdateInput(Input):
    """An update for the reporters of all linked tickets; `tickets` are those shown before sending."""

    body: RequiredText = Field(title="what they will read")
    tickets: Numbers | None = None
    version: Version = None


class StatusInput(Input):
    """A problem's new status; when a fix is released, also what linked reporters read."""

    status: ProblemStatus = Field(json_schema_extra={"words": "Choose how far it has come"})
    body: LongText = Field(default="", title="what they will read")
    tickets: Numbers | None = None
    version: Version = None

    @property
    def lacks_body(self) -> bool:
        """Whether the text for linked reporters is missing though a fix is released."""
        return self.status is ProblemStatus.RELEASED and not self.body


class SendInput(Input):
    """That a problem goes to its supplier now; once more only where somebody says so."""

    again: YesNo = Field(default=False, title="that it goes once more")
    version: Version = None


class SaidInput(Input):
    """What the supplier said, and on which day; a promise has a day to come."""

    kind: Literal["acknowledged", "answered", "promised"] = Field(
        title="what they did", json_schema_extra={"words": "Choose what they did"}
    )
    happened_on: Day = Field(title="the day on which they did")
    due_on: Day | None = Field(default=None, title="the day that they promised", validate_default=True)
    body: LongText = Field(default="", title="what they said")
    version: Version = None

    @field_validator("happened_on")
    @classmethod
    def _has_been(cls, value: date) -> date:
        if value > clock.today():
            raise ValueError("This day is still to come.")
        return value

    @field_validator("due_on")
    @classmethod
    def _only_promises(cls, value: date | None, info: ValidationInfo) -> date | None:
        if info.data.get("kind") == "promised" and value is None:
            raise ValueError("Enter the day that they promised")
        return value if info.data.get("kind") == "promised" else None
