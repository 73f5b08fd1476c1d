"""Placeholders of canned replies: `{reference}` and the like, filled in from a ticket when it is used."""

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
"""Each placeholder's name, and what is filled in."""

_PLACEHOLDER = re.compile(r"\{(\w*)\}")


def unknown_placeholders(body: str) -> list[str]:
    """The unknown placeholders of a text, as they were typed."""
    return [f"{{{name}}}" for name in _PLACEHOLDER.findall(body) if name not in PLACEHOLDERS]


def unfilled_placeholders(body: str) -> list[str]:
    """The placeholders that a text still has, as they were typed."""
    return [f"{{{name}}}" for name in _PLACEHOLDER.findall(body)]


def render(body: str, values: Mapping[str, str]) -> str:
    """Fill in the placeholders; one without a value is left as it is, so that somebody sees it."""
    return _PLACEHOLDER.sub(lambda match: values.get(match[1]) or match[0], body)
