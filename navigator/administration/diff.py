"""What a change changes, field by field, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from navigator.administration.field_formats import in_words
from navigator.administration.schema import SettingSchema


@dataclass(frozen=True)
class Difference:
    """What one field was and what it will be, in words."""

    title: str
    before: str
    after: str


def differences(before: SettingSchema | None, after: SettingSchema | None) -> Iterator[Difference]:
    """Every field that is not as it was, in words."""
    was, will = (part.boxes() if part else {} for part in (before, after))
    fields = type(after or before or SettingSchema()).model_fields
    for name, field in fields.items():
        old, new = in_words(was.get(name)), in_words(will.get(name))
        if old != new:
            title = field.title or name.replace("_", " ")
            yield Difference(title[:1].upper() + title[1:], old, new)
