"""Request dependencies that pages and API share, which FastAPI is given."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Protocol

from sqlmodel import Session

from navigator import database, languages, standby
from navigator.attachments.receive import NotTaken, SentFile, StoredFile, deleted_unless_named, receive
from navigator.catalogue.custom_wording import refresh
from navigator.catalogue.reference_data import reference_data, share
from navigator.errors import Refused
from navigator.request_threads import opened, opened_once


@contextmanager
def reading_session() -> Iterator[Session]:
    """A session that only reads."""
    refresh()
    with database.reading() as session:
        _read_languages(session)
        yield session


@contextmanager
def writing_session() -> Iterator[Session]:
    """A session of one transaction, committed when the route has ended well."""
    refresh()
    with database.writing() as session:
        _read_languages(session)
        yield session


def _read_languages(session: Session) -> None:
    """Know which languages are offered before a word of another one than English is said."""
    if languages.is_asked_for():
        reference_data(session)


async def open_to_read() -> Session:
    """The session of this request that only reads."""
    return opened_once(reading_session)


@contextmanager
def copy_session() -> Iterator[Session]:
    """A session on the standby; services, wording and languages are those of the database itself."""
    with standby.reading() as session:
        share(opened_once(reading_session), session)
        yield session


async def open_to_write() -> Session:
    """A session of one transaction, for the route of this request."""
    return opened(writing_session())


def session_of_identity(method: str) -> AbstractContextManager[Session]:
    """Where to ask who comes: the session of a request that only reads; else one that has ended before the
    transaction of its route begins.
    """
    return nullcontext(opened_once(reading_session)) if method == "GET" else database.reading()


class RefusingForm(Protocol):
    """What is needed of a form in which files were sent."""

    def refuse(self, refused: Refused) -> None:
        """Show a refusal, by field."""


@dataclass(frozen=True)
class SentFiles:
    """The files of a request, stored, or why they are not: before its transaction begins."""

    stored: Sequence[StoredFile] = ()
    refused: Refused | None = None

    def is_taken(self, form: RefusingForm) -> bool:
        """Whether they are stored; else the form says why, at its box."""
        if refused := self.refused:
            words = refused.in_words() if isinstance(refused, NotTaken) else refused.message
            refused.fields = {"files": words}
            form.refuse(refused)
        return refused is None


class ReceivesFiles:
    """The dependency that looks at the files of a request, which takes seconds: after who comes is known."""


def received(sent: Sequence[SentFile], address: str | None) -> SentFiles:
    """Check and store the files of a request, whose form is read whether they are taken or not."""
    try:
        stored = receive(sent, address)
    except Refused as refused:
        return SentFiles(refused=refused)
    if stored:
        opened(deleted_unless_named(stored))
    return SentFiles(stored)


class Everybody:
    """The audience of a public route."""

    audience = "everybody"

    async def __call__(self) -> None:
        """Let everybody in."""
