"""The HTML of a letter: the same words as its text, with links that can be pressed, large where needed."""

import re
from html import escape

from navigator.languages import LANGUAGES

_STYLE = "font-family: Arial, sans-serif; font-size: {}px; line-height: 1.5"
_NORMAL, _LARGE = 16, 24
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")


def html_of(body: str, language: str, is_large: bool) -> str:
    """The text of a letter as HTML: a paragraph for each, each address a link, nothing that is loaded."""
    paragraphs = (part for part in body.strip().split("\n\n") if part.strip())
    inner = "\n".join(f"<p>{_lines(part)}</p>" for part in paragraphs)
    spoken = LANGUAGES.get(language)
    attributes = f'lang="{spoken.lang if spoken else language}" dir="{spoken.direction if spoken else "ltr"}"'
    style = _STYLE.format(_LARGE if is_large else _NORMAL)
    head = '<head><meta charset="utf-8"></head>'
    return f'<!DOCTYPE html>\n<html {attributes}>{head}<body style="{style}">\n{inner}\n</body></html>\n'


def _lines(part: str) -> str:
    return "<br>\n".join(_linked(line) for line in part.split("\n"))


def _linked(line: str) -> str:
    words, found = [], 0
    for match in _ADDRESS.finditer(line):
        address = match.group().rstrip(".,;)”")
        words += [escape(line[found : match.start()]), f'<a href="{escape(address)}">{escape(address)}</a>']
        found = match.start() + len(address)
    return "".join([*words, escape(line[found:])])
