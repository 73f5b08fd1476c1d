"""Rows of tables for who only reads them: as the ORM gives them, past its session, in half of the time."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Self

from sqlalchemy import Select, inspect
from sqlmodel import Session

from navigator import database
from navigator.database import Table

_STATEMENTS = 1_000
"""So many are kept with what their rows are made of: more than there are of those that are built once."""


class _Entity:
    """How a row of one table is made of the values of its columns."""

    def __init__(self, table: type[Table]) -> None:
        mapper: Any = inspect(table)
        self.names = [attribute.key for attribute in mapper.column_attrs]
        self.columns = [getattr(table, name) for name in self.names]
        self.key = self.names.index(mapper.get_property_by_column(mapper.primary_key[0]).key)
        self.make = mapper.class_manager.new_instance

    def row(self, values: Sequence[Any]) -> Any:
        """A row that belongs to no session; None where an outer join found none."""
        if values[self.key] is None:
            return None
        made = self.make()
        made.__dict__.update(zip(self.names, values, strict=True))
        return made


class _Plan:
    """A statement with each table's columns in place of the table, and which of them make a row of it."""

    def __init__(self, statement: Select[Any]) -> None:
        columns: list[Any] = []
        self.parts: list[tuple[slice | int, _Entity | None]] = []
        for asked in statement.column_descriptions:
            if asked["expr"] is not asked["entity"]:
                self.parts.append((len(columns), None))
                columns.append(asked["expr"])
                continue
            entity = _entity(asked["entity"])
            self.parts.append((slice(len(columns), len(columns) + len(entity.columns)), entity))
            columns += entity.columns
        self.statement = statement.with_only_columns(*columns, maintain_column_froms=True)

    def rows(self, found: Sequence[Any]) -> list[Any]:
        """What was asked of each row: rows of tables alone if nothing else was."""
        if len(self.parts) == 1 and (only := self.parts[0][1]):
            return [only.row(values) for values in found]
        return [
            tuple(entity.row(values[at]) if entity else values[at] for at, entity in self.parts)
            for values in found
        ]

    @classmethod
    @lru_cache(maxsize=_STATEMENTS)
    def of(cls, statement: Select[Any]) -> Self:
        """The plan of a statement that is built once."""
        return cls(statement)


@lru_cache
def _entity(table: type[Table]) -> _Entity:
    return _Entity(table)


def rows_to_read(session: Session, statement: Any, **parameters: Any) -> list[Any]:
    """What a statement that is built once finds; a session that writes gives its own rows, which may change.

    Others are of nobody’s session: what is changed of them is never saved.
    """
    if session.autoflush or session.dirty or session.new:
        found: Any = session.execute(statement, parameters)
        return list(found.scalars() if len(statement.column_descriptions) == 1 else found)
    plan = _Plan.of(statement)
    return plan.rows(database.ask(session, plan.statement, **parameters).all())
