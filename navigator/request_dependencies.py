"""Request dependencies that pages and API share, which FastAPI is given."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlmodel import Session

from navigator import database
from navigator.catalogue.custom_wording import refresh
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


class Everybody:
    """The audience of a public route."""

    audience = "everybody"

    async def __call__(self) -> None:
        """Let everybody in."""
