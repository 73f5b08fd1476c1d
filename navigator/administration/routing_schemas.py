"""Schemas of the settings of assignment and of routing rules for new tickets."""

from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from navigator.administration.field_formats import in_order
from navigator.administration.schema import Name, SettingSchema, is_stored
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.contact import ContactKind
from navigator.catalogue.service import DraftPolicy
from navigator.fields import Email, Line, YesNo


class AssignmentSetting(SettingSchema):
    """How the desk assigns, how long what is sent waits, and what becomes of words of risk in drafts."""

    assigns_at_once: YesNo = Field(default=True, title="assigning at once")
    undo_seconds: Annotated[int, Field(ge=0, le=60)] = Field(
        default=10,
        title="seconds to take back what was sent",
        description="So long what staff send from the page of a ticket waits; 0 sends at once",
    )
    full_time_hours: Annotated[float, Field(ge=10, le=60)] = Field(
        default=37.5, title="hours a week of full-time work"
    )
    draft_policy: DraftPolicy = Field(default=DraftPolicy.HELP_ONLY, title="words of risk that are not sent")
    draft_policy_owner: Line = Field(default="", title="who decided this")


def _check_leaf_or_group(id: str, info: ValidationInfo) -> str:
    tree = catalogue()
    if (
        id
        and not is_stored(info)
        and id not in {leaf.id for leaf in tree.leaves} | {group.id for group in tree.groups}
    ):
        raise ValueError(f"There is no category {id}.")
    return id


class RuleSetting(SettingSchema):
    """A rule: what is empty fits any; people by email address, or a contact. Lower positions come first."""

    title: Name = Field(title="a name for the rule")
    position: Annotated[int, Field(ge=1, le=99)] = Field(title="its place in the order")
    category: Annotated[Line, AfterValidator(_check_leaf_or_group)] = Field(default="", title="category")
    programme: Line = Field(default="", title="programme", description="Its code; empty means any")
    language: Line = Field(default="", title="language", description="Empty means any")
    people: Annotated[list[Email], AfterValidator(in_order), Field(max_length=50)] = Field(
        default_factory=list, title="people", description="Email addresses of navigators of the service"
    )
    contact: ContactKind | None = Field(default=None, title="contact")

    @model_validator(mode="after")
    def _check_target(self) -> "RuleSetting":
        if bool(self.people) == bool(self.contact):
            raise ValueError("Choose people, or a contact: one of the two.")
        return self
