"""Reading what people type: look-alike letters, spelt-out words, clauses, stems. All takes linear time."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

LONGEST_WORD = 40
_SMALL_WORDS = frozenset(
    re.findall(
        "[a-z]+",
        """
        a an and are as at be been but by can cannot cant could did do does doesnt dont for from get
        got had has have he her his i id im in into is isnt it its ive just me my no not of off on
        one or our out she so some than that thats the their them then there they this to too up us
        was we were what when which who will with wont would you your
        """,
    )
)
_UNSEEN = ("Mn", "Cf")  # accents; zero-width and direction marks
_CYRILLIC = ("абвеёзіїкмнорсстухѕјԁһӏ", "abbeezijkmhopcctyxsjdhl")
_GREEK_AND_OTHERS = ("αβεηικνορτυχωıɩɑɡłøđħ", "abenikvoptuxwiiaglodh")
_APOSTROPHES = ("’‘ʼ`´", "'''''")
_ALPHABETS = (_CYRILLIC, _GREEK_AND_OTHERS, _APOSTROPHES)
_LOOK_ALIKES = {ord(a): b for alphabet in _ALPHABETS for a, b in zip(*alphabet, strict=True)}
_DIGIT_LETTERS = str.maketrans("013457@$", "oieastas")
_SPELT_OUT = re.compile(r"(?<![^\W_])(?:[^\W\d_][ .\-_*/|]){2,60}[^\W\d_](?![^\W_])")
_DISGUISED = re.compile(
    r"(?<![\w@$])[a-z]+[013457@$]+[a-z]+[a-z013457@$]*(?![\w@$])|(?<![\w@$])[013457@$][a-z]{4,}(?!\w)"
)
_SPACES = re.compile(r"[^\S\n]")
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_PIECES = re.compile(r"[a-z0-9]+|[.!?;\n]+|[,:()]+|\s-+(?=\s)|[^\W\x00-\x7f]+")
_ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ied", "edly", "ed", "ers", "er", "es", "ly", "s")


@lru_cache(maxsize=64)
def normalise(text: str) -> str:
    """The text in small plain letters, with look-alikes, hidden characters and stretched words undone."""
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in parts if unicodedata.category(c) not in _UNSEEN)
    text = _SPACES.sub(" ", text).casefold().translate(_LOOK_ALIKES)
    text = _SPELT_OUT.sub(_joined, text)
    text = _DISGUISED.sub(lambda word: word.group().translate(_DIGIT_LETTERS), text)
    return _STRETCHED.sub(r"\1", text.replace("'", ""))


def _joined(letters: re.Match[str]) -> str:
    return re.sub(r"[ .\-_*/|]", "", letters.group())


def clauses(text: str) -> str:
    """The words on one line, each followed by a space; `.` ends a sentence and `,` stands for a pause."""
    return " . " + "".join(f"{_piece(found.group())} " for found in _PIECES.finditer(normalise(text))) + ". "


def _piece(found: str) -> str:
    if found[0] in ".!?;\n":
        return "."
    return "," if found[0] in ",:() " else found[:LONGEST_WORD]


def words(text: str) -> list[str]:
    """The plain words of a text, in order."""
    return [word[:LONGEST_WORD] for word in re.findall(r"[a-z0-9]+", normalise(text))]


def content_words(text: str) -> Iterator[tuple[str, str]]:
    """Each word that can tell one problem from another, as (stem, word)."""
    for word in words(text):
        if word not in _SMALL_WORDS and not word.isdigit():
            yield stem(word), word


def stem(word: str) -> str:
    """The word without its usual English ending, never shorter than three letters."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            break
    word = word.removesuffix("e") if len(word) > 3 else word
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


def sentences(text: str) -> list[str]:
    """The sentences of a text, at most fifty, for looking at each problem of a long story by itself."""
    return [
        part.strip() for part in re.split(r"[.!?\n]+\s", text + " ", maxsplit=50) if len(part.split()) > 2
    ]
