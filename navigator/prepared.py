"""Prepared statements: compiled once, then run by the driver; SQLAlchemy takes twice as long over each run.

What a statement means is SQLAlchemy's business still: its SQL, what becomes of parameters and values, errors.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import BindParameter, Result
from sqlalchemy.engine import Connection, Dialect, IteratorResult
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.sql.compiler import SQLCompiler

Processor = Callable[[Any], Any]


@dataclass(frozen=True)
class _Parameter:
    """A parameter as the driver gets it: by its name, or as it is written in the statement."""

    name: str
    is_required: bool
    value: Callable[[], Any]
    process: Processor | None


class Prepared:
    """A statement of one dialect, and how its parameters and rows are made ready."""

    def __init__(self, compiled: SQLCompiler, dialect: Dialect, given: Mapping[str, Any]) -> None:
        self._dialect, self._sql, self.given = dialect, compiled.string, frozenset(given)
        processors: Any = compiled._bind_processors
        self._parameters = [
            _Parameter(name, bound.required, _reader(bound), processors.get(name))
            for bound, name in compiled.bind_names.items()
        ]
        self._order = compiled.positiontup if compiled.positional else None
        self._columns = compiled._result_columns
        self._rows: SimpleResultMetaData | None = None

    def run(self, connection: Connection, given: Mapping[str, Any]) -> Result[Any]:
        """Its rows by what is given; an error of the driver is raised as SQLAlchemy raises it."""
        values = self._values(given)
        cursor = connection.connection.cursor()
        try:
            cursor.execute(self._sql, values)
            described = cursor.description
            rows = cursor.fetchall() if described else ()
        except self._dialect.loaded_dbapi.Error as error:
            connection._handle_dbapi_exception(error, self._sql, values, cursor, None)
        if described and self._rows is None:
            self._rows = self._described(described)
        cursor.close()
        return IteratorResult(self._rows or _NO_ROWS, iter(rows))

    def _values(self, given: Mapping[str, Any]) -> Any:
        values = {}
        for one in self._parameters:
            value = given[one.name] if one.is_required or one.name in given else one.value()
            values[one.name] = one.process(value) if one.process else value
        return values if self._order is None else tuple(map(values.__getitem__, self._order))

    def _described(self, described: Any) -> SimpleResultMetaData:
        kinds = [column[1] for column in described]
        columns = zip(self._columns, kinds, strict=True)
        processors = [entry.type._cached_result_processor(self._dialect, kind) for entry, kind in columns]
        extra = [tuple(one for one in entry.objects if not isinstance(one, str)) for entry in self._columns]
        names = [entry.keyname for entry in self._columns]
        return SimpleResultMetaData(names, extra=extra, _processors=processors)


_HEARD = ("before_execute", "after_execute", "before_cursor_execute", "after_cursor_execute")
_NEW: Any = object()
_RAN: Any = object()
_NO_ROWS = SimpleResultMetaData(())
_kept: WeakKeyDictionary[Dialect, WeakKeyDictionary[Any, Prepared | None]] = WeakKeyDictionary()
"""By its dialect what is prepared of each statement; None if SQLAlchemy must run it."""


def run(connection: Connection, statement: Any, given: Mapping[str, Any]) -> Result[Any]:
    """The rows of a statement: from its third run on past SQLAlchemy, if it is one that can be prepared.

    Whoever listens to a connection hears all of its statements: then none is run past SQLAlchemy.
    """
    if _is_listened_to(connection):
        return connection.execute(statement, given)
    kept = _kept.setdefault(connection.dialect, WeakKeyDictionary())
    prepared = kept.get(statement, _NEW)
    if isinstance(prepared, Prepared):
        is_alike = given.keys() == prepared.given  # else an INSERT would drop what it was not prepared for
        return prepared.run(connection, given) if is_alike else connection.execute(statement, given)
    if prepared is not None:  # whoever builds a statement for each run has nothing prepared
        kept[statement] = _RAN if prepared is _NEW else _prepare(connection.dialect, statement, given)
    return connection.execute(statement, given)


def _reader(bound: BindParameter[Any]) -> Callable[[], Any]:
    """What a parameter is where nothing is given: as it is written, or what it reads at each run."""
    return bound.callable or (lambda: bound.value)


def _is_listened_to(connection: Connection) -> bool:
    if not (connection._has_events or connection.engine._has_events):
        return False
    return any(getattr(connection.dispatch, name) for name in _HEARD)


def _prepare(dialect: Dialect, statement: Any, given: Mapping[str, Any]) -> Prepared | None:
    """A statement made ready; None for one whose SQL or parameters differ from run to run."""
    compiled = statement.compile(dialect=dialect, column_keys=sorted(given))
    changes = (
        statement.get_execution_options(),
        compiled.post_compile_params,
        compiled.literal_execute_params,
        compiled.insert_prefetch,
        compiled.update_prefetch,
        compiled.escaped_bind_names,
        len({entry.keyname for entry in compiled._result_columns}) < len(compiled._result_columns),
    )
    return None if any(changes) else Prepared(compiled, dialect, given)
