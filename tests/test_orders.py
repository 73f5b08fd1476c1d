"""No page, letter or choice depends on the order in which a database happens to give its rows."""

import ast
import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import UniqueConstraint, inspect, text
from sqlmodel import Session

from navigator import models
from navigator.database import Table
from tests.test_code_rules import TREES

ENDS_ELSEWHERE = {
    "*DUE.by": "it ends with the ticket's number: `queue.order`",
    "*order.by": "it ends with the ticket's number: `queue.order`",
    "*place.rows.primary_key.columns": "a primary key",
    "col(Attendance.booked_at), col(Attendance.user_id)": "of one session",
    "col(BackupRun.attempt).desc()": "of one kind and slot, where a try has its own number",
    "col(OutboxMessage.recipient_id)": "each recipient once",
    "col(KeptForm.path)": "of one owner",
    "column": "each code once",
    "func.count().desc(), *pair": "grouped by the pair",
    "func.count().desc(), col(offer.kind)": "grouped by the kind",
    "query.selected_columns[0]": "the key of what is due",
    "text('field')": "a ticket is named so once by each field",
    "text('person')": "of each ticket, and field",
    "counts[0].desc(), waiting.desc(), topic": "grouped by the topic",
    "col(Programme.name), func.max(col(answer.answered_on)).desc(), col(answer.version)": "grouped by them",
}
"""What orders rows one way only though its last word is no key, and why."""


def test_an_order_ends_with_what_no_two_rows_share() -> None:
    """Two of the same name, or of the same second, would else change places from page to page."""
    orders = [(where, order) for where, *order in _orders()]
    assert len(orders) > 150
    open_ended = [(where, words, last) for where, (words, last) in orders if not _is_of_one_row(last)]
    assert [each for each in open_ended if ENDS_ELSEWHERE.keys().isdisjoint(each)] == []
    assert {word for each in open_ended for word in each} >= ENDS_ELSEWHERE.keys()


def test_sqlite_gives_rows_from_the_end_where_nobody_ordered_them(session: Session) -> None:
    if session.get_bind().dialect.name == "sqlite":
        assert session.execute(text("PRAGMA reverse_unordered_selects")).scalar_one() == 1


def _orders() -> Iterator[tuple[str, str, str]]:
    """Each order of rows: where, as it is written, and what it ends with."""
    for file, tree in TREES.items():
        if file.startswith(("navigator/", "web/", "api/")):
            named = {
                target.id: node.value
                for node in ast.walk(tree)
                if isinstance(node, ast.Assign | ast.AnnAssign) and node.value
                for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
                if isinstance(target, ast.Name)
            }
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "order_by":
                    words = ", ".join(map(ast.unparse, node.args))
                    yield f"{file}:{node.lineno}", words, ast.unparse(_last(node.args, named))


def _last(arguments: list[ast.expr], named: dict[str, ast.expr]) -> ast.expr:
    last = arguments[-1]
    if isinstance(last, ast.Starred) and isinstance(last.value, ast.Name):
        several = named.get(last.value.id)
        return _last(several.elts, named) if isinstance(several, ast.Tuple) else last
    return last


def _is_of_one_row(last: str) -> bool:
    columns = re.findall(r"(\w+)\.(\w+)(?![\w.(])", last.replace(".desc()", ""))
    return last == "None" or any(name in _KEYS.get(table, ("id", "number")) for table, name in columns)


def _keys(table: type[Table]) -> set[str]:
    """The columns of a table that hold something else in each row."""
    rows: Any = inspect(table).local_table
    alone = [each.columns for each in rows.constraints if isinstance(each, UniqueConstraint)]
    return {columns.keys()[0] for columns in [*alone, rows.primary_key.columns] if len(columns) == 1}


_KEYS = {name: _keys(getattr(models, name)) for name in models.__all__ if name != "metadata"}
