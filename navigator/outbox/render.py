"""Renders the text of messages from Jinja templates."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701 - plain text is written here, never HTML
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class RenderedText:
    """A rendered message: subject and body of the e-mail; `text` is the whole of the SMS."""

    subject: str
    body: str
    text: str


def render(template: str, context: dict[str, Any]) -> RenderedText:
    """Render a template: its first line is the subject, the rest is the body."""
    subject, _, body = _ENVIRONMENT.get_template(f"{template}.txt").render(context).partition("\n")
    subject = " ".join(subject.split())
    return RenderedText(subject, body.strip() + "\n", f"{subject}\n{context['link']}")
