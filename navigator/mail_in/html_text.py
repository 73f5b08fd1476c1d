"""HTML of mails: made safe by a kept sanitizer, and read as text, with quoted parts marked as such."""

import re
from html import unescape
from html.parser import HTMLParser

import nh3

LONGEST = 1_000_000
"""Characters of HTML that are read: a person wrote no more."""
MOST_TAGS = 10_000
"""Of more, which no person wrote, the words alone are read: taking apart what lies in what takes too long."""
_TAGS = {
    *("a", "b", "blockquote", "br", "code", "dd", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "hr"),
    *("i", "li", "ol", "p", "pre", "strong", "table", "tbody", "td", "th", "tr", "u", "ul", "s"),
}
_DROPPED = {"script", "style", "title", "head", "template", "svg", "math", "textarea", "select", "noscript"}
_BLOCKS = frozenset({"p", "div", "tr", "ul", "ol", "table", "h1", "h2", "h3", "h4", "pre", "dl", "dd", "dt"})
_QUOTES = re.compile(
    r"<(?:div|blockquote)\b[^<>]{0,200}?\b(?:class=[\"']?[^\"'<>]{0,100}?"
    r"(?:gmail_quote|yahoo_quoted|moz-cite-prefix)"
    r"|id=[\"']?(?:appendonsend|divRplyFwdMsg|mail-editor-reference|reply-intro))[^<>]{0,2000}>",
    re.IGNORECASE,
)
_HIDDEN = re.compile(
    r"<(\w{1,20})\b[^<>]{0,300}?\bdisplay\s{0,5}:\s{0,5}none[^<>]{0,500}>[^<]{0,5000}</\1\s{0,5}>",
    re.IGNORECASE,
)
"""Each repetition has an end: a mail that was made to keep a pattern busy keeps it busy for a moment."""
_ANY_TAG = re.compile(r"<[^<>]{0,5000}>")
QUOTE_BEGINS = "-----Original Message-----"


def clean(html: str) -> str:
    """The HTML with nothing in it that acts or loads: a handful of tags, and no attribute."""
    return nh3.clean(
        html[:LONGEST], tags=_TAGS, clean_content_tags=_DROPPED - {"head"}, attributes={}, link_rel=None
    )


def text_of(html: str) -> str:
    """The text of an HTML body; where a mail program says that it quotes, a line says so."""
    if html.count("<", 0, LONGEST) > MOST_TAGS:
        return _tidy(unescape(_ANY_TAG.sub("\n", html[:LONGEST])))
    marked = _QUOTES.sub(rf"<p>{QUOTE_BEGINS}</p>\g<0>", html[:LONGEST])
    reader = _Reader()
    reader.feed(clean(_HIDDEN.sub("", marked)))
    reader.close()
    return _tidy("".join(reader.out))


def _tidy(text: str) -> str:
    lines = [" ".join(line.split(" ")).rstrip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    """Reads sanitized HTML: blocks are lines, a quote’s lines begin with >."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.depth = self.preformatted = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - HTMLParser’s
        """Begin a line for a block, or an item."""
        if tag == "blockquote":
            self.depth += 1
        if tag == "pre":
            self.preformatted += 1
        if tag in _BLOCKS or tag in ("br", "hr", "blockquote"):
            self._line()
        if tag == "li":
            self._line()
            self.out.append("- ")
        if tag in ("td", "th"):
            self.out.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """End the line of a block."""
        if tag == "blockquote":
            self.depth = max(0, self.depth - 1)
        if tag == "pre":
            self.preformatted = max(0, self.preformatted - 1)
        if tag in _BLOCKS or tag in ("li", "blockquote"):
            self._line(is_paragraph=tag in ("p", "blockquote"))

    def handle_data(self, data: str) -> None:
        """Words, with the white space that a browser would show."""
        words = data if self.preformatted else re.sub(r"[ \t\r\n\f]+", " ", data)
        is_at_start = not self.out or self.out[-1].endswith(("\n", "> "))
        if words.strip() or not is_at_start:
            self.out.append(words.lstrip() if is_at_start and not self.preformatted else words)

    def _line(self, is_paragraph: bool = False) -> None:
        if (self.out and not "".join(self.out[-2:]).endswith("\n\n" if is_paragraph else "\n")) or (
            is_paragraph and self.out
        ):
            self.out.append("\n")
        if self.depth:
            self.out.append("> " * min(self.depth, 5))
