"""Schema of a configuration file: programmes, services and categories, composed of their settings."""

from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError, model_validator

from navigator.administration.device_schemas import DeviceNeedsSetting
from navigator.administration.follow_up_schema import FollowUpSetting
from navigator.administration.inclusion_schemas import InclusionOffersSetting, UsabilityRoundsSetting
from navigator.administration.programme_schemas import (
    ArticleSetting,
    CategorySetting,
    OverrideSetting,
    ProgrammeSetting,
    ReplySetting,
)
from navigator.administration.record_schemas import PrivacySetting, RetentionSetting
from navigator.administration.routing_schemas import AssignmentSetting
from navigator.administration.schema import Code, Leaf, SettingSchema
from navigator.administration.service_schemas import (
    CallsSetting,
    ContactSetting,
    CrisisSetting,
    HoursSetting,
    MinuteCostSetting,
    NameSetting,
    OffersSetting,
    TargetsSetting,
)
from navigator.administration.supplier_schema import SupplierSetting
from navigator.catalogue.contact import ContactKind
from navigator.catalogue.retention_period import RECORD_CLASSES
from navigator.errors import Invalid
from navigator.fields import Line
from navigator.safe_yaml import MAX_CHARACTERS, read_yaml

MAX_ERRORS = 20
MAX_QUOTED = 200
"""Characters of what is said of one error: it may quote the file."""


RecordClassCode = Literal[*RECORD_CLASSES]  # type: ignore[valid-type]


class OverrideEntry(OverrideSetting):
    """An override, and the category that it is for."""

    category: Leaf


class ProgrammeEntry(ProgrammeSetting):
    """A programme, what it needs of a phone, what is set for its supplier, and its overrides."""

    code: Code
    device_needs: DeviceNeedsSetting | None = None
    supplier_terms: SupplierSetting | None = None
    overrides: list[OverrideEntry] = Field(default_factory=list)


class ContactEntry(ContactSetting):
    """A contact, and the kind of matter that it is for."""

    kind: ContactKind


class ReplyEntry(ReplySetting):
    """A reply to hand, and its code."""

    code: Code


class ArticleEntry(ArticleSetting):
    """An article, and its code."""

    code: Code


class RetentionEntry(RetentionSetting):
    """How long a class of record is kept, and which class."""

    record_class: RecordClassCode


class ServiceEntry(
    NameSetting,
    HoursSetting,
    TargetsSetting,
    AssignmentSetting,
    CallsSetting,
    MinuteCostSetting,
    FollowUpSetting,
    OffersSetting,
):
    """A service with all that it must have before it takes reports."""

    code: Code
    contacts: list[ContactEntry] = Field(default_factory=list)
    crisis: CrisisSetting = Field(default_factory=CrisisSetting)
    privacy: PrivacySetting | None = None
    retention: list[RetentionEntry] = Field(default_factory=list)
    inclusion: InclusionOffersSetting | None = None
    usability: UsabilityRoundsSetting | None = None
    replies: list[ReplyEntry] = Field(default_factory=list)


class CategoryEntry(CategorySetting):
    """A category with custom wording, or a custom category, and its id."""

    id: Line


class Configuration(SettingSchema):
    """The whole configuration file."""

    categories: list[CategoryEntry] = Field(default_factory=list)
    programmes: list[ProgrammeEntry] = Field(default_factory=list)
    articles: list[ArticleEntry] = Field(default_factory=list)
    services: list[ServiceEntry] = Field(default_factory=list)

    @model_validator(mode="after")
    def _check_programmes(self) -> "Configuration":
        known = {programme.code for programme in self.programmes}
        for service in self.services:
            if unknown := set(service.programmes) - known:
                raise ValueError(f"{service.code} names programmes that the file lacks: {', '.join(unknown)}")
        return self


def parse_configuration(text: str) -> Configuration:
    """Parse a configuration file; refused with its errors, each with its line."""
    document = read_yaml(text)
    try:
        return Configuration.model_validate(document.data or {})
    except ValidationError as error:
        faults = error.errors()
        messages = [_error_text(document.root, fault["loc"], fault["msg"]) for fault in faults[:MAX_ERRORS]]
        more = [f"and {len(faults) - MAX_ERRORS} more"] if len(faults) > MAX_ERRORS else []
        raise Invalid("; ".join([*messages, *more])) from None


def read_configuration(file: Path) -> Configuration:
    """Parse a configuration file of the machine."""
    if file.stat().st_size > 4 * MAX_CHARACTERS:
        raise Invalid(f"the file is too long: at most {MAX_CHARACTERS:,} characters are read")
    try:
        return parse_configuration(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise Invalid("the file is not text in UTF-8") from None


def _error_text(root: yaml.Node | None, loc: tuple[int | str, ...], message: str) -> str:
    """One error with the line of the nearest node in the file."""
    node, line = root, 1
    for step in loc:
        node = _child(node, step)
        if node is None:
            break
        line = node.start_mark.line + 1
    where = ".".join(map(str, loc))[:MAX_QUOTED] or "file"
    return f"line {line}: {where}: {message.removeprefix('Value error, ')[:MAX_QUOTED]}"


def _child(node: yaml.Node | None, step: int | str) -> Any:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step]
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(step)), None)
    return None
