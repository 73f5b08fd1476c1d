"""The shape of a configuration file: programmes, services and categories, put together of their parts."""

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


class KeptOverride(OverrideSetting):
    """An override, and the category that it is for."""

    category: Leaf


class KeptProgramme(ProgrammeSetting):
    """A programme and its overrides."""

    code: Code
    overrides: list[KeptOverride] = Field(default_factory=list)


class KeptContact(ContactSetting):
    """A contact, and the kind of matter that it is for."""

    kind: ContactKind


class KeptReply(ReplySetting):
    """A reply to hand, and its code."""

    code: Code


class KeptArticle(ArticleSetting):
    """An article, and its code."""

    code: Code


class KeptService(NameSetting, HoursSetting, TargetsSetting, AssignmentSetting, OffersSetting):
    """A service with all that it must have before it takes reports."""

    code: Code
    contacts: list[KeptContact] = Field(default_factory=list)
    crisis: CrisisSetting = Field(default_factory=CrisisSetting)
    replies: list[KeptReply] = Field(default_factory=list)


class KeptCategory(CategorySetting):
    """A category in own words, and its id."""

    id: Line


class Configuration(SettingSchema):
    """The whole file."""

    categories: list[KeptCategory] = Field(default_factory=list)
    programmes: list[KeptProgramme] = Field(default_factory=list)
    articles: list[KeptArticle] = Field(default_factory=list)
    services: list[KeptService] = Field(default_factory=list)

    @model_validator(mode="after")
    def _programmes_exist(self) -> "Configuration":
        known = {programme.code for programme in self.programmes}
        for service in self.services:
            if unknown := set(service.programmes) - known:
                raise ValueError(f"{service.code} names programmes that the file lacks: {', '.join(unknown)}")
        return self


def parse(text: str) -> Configuration:
    """A file's configuration; refused with every fault, each with its line."""
    try:
        return Configuration.model_validate(yaml.safe_load(text) or {})
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        raise Invalid(f"line {mark.line + 1 if mark else '?'}: this is not YAML") from None
    except ValidationError as wrong:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        faults = (_fault(root, error["loc"], error["msg"]) for error in wrong.errors())
        raise Invalid("; ".join(faults)) from None


def _fault(root: yaml.Node | None, loc: tuple[int | str, ...], said: str) -> str:
    """One fault with the line of the nearest thing that the file holds."""
    node, line = root, 1
    for step in loc:
        node = _below(node, step)
        if node is None:
            break
        line = node.start_mark.line + 1
    return f"line {line}: {'.'.join(map(str, loc)) or 'file'}: {said.removeprefix('Value error, ')}"


def _below(node: yaml.Node | None, step: int | str) -> Any:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step]
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(step)), None)
    return None
