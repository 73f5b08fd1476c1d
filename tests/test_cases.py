"""Table-driven tests (`each_case`): all cases are tried, one that fails is named, and none leaves a trace."""

import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlmodel import Session, select

from navigator import clock, database
from navigator.catalogue.programme import Programme
from tests.__main__ import results
from tests.cases import each_case
from tests.conftest import MOMENT

ROOT = Path(__file__).parents[1]
TABLE = """
from tests.cases import each_case

@each_case("colour", ["red", "green"])
@each_case(("size", "price"), [(1, 10), (2, 20)])
def test_every_colour_is_sold(colour, size, price, tmp_path):
    assert (colour, size) != ("green", 2)

def test_another():
    pass
"""


@pytest.mark.parametrize("workers", [[], ["-n", "1"]])
def test_a_failing_case_is_named_and_counted_in_one_process_and_in_several(
    tmp_path: Path, workers: list[str]
):
    (tmp_path / "test_table.py").write_text(TABLE)
    report = tmp_path / "report.xml"
    few = [f"-pno:{plugin}" for plugin in ("schemathesis", "hypothesispytest", "randomly", "anyio")]
    words = [sys.executable, "-m", "pytest", "-q", f"--junit-xml={report}", *few, *workers]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    run = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "[colour=green, size=2, price=20]" in run.stdout
    assert "colour=red" not in run.stdout
    assert Counter(result.ended for result in results(report)) == {"failed": 1, "passed": 1}


@each_case("code", ["calm", "fern", "calm"])
def test_what_one_case_writes_the_next_does_not_see(session: Session, code: str):
    assert clock.now() == MOMENT
    clock.set_to(MOMENT + timedelta(days=1))
    assert session.exec(select(Programme)).all() == []
    with database.writing() as another:
        another.add(Programme(code=code, name="Calm Steps"))
    session.add(Programme(code="own", name="Own"))
    session.flush()
    assert {one.code for one in session.exec(select(Programme))} == {code, "own"}


@each_case("code", ["calm", "calm"])
def test_what_the_desk_alone_writes_is_undone_as_well(session: Session, code: str):
    with database.writing() as another:
        another.add(Programme(code=code, name="Calm Steps"))


@each_case("code", ["calm", "calm"])
def test_so_it_is_where_there_is_a_connection_and_no_session(connection: Connection, code: str):
    with database.writing() as another:
        another.add(Programme(code=code, name="Calm Steps"))


@each_case("name", ["Calm", "Fern"])
def test_what_was_set_up_is_there_for_each_case(session: Session, programme: Programme, name: str):
    assert programme.name == "As it was"
    programme.name = name
    session.flush()


@pytest.fixture
def programme(session: Session) -> Programme:
    programme = Programme(code="calm", name="As it was")
    session.add(programme)
    session.flush()
    return programme
