"""Renders the text of messages from Jinja templates."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from navigator import languages
from navigator.dates_in_words import appointment, day

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701 - plain text is written here, never HTML
    trim_blocks=True,
    lstrip_blocks=True,
    extensions=["jinja2.ext.i18n"],
)
_ENVIRONMENT.install_gettext_callables(languages.gettext, languages.ngettext, newstyle=True)  # type: ignore[attr-defined] # the i18n extension adds it

_ENVIRONMENT.filters["appointment"] = lambda at: appointment(datetime.fromisoformat(at))

_ENVIRONMENT.filters["letter_day"] = lambda on: day(date.fromisoformat(on))

_UNSAID: dict[str, Any] = {
    "service": "",
    "sent_on": "",
    "takes_answers": False,
    "is_read": False,
    "by": "",
    "to": "",
}
"""What a letter says of itself where nothing is known of its service."""
_RENAMED = {"hand_over": "clinical_review", "hand_over_unread": "clinical_review_unread"}
"""Templates by their old names."""


@dataclass(frozen=True)
class RenderedText:
    """A rendered message: subject and body of the e-mail; `text` is the whole of the SMS."""

    subject: str
    body: str
    text: str


def current_template(name: str) -> str:
    """The name of a template now: messages that were queued before a release hold its old one."""
    return _RENAMED.get(name, name)


def render(
    template: str, context: dict[str, Any], language: str = languages.ENGLISH, text_ending: str = ""
) -> RenderedText:
    """Render a template in a language: its first line is the subject, the rest is the body."""
    with languages.speaking(language):
        text = _ENVIRONMENT.get_template(f"{current_template(template)}.txt").render(_UNSAID | context)
    subject, _, body = text.partition("\n")
    subject = " ".join(subject.split())
    return RenderedText(subject, body.strip() + "\n", f"{subject}\n{context['link']}\n{text_ending}".rstrip())
