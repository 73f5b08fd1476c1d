"""Headers of a mail as words: one line that a database can hold, whatever was sent there."""

import re
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

from navigator.mail_in.charsets import decoded

LONGEST = 400
MOST_REFERENCES = 100
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
"""What ends a line, or turns the direction of a text: a name that hides its end so is shown as it is."""


def header(mail: Message, name: str, longest: int = LONGEST) -> str:
    """The first header of a name, decoded (RFC 2047), as one line; empty where there is none."""
    return one_line(_raw(mail, name), longest)


def headers(mail: Message, name: str) -> list[str]:
    """All headers of a name, decoded."""
    return [one_line(str(value)) for key, value in mail.raw_items() if key.lower() == name.lower()]


def _raw(mail: Message, name: str) -> str:
    return next((str(value) for key, value in mail.raw_items() if key.lower() == name.lower()), "")


def one_line(value: str, longest: int = LONGEST) -> str:
    """A header’s value decoded, without what would break a line or turn the direction of the text."""
    line = _CONTROL.sub(" ", _decoded(value[: longest * 8]))
    line = " ".join(line.encode("utf-8", "replace").decode().split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def _decoded(value: str) -> str:
    value = value.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
    try:
        parts = decode_header(value)
    except Exception:  # of what nobody can decode, the text as it came is shown
        return _without_surrogates(value)
    return "".join(
        decoded(part, charset or "") if isinstance(part, bytes) else _without_surrogates(part)
        for part, charset in parts
    )


def _without_surrogates(value: str) -> str:
    return decoded(value.encode("utf-8", "surrogateescape"), "")


def sender(mail: Message) -> tuple[str, str]:
    """The name and the address that a mail says it is from; either may be empty."""
    raw = _raw(mail, "From")
    try:
        found = [(name, address) for name, address in getaddresses([raw]) if "@" in address]
    except Exception:
        found = []
    name, address = found[0] if found else ("", "")
    return one_line(name, 200), one_line(address, 320)


def recipients(mail: Message) -> list[str]:
    """Every address that a mail was sent or delivered to, as its headers say."""
    names = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc", "Resent-To")
    values = [value for name in names for value in headers(mail, name)]
    try:
        return [address.lower() for _, address in getaddresses(values) if "@" in address] + [
            word.lower() for value in values for word in re.findall(r"[\w.+=-]+@[\w.-]+", value)
        ]
    except Exception:
        return [word.lower() for value in values for word in re.findall(r"[\w.+=-]+@[\w.-]+", value)]


def references(mail: Message) -> list[str]:
    """The ids of the mails that a mail answers, each without its brackets."""
    text = " ".join(_raw(mail, name) for name in ("In-Reply-To", "References", "Thread-Reference"))
    return list(dict.fromkeys(re.findall(r"<([^<>\s]{1,250})>", text)))[:MOST_REFERENCES]
