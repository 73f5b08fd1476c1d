"""The guide: each page opens, its links lead somewhere, and what it names in bold stands in the product."""

import re
from pathlib import Path

import pytest

from tests.people import People
from tests.web.conftest import Enter
from tests.web.test_route_access import NAMES
from web.desk.guide import FOLDER, GUIDES, PICTURES
from web.kit.static_files import STATIC

WEB = Path(__file__).parents[3] / "web"
TEXTS = {name: (FOLDER / f"{name}.md").read_text() for name in GUIDES}
WORDS = " ".join(
    " ".join(file.read_text().split())
    for file in (*WEB.rglob("*.html"), *WEB.rglob("*.py"), *WEB.glob("static/*.js"))
)
"""What the desk can say: its templates, and the labels in code, each between quotes or tags."""
LONGEST = 700
"""Words of a page that somebody reads in five minutes."""


def test_there_is_a_page_for_each_role_and_no_other_file():
    assert {file.stem for file in FOLDER.iterdir()} == set(GUIDES)


@pytest.mark.parametrize("name", GUIDES)
def test_a_page_is_short_and_by_tasks(name: str):
    text = TEXTS[name]
    assert 100 < len(text.split()) < LONGEST
    assert len(re.findall("^## ", text, re.M)) >= 3
    assert not re.search("^# ", text, re.M), "the page has its heading"


@pytest.mark.parametrize("name", GUIDES)
def test_what_a_page_names_in_bold_stands_in_the_product(name: str):
    bold = re.findall(r"\*\*(.+?)\*\*", TEXTS[name])
    assert bold
    labels = {words: re.search(rf'[">]\s?{re.escape(words)}(?: ?[“"<])', WORDS) for words in bold}
    assert [words for words, label in labels.items() if not label] == []


@pytest.mark.parametrize("name", GUIDES)
def test_what_a_page_links_to_exists(name: str):
    links = re.findall(r"(?<!!)\[[^\]]+\]\((/[^)]*)\)", TEXTS[name])
    assert links
    assert [href for href in links if f"GET {href.partition('?')[0].partition('#')[0]}" not in NAMES] == []


@pytest.mark.parametrize("name", GUIDES)
def test_pictures_are_there_small_and_described(name: str):
    pictures = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", TEXTS[name])
    assert pictures
    for described, file in pictures:
        assert len(described.split()) >= 4, file
        assert len(STATIC.files[f"{PICTURES}/{file}"]) < 100_000, file


def test_each_page_opens_for_staff_and_their_own_comes_first(enter: Enter, people: People):
    for who, own in (
        ("amina", "navigator"),
        ("priya", "practitioner"),
        ("cole", "clinician"),
        ("mo", "manager"),
        ("ada", "administrator"),
    ):
        visitor = enter(who)
        visitor.get("/guide")
        assert visitor.path == f"/guide/{own}"
        for name in GUIDES:
            visitor.get(f"/guide/{name}")
            assert f"Guide for {GUIDES[name]}" in visitor.text
            assert [image.attributes["alt"] for image in visitor.page.css("main img")]
