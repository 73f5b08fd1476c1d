"""Codes of cards: read aloud, typed anyhow, and a slip is told from a wrong one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.people.card_codes import ALPHABET, EXAMPLE, canonical, mint

CODES = st.builds(mint)


@given(CODES)
def test_a_code_is_its_own_canonical_form(code: str):
    assert canonical(code) == code
    assert [len(part) for part in code.split("-")] == [3, 3, 4]


@pytest.mark.parametrize(
    "typed",
    ["7k3m9pqx2c", "7K3 M9P QX2C", " 7k3–m9p–qx2c ", "７Ｋ３-M9P-QX2C", "7K3.M9P.QX2C"],
)
def test_case_hyphens_and_spaces_are_forgiven(typed: str):
    assert canonical(typed) == EXAMPLE


def test_look_alikes_are_read_as_what_they_look_like():
    code = next(code for code in iter(mint, "") if "0" in code and "1" in code)
    assert canonical(code.replace("0", "o").replace("1", "l")) == code
    assert canonical(code.replace("1", "I")) == code


@given(CODES, st.integers(0, 9), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_a_slip(code: str, place: int, sign: str):
    signs = [*code.replace("-", "")]
    is_same = signs[place] == sign
    signs[place] = sign
    assert (canonical("".join(signs)) is not None) == is_same


@given(CODES, st.integers(0, 8))
def test_two_signs_that_changed_places_are_a_slip(code: str, place: int):
    signs = [*code.replace("-", "")]
    is_same = signs[place] == signs[place + 1]
    signs[place], signs[place + 1] = signs[place + 1], signs[place]
    assert (canonical("".join(signs)) is not None) == is_same


@pytest.mark.parametrize(
    "typed", ["", "7K3-M9P-QX2", "7K3-M9P-QX2CC", "7K3-M9P-QX2U", "7K3-M9P-QX2é", "١٢٣٤٥٦٧٨٩٠"]
)
def test_what_is_no_code_is_none(typed: str):
    assert canonical(typed) is None


def test_codes_differ():
    assert len({mint() for _ in range(1000)}) == 1000
