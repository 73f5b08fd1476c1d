"""The catalogues of patients' pages are whole, and nothing that patients read is left out of them."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from navigator.languages import TRANSLATIONS, Language
from tests.translations import ROOT, TEMPLATE, words_now

MOST_WORDS = 13
"""Of a sentence in Easy Read."""
_WRITTEN_ANEW = {"known.html", "counted.html", "sent.html"}
"""Pages that others rewrite now."""
PATIENTS = sorted(
    [
        *ROOT.glob("web/templates/public/**/*.html"),
        *(ROOT / "web/templates/kit" / name for name in ("patient.html", "error.html", "layout.html")),
    ]
)
LETTERS = re.compile(r"[^\W\d_]{2,}")
ENVIRONMENT = Environment(extensions=["jinja2.ext.do", "jinja2.ext.i18n"], autoescape=True)
MARKS = {"_", "gettext", "ngettext"}
_JINJA = re.compile(r"{#.*?#}|{% trans.*?endtrans %}|{{.*?}}|{%.*?%}", re.DOTALL)
_PLACEHOLDERS = re.compile(r"%\(\w+\)s|%\{\w+\}|%%|\{\w+")
_TAGS = re.compile(r"</?\w+[^>]*>")
_NUMBERS = re.compile(r"(?<!\d)\d[\d .]*\d(?!\d)|DN-\d+|name@example\.com|NHS|CID")


@cache
def _messages(language: Language) -> list[Message]:
    with language.file.open("rb") as file:
        return [message for message in read_po(file) if message.id]


def _pairs(message: Message) -> Iterator[tuple[str, str]]:
    ids, strings = message.id, message.string or ""
    if isinstance(ids, str):
        yield ids, str(strings)
    else:
        yield from ((ids[min(form, 1)], words) for form, words in enumerate(strings))


@pytest.fixture(params=TRANSLATIONS, ids=lambda language: language.code)
def language(request: pytest.FixtureRequest) -> Language:
    chosen: Language = request.param
    return chosen


def test_the_words_of_the_pages_are_those_of_the_catalogues(language: Language) -> None:
    """`make translations` finds what is new, and what is no longer said."""
    now = _words_now()
    for file in (TEMPLATE, language.file):
        with file.open("rb") as source:
            known = {one.id if isinstance(one.id, str) else one.id[0] for one in read_po(source) if one.id}
        assert known ^ now == set(), f"{file.name}: run `make translations`, and translate what is new"


@cache
def _words_now() -> set[str]:
    return {one if isinstance(one, str) else one[0] for one in words_now()}


def test_every_word_is_translated_and_none_is_uncertain(language: Language) -> None:
    lacking = [one.id for one in _messages(language) if one.fuzzy or not all(said for _, said in _pairs(one))]
    assert lacking == []


def test_plurals_have_each_form_of_the_language(language: Language) -> None:
    with language.file.open("rb") as file:
        catalog = read_po(file)
    forms = [len(one.string or ()) for one in catalog if one.id and not isinstance(one.id, str)]
    assert forms
    assert set(forms) == {catalog.num_plurals}


@pytest.mark.parametrize(
    "pattern", [_PLACEHOLDERS, _TAGS, _NUMBERS], ids=["placeholders", "markup", "numbers"]
)
def test_what_is_no_word_stays_as_it_is(language: Language, pattern: re.Pattern[str]) -> None:
    """Facts are put into the same places; no link and no number is another."""
    wrong = []
    for message in _messages(language):
        for english, words in _pairs(message):
            found, expected = (Counter(pattern.findall(text)) for text in (words, english))
            if pattern is _NUMBERS:
                found, expected = Counter(set(found) & set(expected)), Counter(set(expected))
            if found != expected and not (pattern is _PLACEHOLDERS and set(found) == set(expected)):
                wrong.append((english, words))
    assert wrong == []


def test_easy_read_is_short() -> None:
    easy = next(one for one in TRANSLATIONS if one.code == "easyread")
    words = [_TAGS.sub("", said) for message in _messages(easy) for _, said in _pairs(message)]
    sentences = [sentence for said in words for sentence in re.split(r"(?<=[.?!:]) ", said)]
    assert [one for one in sentences if len(one.split()) > MOST_WORDS] == []


def test_patients_templates_are_found() -> None:
    assert len(PATIENTS) > 25


@pytest.mark.parametrize(
    "file",
    [one for one in PATIENTS if one.name not in _WRITTEN_ANEW],
    ids=lambda file: f"{file.parent.name}/{file.name}",
)
def test_no_page_of_patients_says_anything_that_is_not_marked(file: Path) -> None:
    source = file.read_text(encoding="utf-8")
    tree = ENVIRONMENT.parse(source)
    assert [*_between_tags(source), *_given_to_macros(tree)] == []


def _between_tags(source: str) -> Iterator[str]:
    """Words of the template itself, and of the attributes that people hear."""
    bare = _JINJA.sub("", source)
    yield from re.findall(r'(?:aria-label|placeholder|alt|title)="([^"]*[a-z][^"]*)"', bare)
    for text in re.sub(r"<[^>]*>", "\n", bare).split("\n"):
        # A block may hold an address or a class.
        if LETTERS.search(text) and not re.fullmatch(r"\s*(?:[/\w-]*/[/\w-]*|[a-z-]+)\s*", text):
            yield text.strip()


def _given_to_macros(node: nodes.Node) -> Iterator[str]:
    """Texts that look like words, outside of what marks them."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in MARKS:
        return
    if (
        isinstance(node, nodes.Const)
        and isinstance(node.value, str)
        and re.match(r"[A-Z“][a-z’]", node.value)
    ):
        yield node.value
    for child in node.iter_child_nodes():
        yield from _given_to_macros(child)
