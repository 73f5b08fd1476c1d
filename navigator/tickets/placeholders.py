"""Placeholders of texts to reporters: `{reference}` and the like, and the gaps that they leave."""

import re
from collections.abc import Mapping

PLACEHOLDERS = {
    "greeting": "good morning, good afternoon or good evening",
    "reference": "the reference, like DN-000123",
    "service": "the name of your service",
    "programme": "the name of the programme",
    "category": "what the report is about",
    "reason": "who can put it right, and why",
    "next_step": "what happens next",
    "workaround": "what helps until then",
    "session_day": "the day of their next session",
    "navigator": "the name of whoever writes",
    "signature": "the name of whoever writes, and below it that of your service",
}
"""Each placeholder's name, and what is filled in."""

_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_GAP = re.compile(r"\[fill in: [^\]\n]*\]")


def placeholders_in(body: str) -> list[str]:
    """The placeholders of a text, as they were typed."""
    return [f"{{{name}}}" for name in _PLACEHOLDER.findall(body)]


def unknown_placeholders(body: str) -> list[str]:
    """The placeholders of a text that nothing is known for, as they were typed."""
    return [one for one in placeholders_in(body) if one[1:-1] not in PLACEHOLDERS]


def unfilled(body: str) -> list[str]:
    """What is still to be filled in in a text that goes out: known placeholders, and gaps."""
    return [one for one in placeholders_in(body) if one[1:-1] in PLACEHOLDERS] + _GAP.findall(body)


def render(body: str, values: Mapping[str, str]) -> str:
    """Fill in the placeholders; one without a value is left as it is, so that somebody sees it."""
    return _PLACEHOLDER.sub(lambda match: values.get(match[1]) or match[0], body)


def with_gaps(body: str) -> str:
    """A text whose placeholders without a value are gaps that say what is missing."""

    def gap(match: re.Match[str]) -> str:
        meaning = PLACEHOLDERS.get(match[1])
        return f"[fill in: {meaning}]" if meaning else match[0]

    return _PLACEHOLDER.sub(gap, body)
