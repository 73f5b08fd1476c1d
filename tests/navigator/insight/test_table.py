"""What may leave the service: no small numbers, nothing exact, and no formulas."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.insight.csv_export import escape_formula, to_csv
from navigator.insight.table import Bar, Row, Table, change_cell, count_cell, rounded, share_cell, text_cell


@pytest.mark.parametrize(
    ("number", "shown"),
    [(0, None), (1, None), (4, None), (5, 5), (7, 5), (8, 10), (12, 10), (13, 15), (1003, 1005)],
)
def test_small_numbers_are_hidden_and_others_rounded(number: int, shown: int | None) -> None:
    assert rounded(number) == shown


@given(st.integers(0, 10_000))
def test_what_is_shown_fits_several_numbers(number: int) -> None:
    alike = [other for other in range(max(0, number - 5), number + 6) if rounded(other) == rounded(number)]
    assert len(alike) >= 3


@pytest.mark.parametrize(
    ("cell", "exact", "shared"),
    [
        (count_cell(1234), "1,234", "1,235"),
        (count_cell(3), "3", "fewer than 5"),
        (share_cell(7, 12), "7 of 12 (58%)", "5 of 10 (50%)"),
        (share_cell(2, 12), "2 of 12 (17%)", "fewer than 5 of 10"),
        (share_cell(2, 3), "2 of 3 (67%)", "fewer than 5 of fewer than 5"),
        (share_cell(0, 0), "none yet", "fewer than 5 of fewer than 5"),
        (change_cell(12, 7), "5 more", "5 more"),
        (change_cell(6, 8), "2 fewer", "5 fewer"),
        (change_cell(6, 7), "1 fewer", "the same"),
        (change_cell(6, 2), "4 more", "not shown"),
        (text_cell("–"), "–", "–"),
    ],
)
def test_a_cell_says_one_thing_here_and_another_outside(cell: object, exact: str, shared: str) -> None:
    assert (cell.exact, cell.shared) == (exact, shared)  # type: ignore[attr-defined]


def test_a_bar_that_is_too_small_has_no_length() -> None:
    assert Bar("x", 4, 13).shared() == Bar("x", 0, 15)


@pytest.mark.parametrize("cell", ["=1+1", "+44", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert escape_formula(cell) == f"'{cell}"
    sheet = Table("x", "X", "", ("What", cell), (Row(cell, cell, (text_cell(cell),)),))
    said = to_csv(sheet)
    assert said.startswith("\ufeff")
    read = list(csv.reader(StringIO(said.removeprefix("\ufeff"), newline="")))
    assert read == [["What", f"'{cell}", "What it means"], [f"'{cell}"] * 3]


def test_a_file_holds_only_what_may_leave() -> None:
    sheet = Table("x", "X", "", ("What", "Reported"), (Row("A “leaf”, with a comma", "", (count_cell(3),)),))
    assert to_csv(sheet).splitlines()[1] == '"A “leaf”, with a comma",fewer than 5,'
