"""Schema of a configuration file: programmes, services and categories, composed of their settings."""

from typing import Any

import yaml
from pydantic import Field, ValidationError, model_validator

from navigator.administration.programme_schemas import (
    ArticleSetting,
    CategorySetting,
    OverrideSetting,
    ProgrammeSetting,
    ReplySetting,
)
from navigator.administration.routing_schemas import AssignmentSetting
from navigator.administration.schema import Code, Leaf, SettingSchema
from navigator.administration.service_schemas import (
    ContactSetting,
    CrisisSetting,
    HoursSetting,
    NameSetting,
    OffersSetting,
    TargetsSetting,
)
from navigator.catalogue.contact import ContactKind
from navigator.errors import Invalid
from navigator.fields import Line


class OverrideEntry(OverrideSetting):
    """An override, and the category that it is for."""

    category: Leaf


class ProgrammeEntry(ProgrammeSetting):
    """A programme and its overrides."""

    code: Code
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


class ServiceEntry(NameSetting, HoursSetting, TargetsSetting, AssignmentSetting, OffersSetting):
    """A service with all that it must have before it takes reports."""

    code: Code
    contacts: list[ContactEntry] = Field(default_factory=list)
    crisis: CrisisSetting = Field(default_factory=CrisisSetting)
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
    """Parse a configuration file; refused with every error, each with its line."""
    try:
        return Configuration.model_validate(yaml.safe_load(text) or {})
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise Invalid(f"line {mark.line + 1 if mark else '?'}: this is not YAML") from None
    except ValidationError as error:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        messages = (_error_text(root, fault["loc"], fault["msg"]) for fault in error.errors())
        raise Invalid("; ".join(messages)) from None
    except (ValueError, RecursionError):  # what PyYAML's own constructors raise
        raise Invalid("the file holds a date or a number that is none, or is nested too deep") from None


def _error_text(root: yaml.Node | None, loc: tuple[int | str, ...], message: str) -> str:
    """One error with the line of the nearest node in the file."""
    node, line = root, 1
    for step in loc:
        node = _child(node, step)
        if node is None:
            break
        line = node.start_mark.line + 1
    return f"line {line}: {'.'.join(map(str, loc)) or 'file'}: {message.removeprefix('Value error, ')}"


def _child(node: yaml.Node | None, step: int | str) -> Any:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step]
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(step)), None)
    return None
