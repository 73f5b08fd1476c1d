"""Words in a text are looked for where they may stand alone, and found as if each word were looked at."""

import random

from navigator.search_words import _matches_within, asked_words, matches

_WORDS = ["pass", "Password", "log", "in", "17", "4", "01632", "960", "x9", "9x", "p", "café", "reset"]
_GAPS = [" ", " ", " ", "-", ".", "  ", "\n", "_", "/", " -", "- ", "\t", " (", ""]
_ASKED = ["pass", "log-in", "login", "17.4", "01632 960", "p", "café", "x9 reset", "in log", "4 x"]


def _text(chance: random.Random) -> str:
    return "".join(chance.choice(_WORDS) + chance.choice(_GAPS) for _ in range(chance.randrange(25)))


def test_all_is_found_that_looking_at_every_word_finds() -> None:
    chance, found = random.Random(8), 0  # noqa: S311 - the same each time
    for text in (_text(chance) for _ in range(400)):
        for each in (text, text.replace("é", "e")):
            for query in _ASKED:
                words = asked_words(query, 8)
                beginnings = tuple(way for word in words for way in (word.joined, *word.parts))
                expected = list(_matches_within(each, beginnings))
                assert list(matches(each, words)) == expected, (each, query)
                found += len(expected)
    assert found > 5_000
