"""What may leave the service: no small numbers, nothing exact, and no formulas."""

import csv
import re
from io import StringIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from navigator.csv_cells import escape_formula
from navigator.insight.csv_export import to_csv
from navigator.insight.table import (
    Bar,
    Cell,
    Row,
    Table,
    change_cell,
    count_cell,
    points_cell,
    share_cell,
    text_cell,
)
from navigator.small_numbers import rounded


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
        (share_cell(7, 12), "7 of 12 (58%)", "about 5 of 10 (58%)"),
        (share_cell(12, 12), "12 of 12 (100%)", "all but fewer than 5 of 10"),
        (share_cell(10, 12), "10 of 12 (83%)", "all but fewer than 5 of 10"),
        (share_cell(1995, 2000), "1,995 of 2,000 (99%)", "about 1,995 of 2,000 (99%)"),
        (share_cell(5, 2000), "5 of 2,000 (1%)", "about 5 of 2,000 (1%)"),
        (share_cell(0, 12), "0 of 12 (0%)", "fewer than 5 of 10"),
        (points_cell((13, 18), (27, 36)), "3 points lower", "3 points lower"),
        (points_cell((33, 100), (30, 100)), "3 points higher", "3 points higher"),
        (points_cell((72, 144), (71, 144)), "1 point higher", "1 point higher"),
        (points_cell((500, 1000), (501, 1000)), "about the same", "about the same"),
        (points_cell((10, 20), (20, 40)), "the same", "the same"),
        (points_cell((10, 20), (3, 20)), "35 points higher", "not shown"),
        (points_cell((10, 20), (17, 20)), "35 points lower", "not shown"),
        (points_cell((2, 3), (10, 20)), "17 points higher", "not shown"),
        (points_cell((10, 20), (0, 0)), "no earlier figures", "no earlier figures"),
        (points_cell((0, 0), (10, 20)), "none yet", "none yet"),
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


def percent(cell: Cell) -> int | None:
    found = re.search(r"\((\d+)%\)", cell.shared)
    return int(found[1]) if found else None


@example(13, 18, 27, 37)
@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
def test_no_share_that_leaves_reverses_the_truth(a: int, b: int, c: int, d: int) -> None:
    """11.C11: 72 % falling became 75 % rising, as both parts were rounded before they were divided."""
    (part, whole), (part_before, whole_before) = sorted((a, b)), sorted((c, d))
    now, before = percent(share_cell(part, whole)), percent(share_cell(part_before, whole_before))
    change = points_cell((part, whole), (part_before, whole_before)).shared
    if now is None or before is None:
        assert change in ("not shown", "no earlier figures", "none yet")
        return
    truth = part * whole_before - part_before * whole
    assert (now - before) * truth >= 0
    assert ("higher" in change, "lower" in change) in ((truth > 0, truth < 0), (False, False))


@given(st.integers(0, 60), st.integers(0, 60))
def test_a_share_that_leaves_tells_of_no_few(a: int, b: int) -> None:
    """11.C11: neither of those counted nor of those left over, which a percentage would tell of too."""
    part, whole = sorted((a, b))
    shows = percent(share_cell(part, whole)) is not None
    assert shows == (part >= 5 and whole - part >= 5)


@pytest.mark.parametrize("cell", ["=1+1", "+44", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    """T23 of the peers."""
    assert escape_formula(cell) == f"'{cell}"
    sheet = Table("x", "X", "", ("What", cell), (Row(cell, cell, (text_cell(cell),)),))
    said = to_csv(sheet, [("Period", "1 June")])
    assert said.startswith("\ufeff")
    read = list(csv.reader(StringIO(said.removeprefix("\ufeff"), newline="")))
    assert read[:2] == [["X"], ["Period", "1 June"]]
    assert read[-2:] == [["What", f"'{cell}", "What it means"], [f"'{cell}"] * 3]


def test_a_file_holds_only_what_may_leave() -> None:
    sheet = Table("x", "X", "", ("What", "Reported"), (Row("A “leaf”, with a comma", "", (count_cell(3),)),))
    assert to_csv(sheet, ()).splitlines()[-1] == '"A “leaf”, with a comma",fewer than 5,'


@pytest.mark.parametrize(
    ("columns", "headline", "before"),
    [
        (("What", "This period", "Period before"), None, "2"),
        (("What", "Given", "Used"), None, None),  # another column is not the period before
        (("What", "Reported"), Row("in words", "", (text_cell("9"), text_cell("8"))), "8"),
        (("What", "This period", "Period before"), Row("in words", "", (text_cell("9"),)), None),
    ],
)
def test_a_number_is_compared_only_with_its_period_before(
    columns: tuple[str, ...], headline: Row | None, before: str | None
) -> None:
    sheet = Table("x", "X", "", columns, (Row("A", "", (count_cell(3), count_cell(2))),), headline=headline)
    assert (sheet.number_before and sheet.number_before.exact) == before
