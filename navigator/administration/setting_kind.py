"""One kind of setting: its schema, how its row is found, made, read and written, and its title."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from navigator.administration.field_formats import slug
from navigator.administration.lookups import Key
from navigator.administration.schema import SettingSchema
from navigator.database import Table


@dataclass(frozen=True)
class SettingKind:
    """One kind of setting; it can be deleted if `deletable`; its keys have `key_length` parts.

    Of an `is_collection` kind there are as many as were created; of any other one for each key.
    """

    name: str
    title: str
    schema: type[SettingSchema]
    find: Callable[[Session, Key], Table | None]
    create: Callable[[Session, Key], Table]
    of_service: bool = True
    deletable: bool = False
    key_length: int = 1
    is_collection: bool = False

    def code_for(self, setting: SettingSchema) -> str:
        """The code of a new setting: the slug of its name, which is its first field."""
        return slug(str(getattr(setting, next(iter(self.schema.model_fields)))))

    def defaults(self) -> SettingSchema | None:
        """The setting to begin with where nothing is set; None where a field has no default."""
        has_required = any(field.is_required() for field in self.schema.model_fields.values())
        return None if has_required else self.schema()

    def form_values(self, setting: SettingSchema | None) -> dict[str, Any]:
        """The values of the form: those of the setting, or what a new one begins with."""
        initial = setting or self.defaults()
        return initial.form_values() if initial else self.schema.first_form_values()

    def read(self, session: Session, key: Key) -> SettingSchema | None:
        """The setting as it is now, None for nothing."""
        row = self.find(session, key)
        return self.schema.stored(row) if row else None

    def write(self, session: Session, key: Key, setting: SettingSchema | None) -> None:
        """Write the setting, or delete it with None."""
        row = self.find(session, key)
        if setting is None:
            session.delete(row)
        else:
            row = row or self.create(session, key)
            for name, value in column_values(setting).items():
                setattr(row, name, value)
            session.add(row)
        session.flush()


def column_values(setting: SettingSchema) -> dict[str, Any]:
    """The values of a setting as columns hold them: what is in a list or a mapping as JSON."""
    as_json, values = setting.model_dump(mode="json"), setting.model_dump()
    return {name: as_json[name] if isinstance(values[name], list | dict) else values[name] for name in values}
