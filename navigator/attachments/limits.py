"""Limits on attachments: per message, per ticket, per address a day, and for the whole installation."""

from datetime import timedelta

from sqlmodel import Session, func, select

from navigator import database
from navigator.attachments.attachment import Attachment
from navigator.errors import Invalid, TooMany
from navigator.people.rate_limit import Limit, hit
from navigator.settings import settings

MOST_AT_ONCE = 3
MOST_OF_A_TICKET = 40
PER_ADDRESS = Limit(150, timedelta(days=1))
"""Files from one internet address: a service may send all its patients out by one."""

NO_MORE_AT_ONCE = "You can send up to 3 files at a time. Your words are still here."
NO_MORE_HERE = "There are many pictures here already. Say in words what else you see."
NO_MORE_TODAY = "Too many files came from your connection today. You can still send words."
NO_SPACE = "The desk can take no more pictures at the moment. You can still send words."


def count_from(address: str, files: int) -> None:
    """Count files from an address, before they are looked at; too many of a day are refused.

    In a transaction of its own: what is counted stays counted when the files are refused.
    """
    with database.writing() as session:
        within = [hit(session, "attachment", address, PER_ADDRESS) for _ in range(files)]
    if not all(within):
        raise TooMany(NO_MORE_TODAY)


def has_space(session: Session, coming: int = 0) -> bool:
    """Whether the installation has space for so many bytes more."""
    taken = session.exec(select(func.sum(Attachment.size + Attachment.small_size))).one() or 0
    return bool(taken + coming <= settings().attachment_space * 1_000_000)


def require_space(session: Session, coming: int) -> None:
    """Refuse files that the installation has no space for."""
    if not has_space(session, coming):
        raise Invalid(NO_SPACE)


def require_few(already: int, more: int, most: int = MOST_AT_ONCE) -> None:
    """Refuse more files than go together, or on one ticket."""
    if already + more > most:
        raise Invalid(NO_MORE_AT_ONCE if most == MOST_AT_ONCE else NO_MORE_HERE)
