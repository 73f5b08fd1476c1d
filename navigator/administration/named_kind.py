"""Settings with a unique name: services and programmes, of which patients choose one by its name."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from navigator.administration.lookups import Key
from navigator.administration.schema import SettingSchema
from navigator.administration.setting_kind import SettingKind
from navigator.catalogue.programme import Programme
from navigator.catalogue.service import Service
from navigator.errors import Invalid


@dataclass(frozen=True)
class NamedKind(SettingKind):
    """A kind of setting that gets no name, in capitals or not, which another one has."""

    table: type[Service | Programme] = Service

    def write(self, session: Session, key: Key, setting: SettingSchema | None) -> None:
        """Write it, unless its name is new to it and another one has it."""
        row, name = self.find(session, key), str(getattr(setting, "name", ""))
        if setting and getattr(row, "name", None) != name:
            is_another = col(self.table.id) != getattr(row, "id", None)
            others = session.exec(select(self.table.name).where(is_another))
            if name.casefold() in {other.casefold() for other in others}:
                words = f"There is a {self.name} called {name} already. Change that one, or choose another."
                raise Invalid("There is a problem", {"name": words})
        super().write(session, key, setting)
