"""References as people type them, or as a phone or a word processor does for them."""

import pytest

from navigator.people.reporter import number_of

GOOD = (
    "DN-000814", "dn 814", "814", " DN814 ", "DN\u2011000814", "DN\u2013000814", "DN\u2212000814",
    "DN \u2014 000814", "DN\u00ad000814", "\u200eDN-000814", "DN\u00a0000814",
    "\uff24\uff2e\uff0d\uff10\uff10\uff10\uff18\uff11\uff14",
)  # fmt: skip


@pytest.mark.parametrize("typed", GOOD)
def test_an_odd_hyphen_is_a_hyphen(typed: str):
    """11.B3: it was no reference, and nothing was said of it."""
    assert number_of(typed) == 814


@pytest.mark.parametrize("typed", ["hello", "", "DN", "DN-", "8 14", "2026-06", "DN-0008141234", "D814"])
def test_what_cannot_be_one_is_none(typed: str):
    """11.B3."""
    assert number_of(typed) is None
