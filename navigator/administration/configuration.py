"""The shape of a configuration file: services, contacts, wording, programmes and overrides, each checked."""

from datetime import date
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from navigator.catalogue.categories import Fixability, catalogue
from navigator.catalogue.crisis import printed_card
from navigator.catalogue.place import WEEKDAYS, ContactKind, Division, DraftPolicy
from navigator.catalogue.working_time import WorkingCalendar
from navigator.errors import Invalid
from navigator.tickets.deadlines import Targets
from navigator.tickets.inputs import Email, Line, Words

Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,40}$")]


class Part(BaseModel):
    """The parent of all parts of the file: unknown names are refused."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class ContactPart(Part):
    """A named role with an address and hours."""

    kind: ContactKind
    role_name: Annotated[Line, Field(min_length=1)]
    email: Email = ""
    phone: Line = ""
    hours: Line = ""


class CrisisPart(Part):
    """What a service shows people in crisis, who reviewed it, and until when."""

    owner: Line = ""
    review_on: date | None = None
    lines: list[dict[str, str]] = Field(default_factory=lambda: printed_card().lines)

    @model_validator(mode="after")
    def _is_safe(self) -> "CrisisPart":
        for line in self.lines:
            if not {"when", "do", "short"} <= line.keys():
                raise ValueError("each line of the crisis wording needs when, do and short")
            if "text" in line and "samaritans" in " ".join(line.values()).lower():
                raise ValueError("Samaritans have no text number: that line closed in February 2020")
        return self


class OverridePart(Part):
    """Who can fix one leaf in this programme, when it differs from the catalogue."""

    category: Line
    fixability: Fixability
    reason: Words
    next_step: Words = ""
    usual_fix: Words = ""
    workaround: Words = ""
    verified_on: date | None = None
    verified_by: Line = ""

    @model_validator(mode="after")
    def _is_a_leaf(self) -> "OverridePart":
        if self.category not in {leaf.id for leaf in catalogue().leaves}:
            raise ValueError(f"there is no category {self.category}")
        return self


class ProgrammePart(Part):
    """An online programme and its overrides."""

    code: Code
    name: Annotated[Line, Field(min_length=1)]
    supplier: Line = ""
    overrides: list[OverridePart] = Field(default_factory=list)


class ServicePart(Part):
    """A service with all that it must have before it takes reports."""

    code: Code
    name: Annotated[Line, Field(min_length=1)]
    division: Division = Division.ENGLAND_AND_WALES
    hours: dict[str, list[str]] = Field(default_factory=lambda: dict(WEEKDAYS))
    closed_days: list[date] = Field(default_factory=list)
    open_days: list[date] = Field(default_factory=list)
    targets: dict[str, list[float]] = Field(default_factory=dict)
    alert_minutes: Annotated[list[int], Field(min_length=1, max_length=5)] = [15, 30, 60]
    quiet_days: Annotated[int, Field(ge=1, le=90)] = 10
    assigns_at_once: bool = True
    draft_policy: DraftPolicy = DraftPolicy.HELP_ONLY
    draft_policy_owner: Line = ""
    contacts: list[ContactPart] = Field(default_factory=list)
    crisis: CrisisPart = Field(default_factory=CrisisPart)
    programmes: list[Code] = Field(default_factory=list)

    @model_validator(mode="after")
    def _can_be_reckoned_with(self) -> "ServicePart":
        closed, opened = ([day.isoformat() for day in days] for days in (self.closed_days, self.open_days))
        WorkingCalendar.from_settings(self.hours, self.division, closed, opened)
        Targets.from_settings(self.targets)
        if self.alert_minutes != sorted(set(self.alert_minutes)):
            raise ValueError("alert_minutes must grow from one to the next")
        return self


class Configuration(Part):
    """The whole file."""

    programmes: list[ProgrammePart] = Field(default_factory=list)
    services: list[ServicePart] = Field(default_factory=list)

    @model_validator(mode="after")
    def _programmes_exist(self) -> "Configuration":
        known = {programme.code for programme in self.programmes}
        for service in self.services:
            if unknown := set(service.programmes) - known:
                raise ValueError(f"{service.code} names programmes that the file lacks: {', '.join(unknown)}")
        return self


def parse(text: str) -> Configuration:
    """A file's configuration; refused with every fault and where it is."""
    try:
        return Configuration.model_validate(yaml.safe_load(text) or {})
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        raise Invalid(f"line {mark.line + 1 if mark else '?'}: this is not YAML") from None
    except ValidationError as wrong:
        faults = (f"{'.'.join(map(str, one['loc'])) or 'file'}: {one['msg']}" for one in wrong.errors())
        raise Invalid("; ".join(faults)) from None
