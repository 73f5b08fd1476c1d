"""Diff of two settings, field by field, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from navigator.administration.field_formats import to_text
from navigator.administration.schema import SettingSchema


@dataclass(frozen=True)
class Difference:
    """One field of a diff: what it was and what it will be, in words."""

    title: str
    before: str
    after: str


def differences(before: SettingSchema | None, after: SettingSchema | None) -> Iterator[Difference]:
    """The diff of two settings: every field that is not as it was."""
    old_values, new_values = (setting.form_values() if setting else {} for setting in (before, after))
    fields = type(after or before or SettingSchema()).model_fields
    for name, field in fields.items():
        old, new = to_text(old_values.get(name)), to_text(new_values.get(name))
        if old != new:
            title = field.title or name.replace("_", " ")
            yield Difference(title[:1].upper() + title[1:], old, new)
