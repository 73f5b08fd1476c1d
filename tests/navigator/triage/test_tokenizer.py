"""Texts are cut into the pieces that the sentence model was trained on; the numbers are the reference's."""

import pytest

from navigator.triage.tokenizer import tokenize


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Can't log-in!", [101, 2064, 1005, 1056, 8833, 1011, 1999, 999, 102]),
        ("naïve unaffable 想x", [101, 15743, 14477, 20961, 3468, 100, 1060, 102]),
        ("", [101, 102]),
    ],
)
def test_pieces(text: str, numbers: list[int]) -> None:
    assert tokenize(text, 128) == numbers


def test_a_long_text_is_cut_and_still_ends() -> None:
    cut = tokenize("log in " * 500, 16)
    assert len(cut) == 16
    assert cut[-1] == tokenize("", 16)[-1]


def test_a_word_without_end_is_one_unknown_piece() -> None:
    assert tokenize("a" * 100_000, 16) == [101, 100, 102]
