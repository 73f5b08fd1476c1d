"""Lines of a list (CSV, or copied out of a spreadsheet): read by line and column, and bounded."""

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from navigator.errors import Invalid

MOST_LINES = 500
MOST_SIGNS = 100_000
_DAY_FORMATS = ("%Y-%m-%d", "%d/%m/%Y")

Row = Mapping[str, str]


@dataclass(frozen=True)
class LineError:
    """What is wrong with one line of a list, in which column."""

    line: int
    column: str
    message: str


def lines_of(
    text: str, columns: Sequence[str], needed: Collection[str], most_lines: int = MOST_LINES
) -> Iterator[tuple[int, Row]]:
    """The lines below the first, with their number and their cells by column; empty lines are left out."""
    if len(text) > MOST_SIGNS:
        raise Invalid("There is a problem", {"text": "This list is too long. Put it in by parts."})
    first_line = text.lstrip("\ufeff").lstrip().partition("\n")[0]
    separator = max("\t;,", key=first_line.count)
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=separator, strict=True)
    names: list[str] = []
    try:
        for cells in reader:
            if not names and any(cells):
                names = _names(cells, columns, needed)
            elif any(cell.strip() for cell in cells):
                _require_fewer(reader.line_num, most_lines)
                yield reader.line_num, _row(reader.line_num, names, cells)
    except csv.Error as error:
        words = f"Line {reader.line_num} cannot be read: a quotation mark is open."
        raise Invalid("There is a problem", {"text": words}) from error


def _names(cells: Sequence[str], columns: Sequence[str], needed: Collection[str]) -> list[str]:
    names = [cell.strip().lower().replace(" ", "_") for cell in cells]
    unknown = [name for name in names if name not in columns]
    missing = [name for name in needed if name not in names]
    if unknown or missing or len(set(names)) < len(names):
        words = f"The first line names the columns. They can be: {', '.join(columns)}."
        raise Invalid("There is a problem", {"text": words})
    return names


def _require_fewer(line: int, most_lines: int) -> None:
    if line > most_lines + 1:
        raise Invalid("There is a problem", {"text": f"Put in {most_lines} lines at a time."})


def _row(line: int, names: Sequence[str], cells: Sequence[str]) -> Row:
    if any(cell.strip() for cell in cells[len(names) :]):
        words = f"Line {line} has more cells than the first line has columns."
        raise Invalid("There is a problem", {"text": words})
    return dict.fromkeys(names, "") | dict(zip(names, (cell.strip() for cell in cells), strict=False))


def day_of(cell: str) -> Any:
    """A day as ISO 8601 or as people in Britain write it: 19/06/2026; what is none stays as it is."""
    for form in _DAY_FORMATS:
        try:
            return datetime.strptime(cell, form).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
    return cell or None
