"""Export of Zammad: tickets as its API lists them with `?expand=true`, each with its `articles`."""

from collections.abc import Mapping
from typing import Any

from navigator.desk_import.foreign import (
    BadLine,
    ForeignMessage,
    ForeignTicket,
    moment,
    moment_or_none,
    short_text,
)
from navigator.desk_import.html_text import text_of
from navigator.desk_import.json_elements import elements
from navigator.desk_import.readers import Element

STATUSES = {
    "new": "open",
    "open": "open",
    "pending reminder": "waiting_for_reporter",
    "pending close": "closed",
    "closed": "closed",
    "merged": "skip",
}
IMPACTS = {"1 low": 5, "2 normal": 4, "3 high": 3}


def rows(text: str) -> Element:
    """The tickets of the file, with their lines."""
    yield from elements(text)


def ticket(line: int, row: Mapping[str, Any]) -> ForeignTicket:
    """One ticket; its articles are what was said."""
    articles = row.get("articles")
    if not isinstance(articles, list) or not articles:
        raise BadLine("articles: there are none. Put those of /api/v1/ticket_articles/by_ticket/… into it")
    return ForeignTicket(
        line=line,
        id=str(row.get("number") or row.get("id") or ""),
        title=short_text(row.get("title"), "title"),
        status=str(row.get("state") or ""),
        priority=str(row.get("priority") or ""),
        category=str(row.get("group") or ""),
        created_at=moment(row.get("created_at"), "created_at"),
        closed_at=moment_or_none(row.get("close_at"), "close_at"),
        email=_email(row.get("customer")),
        phone="",
        owner=_email(row.get("owner")),
        messages=tuple(map(_message, articles)),
    )


def _message(article: Mapping[str, Any]) -> ForeignMessage:
    body = short_text(article.get("body"), "articles.body")
    is_html = "html" in str(article.get("content_type") or "")
    return ForeignMessage(
        at=moment(article.get("created_at"), "articles.created_at"),
        text=text_of(body) if is_html else body,
        is_of_reporter=str(article.get("sender") or "") == "Customer",
        is_internal=bool(article.get("internal")),
        author=_email(article.get("created_by")),
    )


def _email(value: object) -> str:
    """An address; its API says “-” for nobody."""
    text = str(value or "").strip()
    return text if "@" in text else ""
