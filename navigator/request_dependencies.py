"""Request dependencies that pages and API share: plain generators and callables, which FastAPI is given."""

from collections.abc import Iterator

from sqlmodel import Session

from navigator import database
from navigator.catalogue.custom_wording import refresh


def reading_session() -> Iterator[Session]:
    """A session that only reads."""
    with database.reading() as session:
        refresh(session)
        yield session


def writing_session() -> Iterator[Session]:
    """A session of one transaction, committed when the route has ended well."""
    with database.writing() as session:
        refresh(session)
        yield session


class Everybody:
    """The audience of a public route."""

    audience = "everybody"

    def __call__(self) -> None:
        """Let everybody in."""
