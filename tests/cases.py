"""Table-driven tests: many cases in one test, each a subtest that is named when it fails.

What every case needs is set up once; what a case does to the database and to the clock is undone after it.
"""

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any

import pytest

from navigator import clock

Test = Callable[..., None]
Column = list[dict[str, Any]]


def each_case(names: str | tuple[str, ...], values: Iterable[Any]) -> Callable[[Test], Test]:
    """Use it like `pytest.mark.parametrize`; of two, one above the other, every combination is a case."""
    if isinstance(names, str):
        column = [{names: value} for value in values]
    else:
        column = [dict(zip(names, value, strict=True)) for value in values]
    assert column, f"no case of {names}"

    def decorate(test: Test) -> Test:
        inner, columns = getattr(test, "table", (test, []))
        return _looped(inner, [column, *columns])

    return decorate


def _looped(test: Test, columns: list[Column]) -> Test:
    signature = inspect.signature(test)
    of_table = {name for column in columns for name in column[0]}
    fixtures = [name for name in signature.parameters if name not in of_table]

    @functools.wraps(test)
    def loop(**given: Any) -> None:
        shared = {name: given[name] for name in fixtures}
        for parts in product(*columns):
            case = {name: value for part in parts for name, value in part.items()}
            said = ascii(", ".join(f"{name}={value!s:.100}" for name, value in case.items()))[1:-1]
            with given["subtests"].test(said), _undone(given["request"]):
                test(**shared, **case)

    loop.table = test, columns  # type: ignore[attr-defined]
    kind = inspect.Parameter.KEYWORD_ONLY
    loop.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(name, kind) for name in dict.fromkeys([*fixtures, "request", "subtests"])]
    )
    return loop


@contextmanager
def _undone(request: pytest.FixtureRequest) -> Iterator[None]:
    """Undo at the end what happened meanwhile; `session` reads everything again."""
    moment = clock.now()
    session = request.getfixturevalue("session") if "session" in request.fixturenames else None
    connection = request.getfixturevalue("connection") if "connection" in request.fixturenames else None
    part = session.begin_nested() if session else connection.begin_nested() if connection else None
    if session:
        session.connection()  # else the savepoint would be set when the session is first used, or never
    try:
        yield
    finally:
        clock.set_to(moment)
        if part:
            part.rollback()
        if session:
            session.expire_all()
