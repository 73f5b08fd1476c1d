"""What a room above gives to its letters when they are sent: facts that are looked up then, and files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session

from navigator.outbox.outbox_message import OutboxMessage


@dataclass(frozen=True)
class EnclosedFile:
    """A file that goes with an email; a calendar's is a part of the letter too, as invitations are."""

    name: str
    media_type: str
    content: bytes
    calendar_method: str = ""


@dataclass(frozen=True)
class Enclosure:
    """The facts that a letter's words need beside those that were queued, and the files that go with it.

    `headers` are of the email; `text_ending` stands below a text message.
    """

    facts: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[EnclosedFile, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    text_ending: str = ""


NOTHING = Enclosure()
Enclose = Callable[[Session, OutboxMessage], Enclosure | None]
"""Looks up what goes with a letter; None if what it says is no longer so, and it is not sent."""

_ENCLOSE: dict[str, Enclose] = {}


def encloses(*templates: str) -> Callable[[Enclose], Enclose]:
    """Have a function look up what goes with the letters of these templates, when they are sent."""

    def register(enclose: Enclose) -> Enclose:
        _ENCLOSE.update(dict.fromkeys(templates, enclose))
        return enclose

    return register


def enclosure_of(session: Session, message: OutboxMessage) -> Enclosure | None:
    """What goes with a letter; None if it is not to be sent any more."""
    enclose = _ENCLOSE.get(message.template)
    return enclose(session, message) if enclose else NOTHING
