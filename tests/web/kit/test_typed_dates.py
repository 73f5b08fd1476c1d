"""Dates as people type them: "2 dec" is the next one, in one box or in three."""

from datetime import date

import pytest

from web.kit.typed_dates import iso_date


@pytest.mark.parametrize(
    ("boxes", "means"),
    [
        (("2", "dec", ""), "2026-12-02"),
        (("2", "12", ""), "2026-12-02"),
        (("9", "June", ""), "2026-06-09"),  # today
        (("8", "6", ""), "2027-06-08"),
        (("29", "feb", ""), "2028-02-29"),
        (("2 dec", "", ""), "2026-12-02"),
        (("2nd December", "", ""), "2026-12-02"),
        (("2/12", "", ""), "2026-12-02"),
        (("2.12.26", "", ""), "2026-12-02"),
        (("2", "Dec", "26"), "2026-12-02"),
        (("2", "12", "2031"), "2031-12-02"),
        (("", "", ""), ""),
    ],
)
def test_a_date_is_understood_as_it_is_meant(boxes: tuple[str, str, str], means: str):
    """11.C7: a day without a year is the next one."""
    assert iso_date(*boxes, is_coming=True) == means


@pytest.mark.parametrize(
    "boxes",
    [
        ("31", "feb", ""),
        ("soon", "", ""),
        ("2", "", ""),
        ("²", "dec", ""),
        ("9" * 11, "5", ""),
        ("5", "9" * 30, ""),
    ],
)
def test_what_is_no_date_stays_none(boxes: tuple[str, str, str]):
    """11.C7."""
    with pytest.raises(ValueError, match=r".+"):
        date.fromisoformat(iso_date(*boxes, is_coming=True))


def test_days_that_may_be_past_need_their_year():
    """11.C7: when something was tried is not guessed to be in the future."""
    assert iso_date("2", "dec", "") == "-12-02"
