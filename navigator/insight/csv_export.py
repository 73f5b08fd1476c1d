"""A table as a file that spreadsheet programs open: with the numbers that may leave the service."""

import csv
from io import StringIO

from navigator.insight.table import Table

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes UTF-8 for something else


def to_csv(sheet: Table) -> str:
    """The table as CSV; no cell of it can be run as a formula."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(map(safe, (*sheet.columns, "What it means")))
    for row in sheet.rows:
        writer.writerow(map(safe, (row.label, *(cell.shared for cell in row.cells), row.means)))
    return _BYTE_ORDER_MARK + text.getvalue()


def safe(cell: str) -> str:
    """A cell that no spreadsheet program takes for a formula."""
    return f"'{cell}" if cell.startswith(_STARTS_A_FORMULA) else cell
