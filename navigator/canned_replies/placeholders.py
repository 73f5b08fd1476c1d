"""The blanks of a reply to hand: `{reference}` and the like, filled in from a ticket when it is used."""

import re
from collections.abc import Mapping

PLACEHOLDERS = {
    "reference": "the reference, like DN-000123",
    "service": "the name of your service",
    "programme": "the name of the programme",
    "category": "what the report is about",
    "reason": "who can put it right, and why",
    "next_step": "what happens next",
    "workaround": "what helps until then",
    "navigator": "the name of whoever writes",
}
"""Name and what is put in."""

_BLANK = re.compile(r"\{(\w*)\}")


def unknown_placeholders(body: str) -> list[str]:
    """The blanks that nothing is known of, as they were typed."""
    return [f"{{{name}}}" for name in _BLANK.findall(body) if name not in PLACEHOLDERS]


def unfilled_placeholders(body: str) -> list[str]:
    """The blanks that a text still has, as they were typed."""
    return [f"{{{name}}}" for name in _BLANK.findall(body)]


def render(body: str, facts: Mapping[str, str]) -> str:
    """The reply with its blanks filled in; one without a fact is left as it is, so that somebody sees it."""
    return _BLANK.sub(lambda blank: facts.get(blank[1]) or blank[0], body)
