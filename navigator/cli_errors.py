"""Error messages and exit status of the command line."""

import errno
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from pwd import getpwuid
from socket import gaierror
from typing import Any, TypeVar

import typer
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

import migrations
from navigator.database import STORAGE_DOWN, reading
from navigator.errors import Conflict, Invalid, Refused
from navigator.safe_logging import traceback_without_messages
from navigator.settings import settings

Typed = TypeVar("Typed", bound=BaseModel)

FAULT, REFUSED = 1, 2
ROOT = 0
_NOT_THERE = {"42P01", "42703"}
"""What PostgreSQL calls a table and a column that are not there."""
_WRONG_QUESTION = "SQLITE_ERROR"
"""What SQLite calls an error of SQL itself, which SQLAlchemy calls one of operation."""
_OF_THE_MACHINE = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EROFS,
    errno.EIO,
    errno.EACCES,
    errno.EPERM,
    errno.EMFILE,
    errno.ENFILE,
    errno.EADDRINUSE,
    errno.EADDRNOTAVAIL,
    errno.ECONNREFUSED,
    errno.ECONNRESET,
    errno.ETIMEDOUT,
    errno.EHOSTUNREACH,
    errno.ENETUNREACH,
}
"""Disk, rights and network: what a command cannot know before it tries."""
_FORMS = {
    "database_url": "postgresql+psycopg://desk@/desk or sqlite:////srv/desk/it.db, and nothing after it",
    "base_url": "https://desk.example.nhs.uk",
}


@contextmanager
def exit_on_refusal(status: int = REFUSED) -> Iterator[None]:
    """Print an error that is expected as a line on stderr, and exit with a status; any other goes on up."""
    try:
        yield
    except Exception as error:
        if (words := _in_words(error, ())) is None:
            raise
        typer.echo(words, err=True)
        raise typer.Exit(status) from None


@contextmanager
def exit_on_error(meta: Mapping[str, Any], expects: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Print what the installation lacks as a line, a fault of the desk as a traceback; exit with a status.

    Of `meta` it needs which command was asked for, and the words after it. The traceback holds no message of
    an error, which may quote what somebody wrote, or a secret. What the caller `expects` goes on up.
    """
    try:
        yield
    except Exception as error:
        # Whoever breaks a pipe has read enough of it; what has a code is the command line's own.
        is_own = isinstance(error, BrokenPipeError | typer.Abort) or hasattr(error, "exit_code")
        if is_own or isinstance(error, expects):
            raise
        words = _in_words(error, meta.get("typed", ()))
        typer.echo(words or _of_fault(error), err=True)
        raise typer.Exit(status_of(meta.get("asked", ""), REFUSED if words else FAULT)) from None


def status_of(asked: str, status: int) -> int:
    """With what a command ends that could not do its work.

    A mail server that is told anything but “try again” sends the mail back to whoever wrote it, unread.
    """
    return os.EX_TEMPFAIL if asked == "mail receive" else status


def read_typed(kind: type[Typed], values: Mapping[str, object]) -> Typed:
    """Validate what somebody typed; refuse it with what is wrong with each value."""
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise Invalid("\n".join(_of_values(error, ""))) from None


def refuse_folder_of_another(folder: Path) -> None:
    """Refuse to be root in the folder of another user, who could not open what root makes there."""
    whole = folder.absolute()
    there = next(each for each in (whole, *whole.parents) if each.exists())
    if os.geteuid() == ROOT and (owner := there.stat().st_uid) != ROOT:
        with suppress(KeyError):
            name = getpwuid(owner).pw_name
            raise Conflict(f"{there} belongs to {name}: run this as {name}, by sudo -u {name} …")


def _in_words(error: Exception, typed: Sequence[str]) -> str | None:
    """What is said of an error that is expected; None of a fault of the desk."""
    match error:
        case Refused():
            return " ".join([error.message, *error.fields.values()])
        case ValidationError() if error.title == "Settings":
            return "\n".join(_of_values(error, "NAVIGATOR_"))
        case DBAPIError() | PoolTimeout():
            return _of_database(error)
        case OSError() if _is_of_the_installation(error, typed):
            said = ": ".join(str(part) for part in (error.strerror, error.filename) if part)
            return said or str(error)
    return None


def _of_values(error: ValidationError, prefix: str) -> Iterator[str]:
    """Each value's name and what is wrong with it; of a pattern its form, which says more than its name."""
    for detail in error.errors():
        name = ".".join(map(str, detail["loc"]))
        form = _FORMS.get(name) if detail["type"] == "string_pattern_mismatch" else None
        said = f"It must look like {form}" if form else detail["msg"]
        yield f"{prefix + name.upper() if prefix else name}: {said}"


def _is_of_the_installation(error: OSError, typed: Sequence[str]) -> bool:
    """Whether the machine or a place that somebody named is the cause, and not the desk."""
    if error.errno in _OF_THE_MACHINE or isinstance(error, gaierror):
        return True
    if not isinstance(error.filename, str | os.PathLike):
        return False
    place = Path(error.filename).absolute()
    words = (word.rpartition("=")[2] for word in typed)
    folders = (str(settings().data_dir), settings().backup_dir)
    named = [Path(each).absolute() for each in (*folders, *words) if each]
    return any(place.is_relative_to(each) or each.is_relative_to(place) for each in named)


def _of_fault(error: Exception) -> str:
    return f"{traceback_without_messages(error)}\nThis is a fault of the desk. Please tell its maintainers."


def _of_database(error: Exception) -> str | None:
    """What to do about a database; None where it is a fault of the desk, and not of the installation."""
    cause = getattr(error, "orig", None) or error
    said = str(cause).strip().split("\n")[0]
    if getattr(cause, "sqlstate", "") in _NOT_THERE or said.startswith(("no such table", "no such column")):
        behind = "The database has not the tables of this version: run navigator migrate first."
        return behind if _is_behind() else None
    if not isinstance(error, STORAGE_DOWN) or getattr(cause, "sqlite_errorname", "") == _WRONG_QUESTION:
        return None
    questions = "Is it on, has its disk room, and is NAVIGATOR_DATABASE_URL right?"
    return f"The database cannot be used now ({said}). {questions}"


def _is_behind() -> bool:
    with reading() as session:
        return not migrations.is_at_head(session.connection())
