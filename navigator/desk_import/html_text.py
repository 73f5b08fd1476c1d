"""The text of a message that another desk keeps as HTML: its words and lines, and nothing that acts."""

import re
from html.parser import HTMLParser

import nh3

_BREAKS = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "blockquote", "pre"})
_SILENT = frozenset({"script", "style", "head", "title"})
_TAGS = (
    nh3.ALLOWED_TAGS | _SILENT | {"html", "body", "meta", "link", "font", "form", "section", "main", "label"}
)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0
        self._held_back: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line where the tag does; what is no tag of HTML was written by somebody, like <why>."""
        self._silent += tag in _SILENT
        if tag in _BREAKS:
            self._kept.append("\n")
        elif tag not in _TAGS and ":" not in tag and not any(value for _, value in attrs):
            self.handle_data(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        """End what is not shown."""
        self._silent -= tag in _SILENT and self._silent > 0
        if not self._silent:
            self._held_back.clear()
        if tag == "p":
            self._kept.append("\n")

    def handle_data(self, data: str) -> None:
        """Keep words that are shown."""
        self._kept.append(" ".join(re.split(r"\s+", data)))  # of blanks at its ends one stays

    def close(self) -> None:
        """Show what no end tag hides: somebody may have written it, and the safety screen must see it."""
        super().close()
        self.parts += [*self._held_back, self.rawdata]

    @property
    def _kept(self) -> list[str]:
        return self._held_back if self._silent else self.parts


def text_of(html: str) -> str:
    """The words of HTML, with its line ends."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    lines = [" ".join(line.split()) for line in "".join(parser.parts).split("\n")]
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return "\n".join(kept).strip()
