"""CSV export of a table, with the numbers that may leave the service, and of what they are."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from navigator.csv_cells import BYTE_ORDER_MARK, escape_formula
from navigator.insight.shared_words import ROUNDED
from navigator.insight.table import Table


def to_csv(table: Table, head: Iterable[Sequence[str]]) -> str:
    """A table as CSV, under lines that say of what it is; no cell of it can be run as a formula."""
    output = StringIO()
    writer = csv.writer(output)
    writer.writerow([escape_formula(table.title)])
    writer.writerows(map(escape_formula, line) for line in head)
    writer.writerows([[ROUNDED], []])
    writer.writerow(map(escape_formula, (*table.columns, "What it means")))
    for row in table.rows:
        writer.writerow(map(escape_formula, (row.label, *(cell.shared for cell in row.cells), row.help_text)))
    return BYTE_ORDER_MARK + output.getvalue()
