"""Base schema of settings: what a form asks, what a file holds, what the audit log records."""

from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo

from navigator.catalogue.catalogue import catalogue
from navigator.fields import Line

_STORED = {"is_stored": True}


def is_stored(info: ValidationInfo) -> bool:
    """Whether this was accepted once and is only read: what it names may be gone since."""
    return bool(info.context and info.context.get("is_stored"))


def _check_leaf(id: str, info: ValidationInfo) -> str:
    if id and not is_stored(info) and id not in {leaf.id for leaf in catalogue().leaves}:
        raise ValueError(f"There is no category {id}.")
    return id


def _check_group(id: str, info: ValidationInfo) -> str:
    if not is_stored(info) and id not in {group.id for group in catalogue().groups}:
        raise ValueError("Choose where it is listed.")
    return id


Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,40}$")]
Name = Annotated[Line, Field(min_length=1)]
Group = Annotated[Line, AfterValidator(_check_group)]
Leaf = Annotated[Line, AfterValidator(_check_leaf)]


class SettingSchema(BaseModel):
    """The base of all setting schemas: unknown fields are refused.

    Two that mean the same are equal: validation puts in order what has none, and drops what is empty.
    """

    model_config = ConfigDict(extra="forbid", from_attributes=True, hide_input_in_errors=True)

    TICKED: ClassVar[frozenset[str]] = frozenset()
    """The boxes that are ticked in the form of a new one: what most have, and lets nobody in."""

    @classmethod
    def stored(cls, values: object) -> Self:
        """The setting that was stored with these values, in a row or in the audit log."""
        return cls.model_validate(values, context=_STORED)

    @classmethod
    def first_form_values(cls) -> dict[str, Any]:
        """The text and numbers of the form of a new one that count if nobody says otherwise, and TICKED."""
        defaults = {
            name: field.get_default(call_default_factory=True)
            for name, field in cls.model_fields.items()
            if not field.is_required()
        }
        return {
            name: value
            for name, value in defaults.items()
            if isinstance(value, str | int | float) and (name in cls.TICKED or not isinstance(value, bool))
        }

    def form_values(self) -> dict[str, Any]:
        """The values of this setting's form fields."""
        return self.model_dump()

    def shown_values(self) -> dict[str, Any]:
        """The values as a list of changes shows them; of a tuple, the entries that changed alone."""
        return self.form_values()
