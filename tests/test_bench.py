"""The programs of `make bench` find every table that they fill, each when it is run alone."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).with_name("bench")
FINDS_TABLES = "import tests.bench.{}; from navigator.database import Table; Table.metadata.sorted_tables"


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize("program", ["crowd", "triage"])
def test_each_finds_every_table(program: str) -> None:
    command = [sys.executable, "-c", FINDS_TABLES.format(program)]
    ended = subprocess.run(command, cwd=BENCH.parents[1], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
