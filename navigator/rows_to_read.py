"""Rows of tables for who only reads them: as the ORM gives them, past its session, in half of the time."""

from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, Self

from sqlalchemy import Select, cast, inspect, literal, null, union_all
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


class _Together:
    """Statements for a table each, as one: a row has the columns of all, and those of its own are filled."""

    def __init__(self, *statements: Select[Any]) -> None:
        self.entities = [_entity(each.column_descriptions[0]["entity"]) for each in statements]
        parts = []
        for number, statement in enumerate(statements):
            columns = [
                column if index == number else cast(null(), column.type)
                for index, entity in enumerate(self.entities)
                for column in entity.columns
            ]
            labelled = (column.label(f"c{index}") for index, column in enumerate(columns))
            part = statement.with_only_columns(literal(number), *labelled, maintain_column_froms=True)
            parts.append(part.order_by(None))
        self.statement: Any = union_all(*parts)

    def rows(self, found: Sequence[Any]) -> list[list[Any]]:
        """The rows of each statement, by their first key."""
        rows, begins = [], 1
        for number, entity in enumerate(self.entities):
            ends = begins + len(entity.columns)
            own = [values[begins:ends] for values in found if values[0] == number]
            rows.append([entity.row(values) for values in sorted(own, key=itemgetter(entity.key))])
            begins = ends
        return rows

    @classmethod
    @lru_cache(maxsize=_STATEMENTS)
    def of(cls, *statements: Select[Any]) -> Self:
        """The plan of statements that are built once."""
        return cls(*statements)


@lru_cache
def _entity(table: type[Table]) -> _Entity:
    return _Entity(table)


def rows_to_read(session: Session, statement: Any, **parameters: Any) -> list[Any]:
    """What a statement that is built once finds; a session that writes gives its own rows, which may change.

    Others are of nobody’s session: what is changed of them is never saved.
    """
    if _writes(session):
        found: Any = session.execute(statement, parameters)
        return list(found.scalars() if len(statement.column_descriptions) == 1 else found)
    plan = _Plan.of(statement)
    return plan.rows(database.ask(session, plan.statement, **parameters).all())


def tables_to_read(session: Session, *statements: Any, **parameters: Any) -> list[list[Any]]:
    """The same of several statements for one table each, in one question: their rows, by their first key."""
    if _writes(session):
        return [rows_to_read(session, each, **parameters) for each in statements]
    plan = _Together.of(*statements)
    return plan.rows(database.ask(session, plan.statement, **parameters).all())


def _writes(session: Session) -> bool:
    """Whether what is changed of a session may be saved, or something has changed that a page must show."""
    return bool(not session.info.get(database.ONLY_READS) or session.dirty or session.new)
