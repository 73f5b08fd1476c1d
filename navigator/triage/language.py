"""Language: whether a text is English, so that the safety screen can read it; else a person must."""

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from navigator.triage.load_once import load_once

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

ENGLISH = "en"
UNKNOWN = "und"
"""ISO 639: undetermined."""
MAX_ENGLISH = 0.02
"""A sentence that is English with less probability than this is not."""
MIN_CONFIDENCE = 0.8
"""The least probability at which a language is named: of short texts it is a guess."""
MIN_WORDS = 3
"""Words of Latin letters that are enough to tell, without names and makes (a capital within a sentence)."""
MIN_LETTERS = 3
"""Letters of other scripts that are enough to tell."""
MAX_CHARACTERS = 5_000

_LAST_LATIN, _MORE_LATIN = 0x24F, range(0x1E00, 0x1F00)
_WORD, _IS_ADDRESS = re.compile(r"\S+"), re.compile(r"@|://|www\.|\.[a-z]{2,}/")
_SENTENCES = re.compile(r"[.!?;\n।؟。]+(?:\s+|$)")


@lru_cache(maxsize=64)
def unchecked_language(text: str) -> str:
    """The ISO 639 code of a text, or of a sentence of it, that is not English; empty for English.

    It is empty for what is too short to tell, too. Remembered: a text is read ahead of its transaction.
    """
    sentences = _SENTENCES.split(_plain(text))
    return main_language(text) or next((code for part in sentences if (code := _code(part))), "")


@lru_cache(maxsize=64)
def main_language(text: str) -> str:
    """The ISO 639 code of a text that as a whole is not English; else empty."""
    return _code(_plain(text))


def may_be_english(text: str) -> bool:
    """Whether a text is English, or so misspelt that it cannot be told: what knows English reads it too."""
    letters = _telling_letters(_plain(text))
    return main_language(text) in ("", UNKNOWN) and 2 * sum(map(_is_latin, letters)) >= len(letters)


def _plain(text: str) -> str:
    """A text without addresses; word by word, or one long word would be looked through from each sign."""
    normal = unicodedata.normalize("NFKC", text[:MAX_CHARACTERS])
    return _WORD.sub(lambda word: " " if _IS_ADDRESS.search(word[0]) else word[0], normal)


@lru_cache(maxsize=64)
def _code(part: str) -> str:
    """The same of one sentence, or of a text that is one; remembered, for a text may be both."""
    words = [word for word in part.split() if any(map(str.isalpha, word)) and not any(map(str.isdigit, word))]
    letters = _telling_letters("".join(words))
    others = sum(not _is_latin(letter) for letter in letters)
    is_other_script = others >= MIN_LETTERS and 2 * others > len(letters)
    telling = [word for word in words[1:] if part.isupper() or not word[0].isupper()]
    if len(telling) + 1 < MIN_WORDS and not is_other_script:
        return ""
    ranked = _identifier().rank(" ".join(words))
    code, confidence = ranked[0]
    if not is_other_script and (code == ENGLISH or dict(ranked)[ENGLISH] >= MAX_ENGLISH):
        return ""
    return code if confidence >= MIN_CONFIDENCE and code != ENGLISH else UNKNOWN


def _telling_letters(text: str) -> list[str]:
    """The letters by which a text may be of another script: none where all of it is plain."""
    return [] if text.isascii() else [letter for letter in text if letter.isalpha()]


def _is_latin(letter: str) -> bool:
    return ord(letter) <= _LAST_LATIN or ord(letter) in _MORE_LATIN


@load_once
def _identifier() -> "LanguageIdentifier":
    from navigator.triage import language_model  # and NumPy

    return language_model.load()
