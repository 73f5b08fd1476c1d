"""How the command line says what cannot be done."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from pydantic import ValidationError

from navigator.errors import Refused


@contextmanager
def refusing() -> Iterator[None]:
    """Say a refusal, or what is wrong with what was typed, in words."""
    try:
        yield
    except Refused as refused:
        typer.echo(" ".join([refused.message, *refused.fields.values()]), err=True)
        raise typer.Exit(2) from None
    except ValidationError as wrong:
        for error in wrong.errors():
            typer.echo(f"{'.'.join(map(str, error['loc']))}: {error['msg']}", err=True)
        raise typer.Exit(2) from None
