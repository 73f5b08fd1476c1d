"""Diff of two settings, field by field, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from navigator.administration.field_formats import to_text
from navigator.administration.schema import SettingSchema
from navigator.administration.setting_words import Words, in_words


@dataclass(frozen=True)
class Difference:
    """One field of a diff: what it was and what it will be, in words."""

    title: str
    before: str
    after: str


def differences(
    before: SettingSchema | None, after: SettingSchema | None, words: Mapping[str, Words]
) -> Iterator[Difference]:
    """The diff of two settings: every field that is not as it was, with the words for codes by field."""
    old_values, new_values = (setting.shown_values() if setting else {} for setting in (before, after))
    fields = type(after or before or SettingSchema()).model_fields
    for name, field in fields.items():
        changed = _changed_part(old_values.get(name), new_values.get(name))
        old, new = (to_text(in_words(value, words.get(name, {}))) for value in changed)
        if old != new:
            title = field.title or name.replace("_", " ")
            yield Difference(title[:1].upper() + title[1:], old, new)


def _changed_part(old: Any, new: Any) -> tuple[Any, Any]:
    """Of two tuples what is not in both; all of them where only their order changed."""
    if not (isinstance(old, tuple) and isinstance(new, tuple)):
        return old, new
    gone, come = [one for one in old if one not in new], [one for one in new if one not in old]
    return (gone, come) if gone or come else (old, new)
