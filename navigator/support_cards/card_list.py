"""Support cards from a list (CSV, or copied out of a spreadsheet): read by line, made all or none."""

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session

from navigator.errors import Invalid, Refused
from navigator.people.actor import Actor
from navigator.people.audit_log import record_change
from navigator.people.support_card import SupportCard
from navigator.support_cards.card_input import CardInput
from navigator.support_cards.cards import make_card

COLUMNS = (
    "label", "programme", "practitioner", "next_session", "weekly", "contact", "email", "phone", "safe",
    "needs", "language",
)  # fmt: skip
NEEDED = ("label", "programme")
MOST_LINES = 500
MOST_SIGNS = 100_000
_ANSWERS = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False, "": None}
_DAY_FORMATS = ("%Y-%m-%d", "%d/%m/%Y")


@dataclass(frozen=True)
class LineError:
    """What is wrong with one line of a list, in which column."""

    line: int
    column: str
    message: str


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
    for line, row in _lines(text):
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


def _lines(text: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The lines below the first, with their number and their cells by column; empty lines are left out."""
    if len(text) > MOST_SIGNS:
        raise Invalid("There is a problem", {"text": "This list is too long. Put it in by parts."})
    first_line = text.lstrip("\ufeff").lstrip().partition("\n")[0]
    separator = max("\t;,", key=first_line.count)
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=separator, strict=True)
    columns: list[str] = []
    try:
        for cells in reader:
            if not columns and any(cells):
                columns = _columns(cells)
            elif any(cell.strip() for cell in cells):
                yield reader.line_num, _row(reader.line_num, columns, cells)
    except csv.Error as error:
        words = f"Line {reader.line_num} cannot be read: a quotation mark is open."
        raise Invalid("There is a problem", {"text": words}) from error


def _columns(cells: list[str]) -> list[str]:
    names = [cell.strip().lower().replace(" ", "_") for cell in cells]
    unknown = [name for name in names if name not in COLUMNS]
    missing = [name for name in NEEDED if name not in names]
    if unknown or missing or len(set(names)) < len(names):
        words = f"The first line names the columns. They can be: {', '.join(COLUMNS)}."
        raise Invalid("There is a problem", {"text": words})
    return names


def _row(line: int, columns: list[str], cells: list[str]) -> Mapping[str, str]:
    if line > MOST_LINES + 1:
        raise Invalid("There is a problem", {"text": f"Put in {MOST_LINES} lines at a time."})
    if any(cell.strip() for cell in cells[len(columns) :]):
        words = f"Line {line} has more cells than the first line has columns."
        raise Invalid("There is a problem", {"text": words})
    return dict(zip(columns, (cell.strip() for cell in cells), strict=False))


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
        "next_session": _day(row.get("next_session", "")),
        "session_is_weekly": _answer(row.get("weekly", "")) or False,
        "contact": contact,
    }


def _answer(cell: str) -> Any:
    return _ANSWERS.get(cell.lower(), cell)


def _day(cell: str) -> Any:
    """A day as ISO 8601 or as people in Britain write it: 19/06/2026."""
    for form in _DAY_FORMATS:
        try:
            return datetime.strptime(cell, form).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
    return cell or None


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
