"""Compiled templates are read where they were kept, and made anew where anything is not as it was."""

import re
from pathlib import Path

import jinja2
import pytest
from jinja2 import Environment, FileSystemLoader

from tests.cases import each_case
from web.kit import compiled_templates
from web.kit.compiled_templates import CompiledTemplates, NoIndent
from web.kit.templating import TEMPLATES

JOINED = re.compile(
    r"(?:[\w.,;:!?]|\}\})\{% end(?:if|for) %\}\n[ \t]*(?=(?:\{% if [^%\n]*%\})?(?:[\w“]|\{\{ at\())"
)
"""Words whose line ends in a block, before words: neither the end of the line nor the indentation is sent."""


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """A folder with a page in it."""
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "page.html").write_text("one {{ word }}")
    return folder


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sources that were compiled."""
    sources: list[str] = []
    compile_source = Environment.compile

    def counted(self: Environment, source: str, name: str, filename: str) -> object:
        sources.append(source)
        return compile_source(self, source, name, filename)

    monkeypatch.setattr(Environment, "compile", counted)
    return sources


def drawn(templates: Path) -> str:
    """The page as a desk that starts now draws it."""
    jinja = Environment(
        loader=FileSystemLoader(templates), bytecode_cache=CompiledTemplates(templates), autoescape=True
    )
    return jinja.get_template("page.html").render(word="<w>")


def test_a_second_start_compiles_nothing(templates: Path, compiled: list[str]):
    """13: it took an eighth of the start."""
    assert [drawn(templates), drawn(templates)] == ["one &lt;w&gt;"] * 2
    assert len(compiled) == 1


def test_another_source_is_compiled(templates: Path, compiled: list[str]):
    """13: a new version of the desk shows its own words."""
    drawn(templates)
    (templates / "page.html").write_text("two {{ word }}")
    assert drawn(templates) == "two &lt;w&gt;"
    assert len(compiled) == 2


def test_another_jinja_compiles_anew(templates: Path, compiled: list[str], monkeypatch: pytest.MonkeyPatch):
    """13: what is mended in how templates are compiled is mended here."""
    drawn(templates)
    monkeypatch.setattr(jinja2, "__version__", "another")
    drawn(templates)
    assert len(compiled) == 2


def test_another_kit_compiles_anew(
    templates: Path, compiled: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """13: its options and filters are in what was compiled."""
    drawn(templates)
    monkeypatch.setattr(compiled_templates, "__file__", str(tmp_path / "kit" / "compiled_templates.py"))
    drawn(templates)
    assert len(compiled) == 2


@each_case("kept", [b"", b"something else", bytes(500)])
def test_what_is_no_compiled_template_is_compiled(templates: Path, compiled: list[str], kept: bytes):
    """13: whoever put it there."""
    drawn(templates)
    (file,) = (templates / "__pycache__").iterdir()
    file.write_bytes(kept)
    assert drawn(templates) == "one &lt;w&gt;"


def test_what_is_torn_is_compiled(templates: Path, compiled: list[str]):
    """13: the machine lost its power while it was written."""
    drawn(templates)
    (file,) = (templates / "__pycache__").iterdir()
    whole = file.read_bytes()
    for length in range(0, len(whole), 7):
        file.write_bytes(whole[:length])
        assert drawn(templates) == "one &lt;w&gt;"
    assert len(compiled) > len(whole) // 7


@pytest.mark.parametrize(("of_templates", "of_compiled"), [(0o755, 0o644), (0o700, 0o600)])
def test_whoever_may_read_the_templates_may_read_them_compiled(
    templates: Path, of_templates: int, of_compiled: int
):
    """13: those of the image were made by another user than the one who serves them."""
    templates.chmod(of_templates)
    drawn(templates)
    (file,) = (templates / "__pycache__").iterdir()
    assert file.stat().st_mode & 0o777 == of_compiled


def test_pages_are_drawn_where_nothing_can_be_written(templates: Path, compiled: list[str]):
    """13: a program that its user may only read, or a full disk."""
    (templates / "__pycache__").write_text("no folder")
    assert [drawn(templates), drawn(templates)] == ["one &lt;w&gt;"] * 2
    assert len(compiled) == 2


def test_indentation_goes_but_for_what_is_shown_as_it_is_typed():
    source = "<p>\n  one\n</p>\n  <pre>- get:\n    form: 1</pre>\n  <p>"
    assert (
        Environment(extensions=[NoIndent], autoescape=True).from_string(source).render()
        == "<p>\none\n</p>\n<pre>- get:\n    form: 1</pre>\n<p>"
    )


def test_no_words_stick_together_where_a_line_ends_in_a_block() -> None:
    assert JOINED.search("Steps only.{% endif %}\n  {% if much %}Reports")
    stuck = [
        (page.name, page.read_text()[: found.start()].count("\n") + 1)
        for page in sorted(TEMPLATES.rglob("*.html"))
        for found in JOINED.finditer(page.read_text())
    ]
    assert stuck == []
