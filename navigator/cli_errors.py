"""Error messages and exit status of the command line."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from pydantic import ValidationError

from navigator.database import STORAGE_DOWN
from navigator.errors import Refused

REFUSED = 2


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
            typer.echo(f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}", err=True)
        raise typer.Exit(status) from None
    except STORAGE_DOWN:
        typer.echo("The database does not answer.", err=True)
        raise typer.Exit(status) from None
    except OSError as error:
        said = ": ".join(str(part) for part in (error.strerror, error.filename) if part)
        typer.echo(said or str(error), err=True)
        raise typer.Exit(status) from None
