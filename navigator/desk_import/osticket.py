"""Export of osTicket: the CSV of a queue (“Export”), whose columns are named as its queues name them.

It holds no messages. What was said is taken from a column “Message”, which whoever makes the file may add;
without it a ticket has its subject alone.
"""

import csv
import io
from collections.abc import Mapping

from navigator.desk_import.foreign import ForeignMessage, ForeignTicket, moment, moment_or_none, short_text
from navigator.desk_import.html_text import text_of
from navigator.desk_import.readers import Element
from navigator.errors import Invalid

STATUSES = {"open": "open", "resolved": "closed", "closed": "closed", "archived": "closed", "deleted": "skip"}
IMPACTS = {"low": 5, "normal": 4, "high": 3, "emergency": 2}
NEEDED = ("Ticket Number", "Date Created", "Subject", "Current Status")


def rows(text: str) -> Element:
    """The lines of the file below the first, by column."""
    separator = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.reader(
        io.StringIO(text.lstrip("\ufeff").replace("\0", "")), delimiter=separator, strict=True
    )
    names: list[str] = []
    try:
        begins = 1
        for cells in reader:
            if not names:
                names = [cell.strip() for cell in cells]
                if missing := [name for name in NEEDED if name not in names]:
                    raise Invalid(f"line 1: there is no column {', '.join(missing)}")
            elif any(cell.strip() for cell in cells):
                yield begins, dict(zip(names, cells, strict=False))
            begins = reader.line_num + 1
    except csv.Error:
        raise Invalid(f"line {reader.line_num}: a quotation mark is open, or a cell is too long") from None


def ticket(line: int, row: Mapping[str, str]) -> ForeignTicket:
    """One ticket; all that it says was said when it was made."""
    created_at = moment(row.get("Date Created"), "Date Created")
    said = text_of(short_text(row.get("Message"), "Message"))
    return ForeignTicket(
        line=line,
        id=str(row.get("Ticket Number") or "").strip(),
        title=short_text(row.get("Subject"), "Subject"),
        status=str(row.get("Current Status") or "").strip(),
        priority=str(row.get("Priority") or "").strip(),
        category=str(row.get("Help Topic") or row.get("Department") or "").strip(),
        created_at=created_at,
        closed_at=moment_or_none(row.get("Closed Date"), "Closed Date"),
        email=str(row.get("From Email") or "").strip(),
        phone="",
        owner=str(row.get("Agent Assigned") or "").strip(),
        messages=(ForeignMessage(created_at, said, is_of_reporter=True),),
    )
