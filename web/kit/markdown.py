"""Markdown as safe HTML: text, lists, emphasis and links; no scripts, images or raw HTML."""

from markdown_it import MarkdownIt
from markupsafe import Markup

_URL_PREFIXES = ("https://", "http://", "mailto:", "tel:", "/")


class _SafeMarkdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        """Whether a link may be followed: one that leads somewhere, rather than does something."""
        return url.lower().startswith(_URL_PREFIXES) and super().validateLink(url)


# A picture from elsewhere would tell its owner who reads this.
_MARKDOWN = _SafeMarkdown("commonmark", {"html": False}).disable(["image", "html_block", "html_inline"])


def markdown(text: str, level: int = 3) -> Markup:
    """Text in Markdown as HTML: tags in it are shown as typed, and all its headings have one `level`."""
    tokens = _MARKDOWN.parse(text)
    for token in tokens:
        if token.type.startswith("heading"):
            token.tag = f"h{level}"
    return Markup(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))  # noqa: S704 - escaped by the parser
