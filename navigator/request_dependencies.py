"""Request dependencies that pages and API share, which FastAPI is given."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from sqlmodel import Session

from navigator import database
from navigator.attachments.receive import SentFile, StoredFile, receive
from navigator.catalogue.custom_wording import refresh
from navigator.errors import Refused
from navigator.request_threads import opened


@contextmanager
def reading_session() -> Iterator[Session]:
    """A session that only reads."""
    refresh()
    with database.reading() as session:
        yield session


@contextmanager
def writing_session() -> Iterator[Session]:
    """A session of one transaction, committed when the route has ended well."""
    refresh()
    with database.writing() as session:
        yield session


async def open_to_read() -> Session:
    """A session that only reads, for the route of this request."""
    return opened(reading_session())


async def open_to_write() -> Session:
    """A session of one transaction, for the route of this request."""
    return opened(writing_session())


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
        if self.refused:
            form.refuse(type(self.refused)(self.refused.message, {"files": self.refused.message}))
        return self.refused is None


class ReceivesFiles:
    """The dependency that looks at the files of a request, which takes seconds: after who comes is known."""


def received(sent: Sequence[SentFile], address: str | None) -> SentFiles:
    """Check and store the files of a request, whose form is read whether they are taken or not."""
    try:
        return SentFiles(receive(sent, address))
    except Refused as refused:
        return SentFiles(refused=refused)


class Everybody:
    """The audience of a public route."""

    audience = "everybody"

    async def __call__(self) -> None:
        """Let everybody in."""
