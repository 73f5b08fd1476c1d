"""Atom feed (RFC 4287) of the notices of one programme or of all: an entry for each, the newest first."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as Xml

from sqlalchemy import Row
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.programme import Programme
from navigator.dates_in_words import when
from navigator.outbox.urls import PROGRAMME_STATUS, STATUS, absolute_url
from navigator.problems.notice import ProblemNotice
from navigator.problems.problem import Problem
from navigator.problems.status_list import HISTORY, WORDS
from navigator.settings import settings

ATOM = "http://www.w3.org/2005/Atom"
PATH = "/feeds/status.atom"
PROGRAMME_PATH = "/feeds/status/{programme}.atom"
MAX_ENTRIES = 100
_BEGAN_AT = datetime(2026, 1, 1, tzinfo=UTC)
"""What an empty feed says of its last change."""
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML 1.0 cannot hold in any spelling."""


def status_feed(session: Session, programmes: Sequence[Programme], code: str = "") -> tuple[bytes, datetime]:
    """The feed of these programmes as XML, of the last 90 days, and when it changed last."""
    rows = _rows(session, programmes)
    updated_at = rows[0].published_at if rows else _BEGAN_AT
    path, page = (PROGRAMME_PATH, PROGRAMME_STATUS) if code else (PATH, STATUS)
    name = programmes[0].name if code else "all programmes"
    root = Xml.Element("feed", {"xmlns": ATOM, "xml:lang": "en-GB"})
    _add(root, "id", _tag(f"status/{code}" if code else "status"))
    _add(root, "title", f"Status of {name}")
    _add(root, "updated", _moment(updated_at))
    _add(root, "link", rel="self", type="application/atom+xml", href=absolute_url(path, programme=code))
    _add(root, "link", rel="alternate", type="text/html", href=absolute_url(page, programme=code))
    _add(_add(root, "author"), "name", "Navigator Desk")
    for row in rows:
        _add_entry(root, row)
    return Xml.tostring(root, "utf-8", xml_declaration=True), updated_at


def _rows(session: Session, programmes: Sequence[Programme]) -> list[Row[Any]]:
    columns: tuple[Any, ...] = (
        ProblemNotice.id, ProblemNotice.state, ProblemNotice.body, ProblemNotice.starts_at,
        ProblemNotice.ends_at, ProblemNotice.published_at, Problem.title, Programme.code, Programme.name,
    )  # fmt: skip
    query = (
        select(*columns)
        .join(Problem, col(Problem.id) == col(ProblemNotice.problem_id))
        .join(Programme, col(Programme.id) == col(Problem.programme_id))
        .where(col(Programme.id).in_([programme.id for programme in programmes]), col(Problem.is_public))
        .where(col(ProblemNotice.published_at) >= clock.now() - HISTORY)
        .order_by(col(ProblemNotice.published_at).desc(), col(ProblemNotice.id).desc())
    )
    return [*session.execute(query.limit(MAX_ENTRIES))]


def _add_entry(root: Xml.Element, row: Row[Any]) -> None:
    entry = _add(root, "entry")
    _add(entry, "id", _tag(f"notice/{row.id}"))
    _add(entry, "title", f"{row.name}: {row.title}. {WORDS[row.state]}")
    _add(entry, "published", _moment(row.published_at))
    _add(entry, "updated", _moment(row.published_at))
    _add(
        entry,
        "link",
        rel="alternate",
        type="text/html",
        href=absolute_url(PROGRAMME_STATUS, programme=row.code),
    )
    _add(entry, "category", term=row.state)
    planned = f"From {when(row.starts_at)} until {when(row.ends_at)}.\n\n" if row.ends_at else ""
    _add(entry, "content", planned + row.body, type="text")


def _add(parent: Xml.Element, name: str, text: str = "", **attributes: str) -> Xml.Element:
    element = Xml.SubElement(parent, name, attributes)
    element.text = _NOT_XML.sub("", text) or None
    return element


def _tag(what: str) -> str:
    """An id that stays (RFC 4151)."""
    return f"tag:{urlsplit(settings().base_url).hostname},2026:{what}"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
