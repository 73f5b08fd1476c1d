"""Bounces: which letter of ours a delivery report is about (RFC 3464), and whether it failed for good."""

import re
from dataclasses import dataclass
from email import message_from_string
from email.message import Message
from typing import Any

_OURS = re.compile(r"<?(\d{1,9})\.(\d{20})@[\w.-]+>?")
"""The Message-ID of a letter of ours: its number and the moment in which it was queued."""
_CODE = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b|\b([45])\d\d\b")
_DELAYED = re.compile(
    r"\b(?:delayed|will (?:keep|continue)|verzögert|still being retried|temporary)\b", re.IGNORECASE
)
MOST_TEXT, MOST_LETTERS = 100_000, 50


@dataclass(frozen=True)
class Bounce:
    """The letter that came back, by its number and moment; `is_permanent`: it will not arrive."""

    letters: tuple[tuple[int, str], ...]
    is_permanent: bool


def bounce(mail: Message, text: str) -> Bounce:
    """What a delivery report says, in its form or, where it has none, in its words."""
    fields = _fields(mail)
    letters = tuple(dict.fromkeys(_letters(mail, text)))[:MOST_LETTERS]
    actions = [field.get("action", "").lower() for field in fields if field.get("action")]
    codes = [field.get("status", "") for field in fields if field.get("status")]
    if actions or codes:
        is_permanent = "failed" in actions or any(code.startswith("5") for code in codes)
        return Bounce(letters, is_permanent and "delayed" not in actions)
    found = _CODE.search(text)
    kind = (found[1] or found[2]) if found else "5"
    return Bounce(letters, kind == "5" and not _DELAYED.search(text[:2_000]))


def _fields(mail: Message) -> list[dict[str, str]]:
    """The groups of fields of the delivery status."""
    groups: list[dict[str, str]] = []
    for part in mail.walk():
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            payload: Any = part.get_payload()
            blocks = payload if isinstance(payload, list) else [message_from_string(str(payload))]
            groups += [{key.lower(): str(value) for key, value in block.raw_items()} for block in blocks]
    return groups


def _letters(mail: Message, text: str) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for part in list(mail.walk())[:50]:
        for key, value in part.raw_items():
            name = key.lower()
            is_returned = part is not mail and name in ("message-id", "references", "in-reply-to")
            if is_returned or name in ("in-reply-to", "references", "x-ms-exchange-original-message-id"):
                found += _ids(str(value))
        if part.get_content_type() in ("text/rfc822-headers", "message/rfc822-headers"):
            found += _ids(str(part.get_payload())[:MOST_TEXT])
    return found + _ids(text[:MOST_TEXT])


def _ids(text: str) -> list[tuple[int, str]]:
    return [(int(number), moment) for number, moment in _OURS.findall(text)]
