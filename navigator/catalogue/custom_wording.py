"""Custom wording of categories: an installation's overrides, cached in every process."""

from datetime import datetime
from time import monotonic
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, Session, select

from navigator.catalogue.catalogue import use_custom_wording
from navigator.catalogue.taxonomy_file import CustomWording
from navigator.clock import now
from navigator.database import STORAGE_DOWN, Table, reading

REFRESH_SECONDS = 2.0
"""Seconds for which the cache is fresh: so late may a process notice what another one changed."""


class CategoryOverride(Table, table=True):
    """A category with custom wording, or a custom category; `words` are as in the catalogue’s file."""

    __tablename__ = "leafamendment"

    category: str = Field(primary_key=True)
    words: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    changed_at: datetime = Field(default_factory=now)


class _Cache:
    """The wording that this process read last, and when."""

    refreshed_at = 0.0
    words: CustomWording = {}  # noqa: RUF012 - replaced whole, never changed


def refresh() -> None:
    """Read the wording from the database, unless the cache is fresh or the database does not answer.

    By a session of its own: one that a route may not use at all is not begun for it.
    """
    if _Cache.refreshed_at and monotonic() < _Cache.refreshed_at + REFRESH_SECONDS:
        return
    try:
        with reading() as session:
            wording = stored_wording(session)
    except STORAGE_DOWN:  # whoever needs more than words is told; the pages that need none still show
        return
    if wording != _Cache.words:
        use_custom_wording(wording)
    _Cache.words, _Cache.refreshed_at = wording, monotonic()


def stored_wording(session: Session) -> CustomWording:
    """The wording as the database has it now, for a process that holds no catalogue of it."""
    return {row.category: row.words for row in session.exec(select(CategoryOverride))}


def expire_cache() -> None:
    """Let the next transaction of this process read the wording anew."""
    _Cache.refreshed_at = 0.0


def reset_cache() -> None:
    """Empty the cache, as when a process starts."""
    _Cache.refreshed_at, _Cache.words = 0.0, {}
