"""Error messages and exit status of the command line."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from pwd import getpwuid

import typer
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from sqlalchemy.exc import DBAPIError

from navigator.database import STORAGE_DOWN
from navigator.errors import Conflict, Refused

REFUSED = 2
ROOT = 0
_NOT_THERE = {"42P01", "42703"}
"""What PostgreSQL calls a table and a column that are not there."""
_FORMS = {
    "database_url": "postgresql+psycopg://desk@/desk or sqlite:////srv/desk/it.db, and nothing after it",
    "base_url": "https://desk.example.nhs.uk",
}


@contextmanager
def exit_on_refusal(status: int = REFUSED) -> Iterator[None]:
    """Print a refusal, validation errors or what the system says to stderr, and exit with a status."""
    try:
        yield
    except Refused as refused:
        typer.echo(" ".join([refused.message, *refused.fields.values()]), err=True)
        raise typer.Exit(status) from None
    except ValidationError as error:
        for detail in error.errors():
            place = ".".join(map(str, detail["loc"]))
            name = f"NAVIGATOR_{place.upper()}" if error.title == "Settings" else place
            typer.echo(f"{name}: {_in_words(detail)}", err=True)
        raise typer.Exit(status) from None
    except (DBAPIError, *STORAGE_DOWN) as error:
        if (message := _of_database(error)) is None:
            raise
        typer.echo(message, err=True)
        raise typer.Exit(status) from None
    except BrokenPipeError:  # whoever reads what is printed has enough
        raise
    except OSError as error:
        said = ": ".join(str(part) for part in (error.strerror, error.filename) if part)
        typer.echo(said or str(error), err=True)
        raise typer.Exit(status) from None


def refuse_folder_of_another(folder: Path) -> None:
    """Refuse to be root in the folder of another user, who could not open what root makes there."""
    whole = folder.absolute()
    there = next(each for each in (whole, *whole.parents) if each.exists())
    if os.geteuid() == ROOT and (owner := there.stat().st_uid) != ROOT:
        with suppress(KeyError):
            name = getpwuid(owner).pw_name
            raise Conflict(f"{there} belongs to {name}: run this as {name}, by sudo -u {name} …")


def _in_words(detail: ErrorDetails) -> str:
    """What is wrong with a value; of a pattern its form, which says more than “should match pattern”."""
    form = _FORMS.get(str(detail["loc"][-1])) if detail["type"] == "string_pattern_mismatch" else None
    return f"It must look like {form}" if form else detail["msg"]


def _of_database(error: Exception) -> str | None:
    """What to do about a database; None where it is a fault of the desk, and not of the installation."""
    cause = getattr(error, "orig", None) or error
    said = str(cause).strip().split("\n")[0]
    if getattr(cause, "sqlstate", "") in _NOT_THERE or said.startswith(("no such table", "no such column")):
        return "The database has not the tables of this version: run navigator migrate first."
    if not isinstance(error, STORAGE_DOWN):
        return None
    questions = "Is it on, has its disk room, and is NAVIGATOR_DATABASE_URL right?"
    return f"The database cannot be used now ({said}). {questions}"
