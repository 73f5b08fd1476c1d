"""The words of a letter, from its template: the only room of the domain that knows Jinja."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_PAPER = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701 - plain text is written here, never HTML
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class RenderedText:
    """What a letter says: `text` is all of it that goes into a text message."""

    subject: str
    body: str
    text: str


def render(template: str, facts: dict[str, Any]) -> RenderedText:
    """The words of a letter: the first line of its template is the subject, the rest is the body."""
    subject, _, body = _PAPER.get_template(f"{template}.txt").render(facts).partition("\n")
    subject = " ".join(subject.split())
    return RenderedText(subject, body.strip() + "\n", f"{subject}\n{facts['link']}")
