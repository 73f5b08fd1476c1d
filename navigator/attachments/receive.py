"""Receiving files: each is checked, and stored before any row names it; what has no row later is deleted."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from navigator import database
from navigator.attachments import limits, virus_check
from navigator.attachments.attachment import Attachment, Kind
from navigator.attachments.check import TOO_LARGE, Checked, checked
from navigator.attachments.storage import SMALL, NotStored, delete, new_name, storage
from navigator.errors import Invalid, Refused, Unavailable
from navigator.languages import N_, gettext

LONGEST_SHOWN = 40
NOT_NOW = N_("The desk cannot take pictures at the moment. You can still send words.")

log = structlog.get_logger("desk.attachments")


class NotTaken(Invalid):
    """Files that are not taken: which, by the names that their sender knows, and what is wrong with each.

    With one of them nothing is kept of the others, in which nothing is wrong.
    """

    def __init__(self, problems: Sequence[tuple[str, str]], has_others: bool = False) -> None:
        self.problems, self.has_others = problems, has_others
        super().__init__(self.in_words())

    def in_words(self) -> str:
        """All that is wrong, in the language that is spoken now."""
        others = [gettext("The others were not sent either.")] if self.has_others else []
        return " ".join([_in_words(*problem) for problem in self.problems] + others)


def _in_words(file_name: str, words: str) -> str:
    shown = "".join(sign for sign in file_name if sign.isprintable()).strip()
    shown = f"{shown[:LONGEST_SHOWN]}…" if len(shown) > LONGEST_SHOWN else shown
    not_sent = gettext("“%(name)s” was not sent.") % {"name": shown or gettext("The file")}
    return f"{not_sent} {gettext(words)}"


class SentFile(Protocol):
    """A file as it came: the name is shown to its sender when something is wrong, and kept nowhere."""

    file_name: str
    file: BinaryIO
    size: int
    is_too_large: bool


@dataclass(frozen=True)
class StoredFile:
    """What was stored, for the row that will name it."""

    name: str
    kind: Kind
    size: int
    small_size: int
    width: int
    height: int
    is_virus_checked: bool

    def row(self, **belongs_to: Any) -> Attachment:
        """The row that names it, and says what it belongs to."""
        return Attachment(**vars(self), **belongs_to)


def receive(sent: Sequence[SentFile], address: str | None) -> list[StoredFile]:
    """Store all of them or none; a refusal says which file it is about, in words for its sender.

    `address` is where they come from; None for a key of another system.

    It begins no transaction that lasts: call it before the one in which their rows are made.
    """
    if not sent:
        return []
    limits.require_few(0, len(sent))
    if address is not None:
        limits.count_from(address, len(sent))
    with database.reading() as session:
        limits.require_space(session, sum(one.size for one in sent))
    wrong = [(one.file_name, TOO_LARGE) for one in sent if one.is_too_large]
    stored: list[StoredFile] = []
    try:
        for one in () if wrong else sent:
            stored += _stored(one, wrong)
        if wrong:
            raise NotTaken(wrong, has_others=len(wrong) < len(sent))
    except Refused:
        _delete_all([one.name for one in stored])
        raise
    return stored


@contextmanager
def deleted_unless_named(stored: Sequence[StoredFile]) -> Iterator[None]:
    """Delete what no row names at the end: what is refused after it was stored takes no space of others.

    Enter it before the transaction in which the rows are made. Where that may have been committed although
    it failed, what was stored waits for the night.
    """
    try:
        yield
    except SQLAlchemyError:
        raise
    except Exception:
        _delete_unnamed(stored)
        raise
    _delete_unnamed(stored)


def _delete_unnamed(stored: Sequence[StoredFile]) -> None:
    names = {one.name for one in stored}
    with suppress(*database.STORAGE_DOWN), database.reading() as session:
        named = set(session.exec(select(Attachment.name).where(col(Attachment.name).in_(names))))
        _delete_all(names - named)


def _delete_all(names: Iterable[str]) -> None:
    for name in names:
        with suppress(OSError, NotStored):  # it goes at night
            delete(name)


def store_own(file: BinaryIO) -> StoredFile:
    """Store a file of the desk's own as if it had been sent: of the demonstration."""
    with checked(file) as found:
        return _put(found, is_virus_checked=False)


def _stored(sent: SentFile, wrong: list[tuple[str, str]]) -> Iterator[StoredFile]:
    try:
        is_clean = virus_check.is_clean(sent.file)
        with checked(sent.file) as found:
            yield _put(found, is_virus_checked=is_clean)
    except (Invalid, virus_check.Infected) as refused:
        wrong.append((sent.file_name, refused.message))
    except (OSError, NotStored) as error:  # a full disk, or a store that does not answer
        log.error("a file could not be stored", error=type(error).__name__)
        raise Unavailable(NOT_NOW) from None


def _put(found: Checked, *, is_virus_checked: bool) -> StoredFile:
    """Store the content, and a thumbnail beside it."""
    name, store = new_name(), storage()
    if found.small:
        store.put(name + SMALL, found.small)
    store.put(name, found.content)
    small_size = found.small.seek(0, 2) if found.small else 0
    sizes = (found.content.seek(0, 2), small_size, found.width, found.height)
    return StoredFile(name, found.kind, *sizes, is_virus_checked)
