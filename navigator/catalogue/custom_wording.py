"""Keeping up with the words that an installation gives its categories, in every process."""

from datetime import datetime
from time import monotonic
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, Session, select

from navigator.catalogue.catalogue import amend
from navigator.catalogue.taxonomy_file import Words
from navigator.clock import now
from navigator.database import STORAGE_DOWN, Table

LOOKS_EVERY = 2.0
"""Seconds in which a process need not look again: so late may it notice what another one changed."""


class CategoryOverride(Table, table=True):
    """A category in own words, or one of its own; `words` are as in the catalogue’s file."""

    __tablename__ = "leafamendment"

    category: str = Field(primary_key=True)
    words: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    changed_at: datetime = Field(default_factory=now)


class _Seen:
    """What this process saw last, and when."""

    at = 0.0
    words: Words = {}  # noqa: RUF012 - replaced whole, never changed


def refresh(session: Session) -> None:
    """Take the words in use from the database, unless that was done a moment ago or it does not answer."""
    if _Seen.at and monotonic() < _Seen.at + LOOKS_EVERY:
        return
    try:
        words = {one.category: one.words for one in session.exec(select(CategoryOverride))}
    except STORAGE_DOWN:  # whoever needs more than words is told; the pages that need none still show
        return
    if words != _Seen.words:
        amend(words)
    _Seen.words, _Seen.at = words, monotonic()


def expire() -> None:
    """Let the next transaction of this process look at once."""
    _Seen.at = 0.0


def reset() -> None:
    """Begin anew, as a process does."""
    _Seen.at, _Seen.words = 0.0, {}
