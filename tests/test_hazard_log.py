"""The hazard log that is read in the repository is that of the desk, and names tests that are there."""

import re
from pathlib import Path

from navigator.catalogue.hazards import hazards
from tests import hazard_log

HERE = Path(__file__).parents[1]


def test_the_log_is_made_of_the_data() -> None:
    assert hazard_log.FILE.read_text() == hazard_log.text(), "run: make hazards"


def test_each_hazard_has_a_number_of_its_own_a_control_and_tests_that_are_there() -> None:
    rows = hazards().values()
    assert len({row.hazard for row in rows}) == len(rows) > 30
    assert all(row.control and row.test for row in rows)
    names = {file.name for file in (HERE / "tests").rglob("test_*.py")}
    for row in rows:
        for file in re.findall(r"`([^` ]*(?:/|test_)[^` ]*)`", row.test):
            is_there = (HERE / file).exists() or file in names
            assert is_there, f"{row.code} names {file}"
