"""Tickets of another desk as its export tells them, and what is wrong with a line of it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from navigator import clock
from navigator.triage.safety_screen import MAX_CHARACTERS

LONDON = ZoneInfo("Europe/London")
LONGEST = MAX_CHARACTERS
"""Characters of one message: as many as the safety screen reads."""


class BadLine(ValueError):
    """A ticket that cannot be read; the message says to a person why, without a word of what was said."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with the ticket that begins on a line."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


@dataclass(frozen=True)
class ForeignMessage:
    """One message: when, whether its reporter wrote it, whether it is for staff alone, and its author."""

    at: datetime
    text: str
    is_of_reporter: bool
    is_internal: bool = False
    author: str = ""


@dataclass(frozen=True)
class ForeignTicket:
    """A ticket there, in its own words for status, priority, kind and people."""

    line: int
    id: str
    title: str
    status: str
    priority: str
    category: str
    created_at: datetime
    closed_at: datetime | None
    email: str
    phone: str
    owner: str
    messages: tuple[ForeignMessage, ...]


@dataclass(frozen=True)
class Export:
    """An export that was read: its tickets, and what could not be read."""

    tickets: tuple[ForeignTicket, ...]
    faults: tuple[Fault, ...]


def moment(value: object, name: str) -> datetime:
    """A time as exports write it; without a zone it is London’s. Refused before 1990 and in the future."""
    text = str(value or "").strip()
    try:
        at = datetime.fromisoformat(text)
        at = (at if at.tzinfo else at.replace(tzinfo=LONDON)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadLine(f"{name}: this is no time, like 2025-03-31 14:05") from None
    if at.year < 1990 or at > clock.now():
        raise BadLine(f"{name}: this time is in the future or very long ago")
    return at


def moment_or_none(value: object, name: str) -> datetime | None:
    """Such a time, or None where there is none."""
    return moment(value, name) if value not in (None, "", "None") else None


def short_text(value: object, name: str) -> str:
    """A message or a title, which fits; None is nothing."""
    text = "" if value is None else str(value).strip()
    if len(text) > LONGEST:
        raise BadLine(f"{name}: it is longer than {LONGEST:,} characters")
    return text
