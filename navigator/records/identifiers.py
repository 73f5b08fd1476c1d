"""Identifiers: by what a person is found, as somebody typed it, wherever and however it is written."""

import hashlib
import hmac
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from navigator.people.card_codes import canonical
from navigator.people.reporter import number_of
from navigator.phone_numbers import e164, parse
from navigator.settings import settings
from navigator.tickets.actions.redact import pattern_of

FEWEST_CHARACTERS = 3
"""Shorter words would be found in everything."""

Kind = Literal["ticket", "email", "phone", "code", "words"]

_NOTHING = re.compile(r"(?!)")
_PHONE = re.compile(r"\+?\d[\d\s().-]{7,}\d")


@dataclass(frozen=True)
class Identifier:
    """What somebody typed to find a person, and what it is; `value` is as the desk stores such a thing."""

    kind: Kind
    value: str

    @property
    def is_sure(self) -> bool:
        """Whether it is of one person alone: a name may be of several."""
        return self.kind in ("email", "phone", "code")

    @property
    def pattern(self) -> re.Pattern[str]:
        """What finds it in a text, however it is written."""
        if self.kind == "phone":
            return _phone_pattern(self.value)
        if self.kind == "ticket":
            return re.compile(rf"\bDN[\s–-]*0*{self.value}\b", re.IGNORECASE)
        if self.kind == "code":
            signs = r"[\s–-]*".join(re.escape(sign) for sign in self.value if sign.isalnum())
            return re.compile(rf"(?<!\w){signs}(?!\w)", re.IGNORECASE)
        return pattern_of(self.value) or _NOTHING

    @property
    def like(self) -> str:
        """A pattern for LIKE that matches whatever has it, and perhaps more: an index of nothing is asked."""
        if self.kind == "phone":
            return f"%{'%'.join(_national(self.value))}%"
        if self.kind == "code":
            return f"%{'%'.join(sign for sign in self.value if sign.isalnum())}%"
        runs = re.findall(r"[A-Za-z0-9]+", self.value)
        return f"%{'%'.join(runs)}%" if runs else "%"

    @property
    def hash(self) -> str:
        """A keyed hash of it, by which it is found again in a restored copy, and which says nothing."""
        folded = _national(self.value) if self.kind == "phone" else " ".join(_words(self.value))
        return f"{self.kind} {len(_words(self.value))} {keyed_hash(folded)}"


def read_identifiers(lines: str) -> list[Identifier]:
    """What was typed, one a line."""
    found = (_read(" ".join(line.split())) for line in lines.splitlines())
    return list(dict.fromkeys(each for each in found if each))


def _read(typed: str) -> Identifier | None:
    if number := number_of(typed):
        return Identifier("ticket", str(number))
    if "@" in typed:
        return Identifier("email", typed.lower())
    if parse(typed):
        return Identifier("phone", e164(typed))
    if code := canonical(typed):
        return Identifier("code", code)
    return Identifier("words", typed) if len("".join(_words(typed))) >= FEWEST_CHARACTERS else None


def of_reporter(row: Any) -> Iterator[Identifier]:
    """The addresses, number and code that a reporter or a card has."""
    if row["email"]:
        yield Identifier("email", row["email"].lower())
    if row["phone"]:
        yield Identifier("phone", row["phone"].partition(";")[0])
    if code := row.get("support_code") or row.get("code"):
        yield Identifier("code", code)


def _national(number: str) -> str:
    """The digits that are the same however a number is written."""
    digits = re.sub(r"\D", "", number.partition(";")[0])
    return digits.removeprefix("44") if number.startswith("+44") else digits


def _phone_pattern(number: str) -> re.Pattern[str]:
    digits = r"[\s().-]*".join(_national(number))
    return re.compile(rf"(?<!\d)(?:(?:\+|00)?44[\s().-]*)?(?:\(0\)[\s.-]*)?0?[\s(]*{digits}(?!\d)")


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def keyed_hash(text: str) -> str:
    """A hash that nobody can look up without the secret of the installation."""
    key = hashlib.sha256(f"navigator desk: erasures {settings().signing_key()}".encode()).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]


def hashed_spans(text: str, hashes: Sequence[str]) -> list[tuple[int, int]]:
    """Where in a text stands what has one of these hashes."""
    spans = []
    lengths = {int(each.split()[1]) for each in hashes if not each.startswith("phone")}
    wanted = {each.split()[2] for each in hashes}
    words = list(re.finditer(r"\w+", text))
    for length in lengths:
        for first in range(len(words) - length + 1):
            run = words[first : first + length]
            if keyed_hash(" ".join(word.group().casefold() for word in run)) in wanted:
                spans.append((run[0].start(), run[-1].end()))
    if any(each.startswith("phone") for each in hashes):
        for found in _PHONE.finditer(text):
            digits = re.sub(r"\D", "", found.group())
            forms = {digits, digits.removeprefix("00").removeprefix("44"), digits.removeprefix("0")}
            if {keyed_hash(form) for form in forms} & wanted:
                spans.append(found.span())
    return spans
