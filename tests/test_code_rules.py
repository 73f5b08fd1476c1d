"""The numbers and the habits of the house, which no linter knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import pytest
from sqlalchemy import Date
from sqlmodel.sql.sqltypes import UTCDateTime

from navigator import models
from navigator.models import metadata

ROOT = Path(__file__).parents[1]
ROOMS = ("navigator", "api", "web", "migrations", "tests", "docs")
CODE = sorted(file for room in ROOMS[:4] for file in (ROOT / room).rglob("*.py"))
FILES = [file for file in CODE if file.parent.name != "versions"]  # a migration is as long as the change
TREES = {str(file.relative_to(ROOT)): ast.parse(file.read_text()) for file in FILES}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def test_there_is_a_house():
    assert len(FILES) > 15


def test_files_are_short():
    lengths = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in FILES}
    assert {file: length for file, length in lengths.items() if length > 300} == {}
    assert quantiles(lengths.values(), n=10)[-1] <= 200


def test_functions_are_short():
    lengths = {name: _lines(function) for name, function in _functions()}
    assert {name: length for name, length in lengths.items() if length > 40} == {}
    assert quantiles(lengths.values(), n=10)[-1] <= 15
    assert median(lengths.values()) <= 6


def test_routes_only_pass_things_on():
    lengths = {name: (_body_lines(function), _route_limit(function)) for name, function in _functions()}
    assert {name: length for name, (length, limit) in lengths.items() if limit and length > limit} == {}


def test_no_module_is_named_after_nothing():
    banned = re.compile(r"utils?|helpers?|misc|common")
    assert [str(file) for file in FILES if banned.fullmatch(file.stem)] == []


def test_arguments_come_in_one_order():
    order = ["session", "actor", "number"]
    said = {
        name: [arg.arg for arg in function.args.args if arg.arg in order] for name, function in _functions()
    }
    assert {name: args for name, args in said.items() if args != sorted(args, key=order.index)} == {}


def test_only_the_database_module_begins_and_ends_transactions():
    allowed = {"navigator/database.py", "migrations/env.py"}
    ends = re.compile(r"\.(commit|rollback)\(\)$|(session|connection|engine)\w*\.begin\(\)$")
    calls = [call for call in _calls("begin", "commit", "rollback") if ends.search(call)]
    assert [call for call in calls if call.split(":")[0] not in allowed] == []


def test_routes_ask_no_questions_of_the_database():
    doors = {name: tree for name, tree in TREES.items() if name.startswith(("web/", "api/"))}
    froms = [node for tree in doors.values() for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert {alias.name for node in froms if node.module == "sqlmodel" for alias in node.names} <= {"Session"}
    asking = _calls(
        "exec", "execute", "scalar", "scalars", "get", "add", "add_all", "delete", "flush", "merge"
    )
    assert [call for call in asking if call.split(":")[0] in doors and " session." in call] == []


def test_every_file_that_the_documents_name_exists():
    """Renaming a module used to leave its old name in docs/triage.md."""
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("navigator/**/*.md")]
    files = [str(file) for room in ROOMS for file in (ROOT / room).rglob("*")]
    named = {
        (document.name, name)
        for document in documents
        for name in re.findall(r"`([\w/]+\.(?:py|html|npz|txt|js|css))`", document.read_text())
    }
    assert len(named) > 40
    assert not [
        (document, name) for document, name in named if not any(f.endswith("/" + name) for f in files)
    ]


@pytest.mark.parametrize(
    "document", [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")], ids=lambda each: each.name
)
def test_no_document_holds_a_place_for_what_was_never_written(document: Path):
    """FLOOD stood in docs/reliability.md where a table was to be, and so did two more."""
    lines = re.sub(r"```.*?```", "", document.read_text(), flags=re.S).splitlines()
    assert [line for line in lines if re.fullmatch(r"[A-Z][A-Z_]{2,}:?|(TODO|TBD)\b.*", line)] == []


def test_there_is_one_clock():
    calls = _calls("now", "utcnow", "today", "time", "fromtimestamp", "localtime", "gmtime")
    others = [
        call
        for call in calls
        if not re.search(r" clock\.|\.time\(\)$", call) or call.endswith(" time.time()")
    ]
    assert [call for call in others if not call.startswith("navigator/clock.py:")] == []


def test_tables_are_annotated_with_types_and_not_with_strings():
    tables = {name: tree for name, tree in TREES.items() if _tables(tree)}
    future = [name for name, tree in tables.items() for node in tree.body if _is_future(node)]
    assert tables
    assert future == []


def test_every_table_is_in_navigator_models():
    tables = {name for tree in TREES.values() for name in _tables(tree)}
    assert sorted({*models.__all__} - {"metadata"}) == sorted(tables)
    assert len(metadata.tables) == len(tables)


@pytest.mark.parametrize(("kind", "ending"), [(UTCDateTime, "at"), (Date, "on")])
def test_names_of_columns_tell_times_from_days(kind, ending):
    columns = [column for table in metadata.tables.values() for column in table.columns]
    of_kind = {str(column) for column in columns if isinstance(column.type, kind)}
    named_so = {str(column) for column in columns if column.name.split("_")[-1] == ending}
    assert of_kind == named_so


def _functions() -> Iterator[tuple[str, Function]]:
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, Function):
                yield f"{name}:{node.lineno} {node.name}", node


def _lines(node: Function) -> int:
    return (node.end_lineno or 0) - node.lineno + 1


def _body_lines(function: Function) -> int:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def _route_limit(function: Function) -> int | None:
    """Lines that a route may have: more where it takes a form and may have to show it again."""
    named = {
        ast.unparse(part.func).split(".")[-1]
        for part in function.decorator_list
        if isinstance(part, ast.Call)
    }
    verbs = named & {"get", "post", "put", "patch", "delete"}
    return (10 if "post" in verbs else 5) if verbs else None


def _calls(*names: str) -> list[str]:
    """Where something is called by one of these names, as `file:line source`."""
    return [
        f"{name}:{node.lineno} {ast.unparse(node.func)}()"
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names
    ]


def _tables(tree: ast.Module) -> list[str]:
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    return [node.name for node in classes if any(word.arg == "table" for word in node.keywords)]


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"
