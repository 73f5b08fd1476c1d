"""Commands for mail in: a mail server pipes it (`navigator mail receive`) or delivers it (`mail lmtp`)."""

import asyncio
import os
import sys
from typing import Annotated

import typer

from navigator import database
from navigator.catalogue.lookups import service_by_code
from navigator.cli_errors import exit_on_refusal
from navigator.errors import Invalid
from navigator.mail_in.lmtp_place import read_place
from navigator.mail_in.store import BEGINNING, LARGEST, Arrived, keep

TEMPORARY, TOO_LARGE, NO_SUCH, EMPTY = os.EX_TEMPFAIL, os.EX_DATAERR, os.EX_NOUSER, os.EX_NOINPUT

commands = typer.Typer(help="Mail that comes to the desk.", no_args_is_help=True)


@commands.command("receive")
def receive(service: Annotated[str, typer.Option(help="Code of the service whose mail it is")]) -> None:
    """Take one mail from standard input and keep it; a job of the desk reads it.

    Ends with 0 once it is stored for good, 75 where the server is to try again, 65 if it is too large to be
    kept whole, 66 if nothing came and 67 for a service that there is not (sysexits.h).
    """
    content = sys.stdin.buffer.read(LARGEST + 1)
    if not content.strip():
        raise typer.Exit(EMPTY)
    size, is_whole = len(content), len(content) <= LARGEST
    arrived = Arrived(content if is_whole else content[:BEGINNING], size)
    try:
        with database.writing() as session:
            keep(session, service_by_code(session, service).id, arrived)
    except Invalid:
        typer.echo("There is no such service.", err=True)
        raise typer.Exit(NO_SUCH) from None
    except Exception as error:  # whatever it is, the server still has the mail: it tries again
        typer.echo(f"Not kept: {type(error).__name__}", err=True)
        raise typer.Exit(TEMPORARY) from None
    if not is_whole:
        typer.echo("The mail is too large. Its beginning was kept.", err=True)
        raise typer.Exit(TOO_LARGE)


@commands.command("lmtp")
def lmtp(
    listen: Annotated[
        str, typer.Option(help="Path of a socket, or an address of this machine like 127.0.0.1:2424")
    ],
) -> None:
    """Serve LMTP, until it is stopped: a mail server of this machine delivers to the mailboxes that are set.

    Each recipient is answered by itself: 250 once the mail is stored for good, 451 where the server is to try
    again, 550 for no such mailbox and 552 if it is too large to be kept whole.
    """
    from navigator.mail_in.lmtp import serve  # aiosmtpd is for this command alone

    with exit_on_refusal():
        place = read_place(listen)
        asyncio.run(serve(place, lambda where: typer.echo(f"Mail is taken by LMTP on {where}")))
