"""Support cards from a list (CSV, or copied out of a spreadsheet): read by line, made all or none."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session

from navigator.errors import Refused
from navigator.people.actor import Actor
from navigator.people.audit_log import record_change
from navigator.people.support_card import SupportCard
from navigator.support_cards.card_input import CardInput
from navigator.support_cards.cards import make_card
from navigator.support_cards.csv_lines import LineError, day_of, lines_of

COLUMNS = (
    "label", "programme", "practitioner", "next_session", "weekly", "contact", "email", "phone", "safe",
    "needs", "language",
)  # fmt: skip
NEEDED = ("label", "programme")
_ANSWERS = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False, "": None}


@dataclass
class ReadList:
    """The input of a card from each line of a list, as far as it can be read; and what is wrong, by line."""

    inputs: dict[int, CardInput] = field(default_factory=dict)
    errors: list[LineError] = field(default_factory=list)


@dataclass
class ImportedList:
    """The cards of a list, or of those that would be made; and what is wrong, by line."""

    cards: list[SupportCard] = field(default_factory=list)
    errors: list[LineError] = field(default_factory=list)


def read_list(service: str, text: str) -> ReadList:
    """Read a list and screen its words, before a transaction begins: hundreds of lines take seconds."""
    read = ReadList()
    for line, row in lines_of(text, COLUMNS, NEEDED):
        try:
            read.inputs[line] = CardInput.model_validate(_input(service, row))
        except ValidationError as invalid:
            read.errors += [_error(line, one["loc"], one["msg"], one["type"]) for one in invalid.errors()]
    return read


def import_list(session: Session, actor: Actor, read: ReadList, *, is_dry_run: bool = False) -> ImportedList:
    """Make a card for each line, all or none: not with any error, and not on a dry run."""
    imported = ImportedList()
    with suppress(_NotMade), session.begin_nested():
        imported = _make_cards(session, actor, read)
        if is_dry_run or imported.errors:
            raise _NotMade
    return imported


class _NotMade(Exception):
    """What undoes the cards of a list."""


def _make_cards(session: Session, actor: Actor, read: ReadList) -> ImportedList:
    imported = ImportedList(errors=[*read.errors])
    for line, card_input in read.inputs.items():
        try:
            with session.begin_nested():
                imported.cards.append(make_card(session, actor, card_input))
        except Refused as refused:
            wrong = refused.fields or {"": refused.message}
            imported.errors += [_error(line, name.split("."), words) for name, words in wrong.items()]
    imported.errors.sort(key=lambda error: error.line)
    if imported.cards and not imported.errors:
        title = f"Support cards made from a list: {len(imported.cards)}"
        record_change(session, actor, imported.cards[0].service_id, "card", title)
    return imported


def _input(service: str, row: Mapping[str, str]) -> dict[str, Any]:
    """A line as the input of a card; what cannot be read stays as it is, and is refused there."""
    contact = {
        "route": row.get("contact", "").lower() or None,
        "email": row.get("email", ""),
        "phone": row.get("phone", ""),
        "is_safe": _answer(row.get("safe", "")),
        "needs": row.get("needs", ""),
        "language": row.get("language", ""),
    }
    return {
        "service": service,
        "programme": row.get("programme", ""),
        "label": row.get("label", ""),
        "practitioner": row.get("practitioner", ""),
        "next_session": day_of(row.get("next_session", "")),
        "session_is_weekly": _answer(row.get("weekly", "")) or False,
        "contact": contact,
    }


def _answer(cell: str) -> Any:
    return _ANSWERS.get(cell.lower(), cell)


_COLUMN_OF = {"route": "contact", "is_safe": "safe", "session_is_weekly": "weekly"}
_WORDS = {
    "safe": "Say yes or no",
    "contact": "Say email, text, phone or none",
    "weekly": "Say yes or no",
    "next_session": "Write a day that comes, like 2026-06-19 or 19/06/2026",
    "label": "Write a few words, at most 200 characters",
    "email": "This is not an email address",
    "practitioner": "This is not an email address",
}
"""What is said of a cell, where Pydantic's words are for programmers."""


def _error(line: int, where: Any, message: str, kind: str = "value_error") -> LineError:
    parts = [str(part) for part in where if part != "contact"]
    column = _COLUMN_OF.get(parts[-1], parts[-1]) if parts else ""
    own = message.removeprefix("Value error, ")
    return LineError(line, column, own if kind == "value_error" else _WORDS.get(column, own))
