"""PDF files: the words are in them as they are, pages are numbered, and nothing of them is logged."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from navigator.pdf import Pdf

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'


def made() -> PdfReader:
    pdf = Pdf("What recurs", "1 to 30 June 2026")
    pdf.heading("Log-in", 2)
    pdf.paragraph("<b>Zażółć</b> **is** _not_ markup \N{EGYPTIAN HIEROGLYPH A001}")
    pdf.bullets(["first", "second"])
    pdf.table(("Problem", "Reports"), [("Forgotten", str(number)) for number in range(80)], (3, 1))
    pdf.picture(SVG, "A black square")
    return PdfReader(BytesIO(pdf.to_bytes()))


def test_words_stand_in_it_as_they_are():
    text = made().pages[0].extract_text()
    assert "1 to 30 June 2026" in text
    assert "<b>Zażółć</b> **is** _not_ markup" in text
    assert "• second" in text


def test_a_long_table_goes_on_with_its_head_on_each_numbered_page():
    pages = [page.extract_text() for page in made().pages]
    assert len(pages) > 2
    assert all("Problem" in text for text in pages[:-1])
    assert f"Page 2 of {len(pages)}" in pages[1]


def test_it_says_its_title_and_language():
    file = made()
    assert file.metadata is not None
    assert file.metadata.title == "What recurs"
    assert str(file.root_object["/Lang"]) == "en-GB"


def test_nothing_of_its_words_is_logged(caplog: pytest.LogCaptureFixture):
    made()
    assert caplog.records == []
