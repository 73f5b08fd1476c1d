"""PDF export of the one screen, of a table or of the whole report, with the numbers that may leave."""

from collections.abc import Sequence

from navigator.insight.finding import Finding
from navigator.insight.finding_picture import shared_picture
from navigator.insight.shared_words import ROUNDED, scope_in_words
from navigator.insight.table import Row, Table
from navigator.insight.tables import ManagersReport
from navigator.pdf import Pdf

WHOLE = "report"
"""The name under which all of it is one file: the one screen, then every table."""
PICTURE_WIDTH = 26
FINDING_HEIGHT = 50
"""In millimetres: about so much a finding takes with its picture."""


def to_pdf(report: ManagersReport, name: str) -> bytes:
    """A table of the report as PDF, or all of it."""
    tables = [report.decisions, *report.tables.values()] if name == WHOLE else [report.table(name)]
    title = "What needs a decision, and the figures" if name == WHOLE else tables[0].title
    pdf = Pdf(title)
    for label, words in scope_in_words(report.scope):
        pdf.paragraph(f"{label}: {words}")
    pdf.paragraph(ROUNDED)
    for table in tables:
        if table.name == report.decisions.name:
            _write_findings(pdf, report.findings, table.title if name == WHOLE else "")
        else:
            _write(pdf, table, has_heading=name == WHOLE)
    return pdf.to_bytes()


def _write_findings(pdf: Pdf, findings: Sequence[Finding], heading: str) -> None:
    """What needs a decision, each with its picture and what to do."""
    if heading:
        pdf.heading(heading, level=2)
    if not findings:
        pdf.paragraph("Nothing needs a decision in this period.")
    for number, found in enumerate(findings, 1):
        pdf.keep_together(FINDING_HEIGHT)
        pdf.paragraph(f"{number}. {found.shared}", is_bold=True)
        if picture := shared_picture(found):
            pdf.picture(picture.svg, picture.words, width=PICTURE_WIDTH)
            pdf.paragraph(f"Picture: {picture.words}.")
        pdf.paragraph(found.advice)


def _write(pdf: Pdf, table: Table, *, has_heading: bool) -> None:
    if has_heading:
        pdf.heading(table.title, level=2)
    pdf.paragraph(table.help_text)
    if table.rows:
        rest = len(table.columns) - 1
        pdf.table(table.columns, map(_cells, table.rows), widths=(min(max(2, rest), 4), *(2,) * rest))
    else:
        pdf.paragraph("Nothing in this period.")


def _cells(row: Row) -> Sequence[str]:
    label = f"{row.label}\n{row.help_text}" if row.help_text else row.label
    return (label, *(cell.shared for cell in row.cells))
