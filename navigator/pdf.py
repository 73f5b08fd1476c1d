"""PDF files: headings, paragraphs, lists, tables and pictures on A4, with page numbers.

Its font knows Latin, Greek, Cyrillic and more; a sign that it lacks is drawn as an empty box. Words are drawn
as they are: nothing in them is markup. The library is loaded when a file is made.
"""

from collections.abc import Iterable, Sequence
from io import BytesIO
from logging import ERROR, getLogger
from pathlib import Path
from typing import TYPE_CHECKING

from navigator import clock

if TYPE_CHECKING:
    from fpdf import FPDF

MEDIA_TYPE = "application/pdf"
_FONTS = Path(__file__).parent / "fonts"
_FONT, _SIZE, _LINE = "DejaVu", 10, 5.2
"""The font, its size in points, and the height of a line in millimetres."""
_HEADINGS = (18, 14, 11)
"""The sizes of headings by their level, from 1 to 3, in points."""


class Pdf:
    """A PDF file that is written from top to bottom.

    >>> pdf = Pdf("What recurs", subject="1 to 30 June 2026")
    >>> pdf.paragraph("Log-ins broke on 9 June.")
    >>> pdf.table(("Problem", "Reports"), [("Log-in", "50")])
    >>> file = pdf.to_bytes()
    """

    def __init__(self, title: str, subject: str = "") -> None:
        self._file = _new_file(title, subject)
        self.heading(title)
        if subject:
            self.paragraph(subject)

    def heading(self, words: str, level: int = 1) -> None:
        """Write a heading of level 1 to 3, which stays with the lines after it and is in the outline."""
        size = _HEADINGS[level - 1]
        if self._file.will_page_break(size + 3 * _LINE):
            self._file.add_page()
        self._file.ln(_LINE / 2)
        self._file.start_section(words, level - 1)
        self._write(words, "B", size)

    def keep_together(self, height: float) -> None:
        """Begin a new page unless so many millimetres are left on this one."""
        if self._file.will_page_break(height):
            self._file.add_page()

    def paragraph(self, words: str, is_bold: bool = False) -> None:
        """Write a paragraph; its line breaks are kept."""
        self._write(words, "B" if is_bold else "", _SIZE)

    def bullets(self, items: Iterable[str]) -> None:
        """Write a list with bullets."""
        for item in items:
            self._file.set_font(_FONT, "", _SIZE)
            self._file.cell(5, _LINE, "•")
            self._file.multi_cell(0, _LINE, item, align="L", new_x="LMARGIN", new_y="NEXT")
        self._file.ln(_LINE / 2)

    def table(
        self, columns: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int] | None = None
    ) -> None:
        """Write a table, whose head stands again on each page; `widths` are shares of the page's width."""
        self._file.set_font(_FONT, "", _SIZE - 1)
        with self._file.table(
            col_widths=tuple(widths) if widths else None,
            text_align="LEFT",
            borders_layout="HORIZONTAL_LINES",
            line_height=_LINE,
            padding=0.8,
        ) as table:
            for row in (columns, *rows):
                table.row(row)
        self._file.ln(_LINE / 2)

    def picture(self, svg: str, alt: str, width: float = 170) -> None:
        """Draw a picture from SVG, as wide as that in millimetres; `alt` says it in words."""
        self._file.image(BytesIO(svg.encode()), w=width, alt_text=alt, keep_aspect_ratio=True)
        self._file.ln(_LINE / 2)

    def to_bytes(self) -> bytes:
        """The whole file."""
        return bytes(self._file.output())

    def _write(self, words: str, style: str, size: int) -> None:
        self._file.set_font(_FONT, style, size)
        self._file.multi_cell(0, _LINE * size / _SIZE, words, align="L", new_x="LMARGIN", new_y="NEXT")
        self._file.ln(_LINE / 3)


def _new_file(title: str, subject: str) -> "FPDF":
    from fpdf import FPDF

    class Numbered(FPDF):
        def footer(self) -> None:
            self.set_y(-15)
            self.set_font(_FONT, "", 8)
            self.cell(0, _LINE, f"Page {self.page_no()} of {{nb}}", align="R")

    for name in ("fpdf", "fontTools"):
        getLogger(name).setLevel(ERROR)  # a warning of a missing sign would say the sign: somebody's words
    file = Numbered(format="A4")
    file.set_margins(20, 18, 20)
    file.set_auto_page_break(True, 20)
    file.add_font(_FONT, "", _FONTS / "DejaVuSans.ttf")
    file.add_font(_FONT, "B", _FONTS / "DejaVuSans-Bold.ttf")
    file.set_title(title)
    file.set_subject(subject)
    file.set_lang("en-GB")
    file.set_creation_date(clock.now())
    file.set_creator("Navigator Desk")
    file.add_page()
    return file
