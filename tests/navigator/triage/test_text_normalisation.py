"""What people type is read the same however it is dressed up."""

import pytest

from navigator.triage.text_normalisation import LONGEST_WORD, clauses, sentences, stem, words


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Café ＬＯＧＩＮ", ["cafe", "login"]),
        ("p a s s w o r d", ["password"]),
        ("l0gin fa1ls", ["login", "fails"]),
        ("раѕѕwоrd", ["password"]),
        ("don’t", ["dont"]),
        ("at 5pm on the 1st of 2nd", ["at", "5pm", "on", "the", "1st", "of", "2nd"]),
        ("soooo slow", ["so", "slow"]),
    ],
)
def test_words(typed: str, read: list[str]) -> None:
    assert words(typed) == read


def test_clauses_end_where_people_pause() -> None:
    assert clauses("Hi - wi-fi is down!\nHelp, please") == " . hi , wi fi is down . help , please . "


def test_a_word_without_end_is_cut() -> None:
    assert words("ab" * 500) == ["ab" * (LONGEST_WORD // 2)]


@pytest.mark.parametrize(
    "group", [("notification", "notifications"), ("loading", "loads", "loaded"), ("stop", "stopped")]
)
def test_words_of_one_family_share_a_stem(group: tuple[str, ...]) -> None:
    assert len({stem(word) for word in group}) == 1


def test_sentences_leave_fragments_out() -> None:
    assert sentences("Help! The page is blank. I tried Chrome too.") == [
        "The page is blank",
        "I tried Chrome too",
    ]
