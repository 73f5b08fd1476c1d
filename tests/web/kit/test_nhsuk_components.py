"""The library's markup, kept with slots and filled in, is what the library itself makes of the same texts."""

from importlib.metadata import metadata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import ChainableUndefined, Environment, PackageLoader
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from web.kit import nhsuk_components as nhsuk
from web.kit.forms import Form
from web.kit.static_files import FOLDER
from web.kit.templating import environment

LIBRARY = Environment(
    loader=PackageLoader("nhsuk_frontend_jinja"), undefined=ChainableUndefined, autoescape=True
)
MACROS = {
    nhsuk.text_input: ("input", "input"),
    nhsuk.character_count: ("character-count", "characterCount"),
    nhsuk.radios: ("radios", "radios"),
    nhsuk.checkboxes: ("checkboxes", "checkboxes"),
    nhsuk.select: ("select", "select"),
    nhsuk.date_input: ("date-input", "dateInput"),
    nhsuk.error_summary: ("error-summary", "errorSummary"),
    nhsuk.button: ("button", "button"),
}
SET_BY_SCRIPT = ' data-module="nhsuk-button"'
"""Of every button (desk.js)."""
HOSTILE = st.text(st.sampled_from("a1<>&\"'`={}%/\\-_ \ue000"), min_size=1, max_size=8).map("x{}x".format)


def nodes(html: str) -> list[object]:
    """Every element with its attributes, and every text without the spaces around it."""
    body = HTMLParser(html).body
    assert body
    return [
        (node.tag, node.attributes) if node.tag != "-text" else node.text().strip()
        for node in body.traverse(include_text=True)
        if node.tag != "-text" or node.text().strip()
    ]


@pytest.mark.parametrize("component", MACROS)
@given(text=HOSTILE, other=HOSTILE)
def test_hostile_text_is_shown_as_the_library_shows_it(component: nhsuk.Component, text: str, other: str):
    folder, macro = MACROS[component]
    library = getattr(LIBRARY.get_template(f"nhsuk/components/{folder}/macro.jinja").module, macro)
    form = Form([("name", text), ("name-day", other), ("name-year", "2026")])
    form.errors |= {"name": text, "": other}
    dates, choices = (
        nhsuk.date_items(form, "name"),
        nhsuk.choice_items(form, "name", [(text, other, text), ("a", "b")]),
    )
    params = nhsuk.field_params(form, "name", text, other, optional=True, heading=True) | {
        "value": text,
        "text": other,
        "maxlength": 100,
        "items": {nhsuk.date_input: dates, nhsuk.select: []}.get(component, choices),
        "heading": text,
        "errorList": nhsuk.error_items(form),
        "attributes": {"formaction": other},
    }
    expected = library(params).replace(SET_BY_SCRIPT, "")
    assert nodes(component(params)) == nodes(component(params)) == nodes(expected)


def test_what_a_choice_asks_is_left_to_the_style_sheet():
    asks = environment.globals["field"](Form([("more", "<b>")]), "more", "More")  # type: ignore[operator]
    html = environment.globals["radios"](Form(), "which", "Which?", [("a", "A", "", asks), ("b", "B")])  # type: ignore[operator]
    page = HTMLParser(html)
    assert [node.attributes["value"] for node in page.css(".nhsuk-radios__conditional input")] == ["<b>"]
    assert page.css("[data-aria-controls], .nhsuk-radios__conditional--hidden") == []


def test_choices_of_a_select_stand_under_headings():
    choices = [("", "None"), ("A & B", [("1", "<One>"), ("2", "Two")])]
    html = environment.globals["select"](Form([("which", "2")]), "which", "Which?", choices)  # type: ignore[operator]
    page = HTMLParser(html)
    assert [node.attributes["label"] for node in page.css("select#which optgroup")] == ["A & B"]
    assert [node.text(strip=True) for node in page.css("option")] == ["None", "<One>", "Two"]
    assert [node.attributes["value"] for node in page.css("option[selected]")] == ["2"]


def test_text_that_begins_with_an_empty_line_keeps_it():
    html: Any = environment.globals["textarea"](Form().fill({"text": "\n\na"}), "text", "Text")  # type: ignore[operator]
    assert [node.text() for node in HTMLParser(html).css("textarea")] == ["\n\na"]


def test_the_library_is_made_for_the_vendored_frontend():
    frontend = (FOLDER / "nhsuk" / "README.md").read_text().split("\n")[0].removeprefix("# NHS.UK frontend ")
    library = metadata("nhsuk-frontend-jinja")
    assert f"| {frontend} | {library['Version']} |" in library.json["description"]
