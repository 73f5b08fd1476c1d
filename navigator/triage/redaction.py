"""Redaction: take out of a text what could identify a person, before a classifier is trained on it."""

import re
from collections.abc import Iterable

SHORTEST_NAME = 3

_IDENTIFIERS = (
    r"[^\s@]{1,64}@[^\s@]{1,255}",  # e-mail
    r"(?:https?://|www\.)\S{1,2000}",
    r"\b(?:[\w-]{1,60}\.){1,5}(?:com|org|net|uk|io|app)\b(?:/\S{0,2000})?",
    r"\b[Dd][Nn][- ]?\d+",  # our own references
    r"\b(?:[A-Z\d]{3}-[A-Z\d]{3}-[A-Z\d]{4}|(?=[\w-]{0,11}\d)\w{3}-\w{3}-\w{4})\b",  # support codes
    r"\b[A-Za-z]{1,2}\d[A-Za-z\d]?\s{0,2}\d[A-Za-z]{2}\b",  # postcodes
    r"\+?\d(?:[\s().-]{0,2}\d){4,}",  # telephone and NHS numbers, dates of birth, codes
    r"\b\d{1,2}/\d{1,2}/\d{2,4}\b",  # dates with strokes
    r"\b(?=[^\W\d_]*\d)(?=\d*[^\W\d_])\w{5,}\b",  # letters and digits mixed: codes
)
_NAMED = r"\b(?i:my name is|i am called|i['’]m called|dr|mrs?|ms|miss|regards|thanks|thank you)"
_IDENTIFIER = re.compile("|".join(_IDENTIFIERS))
_NAME = re.compile(rf"({_NAMED})[.,:]?\s+(?:[A-Z][\w'’-]+\s?){{1,3}}")


def without_codes(text: str) -> str:
    """The text without addresses, numbers, codes and links: names stay."""
    return _IDENTIFIER.sub(" ", text)


def without_identifiers(text: str, names: Iterable[str] = (), put: str = " ") -> str:
    """The text without addresses, numbers, codes and links, nor names given in it, or among `names`.

    `put` stands in the place of each.
    """
    name_parts = {part for name in names for part in re.findall(r"\w+", name) if len(part) >= SHORTEST_NAME}
    text = _NAME.sub(rf"\1 {put}", _IDENTIFIER.sub(put, text))
    if name_parts:
        alternatives = "|".join(map(re.escape, sorted(name_parts)))
        text = re.sub(rf"\b(?:{alternatives})\b(?:['’]s\b)?", put, text, flags=re.IGNORECASE)
    return re.sub(r"[ \t]+", " ", text).strip()
