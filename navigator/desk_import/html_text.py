"""The text of a message that another desk keeps as HTML: its words and lines, and nothing that acts."""

import re
from html.parser import HTMLParser

_BREAKS = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "blockquote", "pre"})
_SILENT = frozenset({"script", "style", "head", "title"})


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        """Begin a line where the tag does."""
        self._silent += tag in _SILENT
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """End what is not shown."""
        self._silent -= tag in _SILENT and self._silent > 0
        if tag == "p":
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        """Keep words that are shown."""
        if not self._silent:
            self.parts.append(" ".join(re.split(r"\s+", data)))  # of blanks at its ends one stays


def text_of(html: str) -> str:
    """The words of HTML, with its line ends."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    lines = [" ".join(line.split()) for line in "".join(parser.parts).split("\n")]
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return "\n".join(kept).strip()
