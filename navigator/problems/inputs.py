"""What staff send about problems: plain validated shapes, the same through every door."""

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator

from navigator.catalogue.catalogue import catalogue
from navigator.fields import Id, Input, Line, LongText, RequiredText, Version
from navigator.problems.problem import ProblemStatus

Given = Annotated[Line, Field(min_length=1)]


def _none(value: object) -> object:
    return None if value == "none" else value


def _one_by_one(value: object) -> object:
    """A form sends the numbers that it showed as one line, "none" where it showed none."""
    if not isinstance(value, list):
        return value
    parts = [part for one in value for part in (one.split() if isinstance(one, str) else [one])]
    return [part for part in parts if part != "none"]


Numbers = Annotated[list[Id], Field(max_length=10_000), BeforeValidator(_one_by_one)]


class ProblemInput(Input):
    """What is known of a problem; nothing of it is about a person."""

    title: Given = Field(title="a title")
    category: Given = Field(title="what kind of problem it is")
    known: LongText = Field(default="", title="what is known")
    workaround: LongText = Field(default="", title="the workaround")
    supplier_reference: Line = Field(default="", title="the supplier’s reference")
    reported_to_supplier_on: date | None = Field(default=None, title="the date it was reported")
    supplier_due_on: date | None = Field(default=None, title="the date the supplier gave")
    is_public: bool = False
    version: Version = None

    @field_validator("category")
    @classmethod
    def _is_a_leaf(cls, value: str) -> str:
        if value not in {leaf.id for leaf in catalogue().leaves}:
            raise ValueError("Choose what kind of problem it is")
        return value


class OpenInput(ProblemInput):
    """A new problem: where it was found, which stays as it is."""

    service: Given = Field(title="the service")
    programme: Given = Field(title="the programme")


class OutageInput(Input):
    """Which reports alike are one outage, by the codes of their programme and their kind."""

    programme: Given
    category: Given


class LinkInput(Input):
    """The problem that lies behind a ticket; none takes the link away."""

    problem_id: Annotated[Id | None, BeforeValidator(_none)] = Field(
        json_schema_extra={"words": "Choose a problem, or “None of these”"}
    )
    version: Version = None


class UpdateInput(Input):
    """News for everybody whose ticket is linked; `tickets` are those that were shown before sending."""

    body: RequiredText = Field(title="what they will read")
    tickets: Numbers | None = None
    version: Version = None


class StatusInput(Input):
    """How far a problem has come; when a fix is released, also what linked reporters read."""

    status: ProblemStatus = Field(json_schema_extra={"words": "Choose how far it has come"})
    body: LongText = Field(default="", title="what they will read")
    tickets: Numbers | None = None
    version: Version = None

    @property
    def lacks_words(self) -> bool:
        """Whether a fix is released, and nothing is said yet to those who wait for it."""
        return self.status is ProblemStatus.RELEASED and not self.body
