"""Settings with a unique name: services and programmes, of which patients choose one by its name."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlmodel import Session, col, select

from navigator.administration.lookups import Key
from navigator.administration.schema import SettingSchema
from navigator.administration.setting_kind import SettingKind
from navigator.catalogue.programme import Programme
from navigator.catalogue.service import Service
from navigator.errors import Invalid

_LATER = "names that are looked at later"


@dataclass(frozen=True)
class NamedKind(SettingKind):
    """A kind of setting that gets no name, in capitals or not, which another one has."""

    table: type[Service | Programme] = Service

    def write(self, session: Session, key: Key, setting: SettingSchema | None) -> None:
        """Write it, unless its name is new to it and another one has it."""
        is_new = setting and getattr(self.find(session, key), "name", None) != getattr(setting, "name", "")
        super().write(session, key, setting)
        if is_new and _LATER in session.info:
            session.info[_LATER].append((self, key))
        elif is_new:
            self.require_own_name(session, key)

    def require_own_name(self, session: Session, key: Key) -> None:
        """Refuse a name that another one has: whoever changes settings does so one at a time."""
        id, name = session.exec(select(self.table.id, self.table.name).where(self.table.code == key[0])).one()
        others = session.exec(select(self.table.name).where(col(self.table.id) != id))
        if name.casefold() in {other.casefold() for other in others}:
            words = f"There is a {self.name} called {name} already. Change that one, or choose another."
            raise Invalid("There is a problem", {"name": words})


@contextmanager
def names_looked_at_together(session: Session) -> Iterator[None]:
    """Look at new names once all of them are written: two may swap theirs, or pass them on."""
    later: list[tuple[NamedKind, Key]] = []
    session.info[_LATER] = later
    try:
        yield
        for kind, key in later:
            kind.require_own_name(session, key)
    finally:
        del session.info[_LATER]
