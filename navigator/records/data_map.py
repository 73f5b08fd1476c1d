"""Data map: what is stored in each table, whose it is, why, how long, and what erasing a person does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from sqlalchemy import JSON, Table
from sqlalchemy import String as Text
from sqlmodel import AutoString

from navigator.catalogue.retention_period import RECORD_CLASSES
from navigator.database import Table as AnyTable

FILE = Path(__file__).with_name("data_map.yaml")

_FOUND_BY_OTHERS = ("answered", "letter", "card", "subscriber")
"""Ways by which rows are found that go through a card or a reporter: asked while those still say who."""


@dataclass(frozen=True)
class FixedClass:
    """A class of record whose period the desk sets itself: whose it is, why it is kept, how long."""

    title: str
    whose: str
    why: str
    how_long: str


@dataclass(frozen=True)
class Place:
    """A table: its class, what stands in it, how rows belong to a ticket, and what erasing does to them.

    `stays` says why what names somebody in it is found and shown, and never changed.
    """

    table: str
    record_class: str
    holds: str
    of: str = ""
    own: Literal["empty", "delete", "keep", ""] = ""
    stays: str = ""
    words: tuple[str, ...] = ()
    clear: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()

    @property
    def rows(self) -> Table:
        """The table as the database has it."""
        return AnyTable.metadata.tables[self.table]

    @property
    def personal(self) -> tuple[str, ...]:
        """The columns that may name or quote a person."""
        return self.words + self.clear


@dataclass(frozen=True)
class Described:
    """A class of record in words: what, whose, why and how long."""

    title: str
    whose: str
    why: str
    how_long: str


@cache
def places() -> Mapping[str, Place]:
    """Every table of the data map, by its name."""
    found = {}
    for name, entry in _file()["tables"].items():
        columns: dict[str, Any] = {key: tuple(entry.pop(key, ())) for key in ("words", "clear", "codes")}
        found[name] = Place(table=name, record_class=entry.pop("class"), **entry, **columns)
    return found


@cache
def fixed_classes() -> Mapping[str, FixedClass]:
    """The classes whose period the desk sets itself, by code."""
    return {code: FixedClass(**words) for code, words in _file()["classes"].items()}


def _file() -> Any:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def searched() -> Sequence[Place]:
    """The places whose columns may name or quote a person."""
    return [place for place in places().values() if place.personal]


def of_tickets() -> Sequence[Place]:
    """The places whose rows belong to tickets, those that are found by others first."""
    order = {table.name: nth for nth, table in enumerate(AnyTable.metadata.sorted_tables)}
    found = [place for place in places().values() if place.of]
    return sorted(found, key=lambda place: (_turn(place), -order[place.table]))


def _turn(place: Place) -> int:
    return _FOUND_BY_OTHERS.index(place.of) if place.of in _FOUND_BY_OTHERS else len(_FOUND_BY_OTHERS)


def text_columns(table: Table) -> list[str]:
    """The columns of a table that hold text or JSON."""
    return [column.name for column in table.columns if isinstance(column.type, AutoString | Text | JSON)]


def described(record_class: str) -> Described:
    """A class in words; of those that a service sets, what holds until it does."""
    if fixed := fixed_classes().get(record_class):
        return Described(fixed.title, fixed.whose, fixed.why, fixed.how_long)
    each = RECORD_CLASSES[record_class]
    how_long = f"{each.days} days, unless the service decides" if each.days else "Until the service decides"
    whose = "patients, and practitioners who report"
    return Described(each.title, whose, WHY[record_class], f"{how_long}; counted from {each.counts_from}")


WHY: Mapping[str, str] = {
    "ticket": "To put a problem right, and to show later how it was dealt with",
    "review": "So that a clinician reads what may be about harm, and their outcome stands",
    "attachment": "To see what somebody saw",
    "call": "So that nobody is asked the same twice",
    "mail_in": "So that what somebody wrote can be read as it came, while it may be doubted",
    "mail": "So that nothing is sent twice, and what did not arrive is seen",
    "draft": "So that staff do not lose what they began",
}
