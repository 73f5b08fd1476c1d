"""The command line of backups: `navigator backup`, `restore`, `rehearse`."""

from pathlib import Path
from typing import Annotated

import typer

from navigator.backup import copies, rehearsal
from navigator.cli_errors import exit_on_refusal
from navigator.dates_in_words import when
from navigator.people import audit_chain
from navigator.settings import settings

_NO_SECRET = "The secret is not in it: it is set by NAVIGATOR_SECRET. Keep that too."  # noqa: S105 - a sentence

_NO_FILES = "Pictures and PDFs are not in it: NAVIGATOR_ATTACHMENT_STORE says where they are. Keep that too."


def backup(file: Annotated[Path, typer.Argument(help="The file to write; it must not be there yet")]) -> None:
    """Write the database and the secret to one file while the desk runs; only you may read it."""
    with exit_on_refusal():
        outcome = copies.backup(file)
    tables = len(outcome.manifest.rows)
    typer.echo(f"Backed up to {file}: {outcome.rows} rows in {tables} tables, {outcome.files} files.")
    if settings().attachment_store:
        typer.echo(_NO_FILES)
    if not outcome.has_secret:
        typer.echo(_NO_SECRET)


def restore(
    file: Annotated[Path, typer.Argument(help="A file that navigator backup wrote", exists=True)],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what is there")] = False,
) -> None:
    """Put a backup in the place of the database and the secret; stop the desk first."""
    with exit_on_refusal():
        outcome = copies.restore(file, overwrite=overwrite)
    if head := audit_chain.forget_head():
        typer.echo(f"The audit log was sealed up to {head.strip()}. What came after the backup is not in it.")
    made = f"the desk as it was at {when(outcome.manifest.made_at)}"
    typer.echo(f"Restored {made}: {outcome.rows} rows in {len(outcome.manifest.rows)} tables.")
    if outcome.erased:
        typer.echo(f"People who were erased since that backup were erased once more: {outcome.erased}.")
    if not outcome.has_secret:
        typer.echo(_NO_SECRET)


def rehearse(
    file: Annotated[Path, typer.Argument(help="A file that navigator backup wrote", exists=True)],
) -> None:
    """Restore a backup into a database beside, compare it, and delete that again; the desk goes on."""
    with exit_on_refusal():
        found = rehearsal.rehearse(file)
    typer.echo(
        f"It came back: {found['rows']} rows in {found['tables']} tables, as counted when it was made. "
        f"{found['tickets']} tickets, {found['messages']} messages, {found['events']} events, "
        f"{found['files']} files; the last event is of {found['last_event_at'] or 'no time'}."
    )
