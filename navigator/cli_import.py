"""The command line of imports: `navigator import desk`."""

from pathlib import Path
from typing import Annotated

import typer

from navigator.cli_errors import exit_on_refusal
from navigator.database import trial, writing
from navigator.desk_import.bring_in import Outcome, import_each, import_in
from navigator.desk_import.foreign import Export
from navigator.desk_import.formats import Source, read_export
from navigator.desk_import.mapping import EXAMPLE, DeskMapping, read_mapping
from navigator.desk_import.prepare import prepare
from navigator.errors import Invalid
from navigator.people.actor import SYSTEM

LARGEST = 500_000_000
commands = typer.Typer(help="Tickets of another desk.", no_args_is_help=True)


@commands.command("desk")
def import_desk(
    file: Annotated[Path, typer.Argument(help="An export of another desk", exists=True)],
    source: Annotated[Source, typer.Option("--format", help="Which desk it is from")],
    service: Annotated[str, typer.Option(help="Code of the service")],
    mapping: Annotated[
        Path | None, typer.Option(help="What words there mean here, as YAML", exists=True)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be made")] = False,
) -> None:
    """Bring in the tickets of another desk, each once: stopped in the middle, run it again."""
    with exit_on_refusal():
        known = read_mapping(mapping.read_text(encoding="utf-8")) if mapping else DeskMapping()
        export = read_export(_text_of(file), source)
        if dry_run:
            outcome = _try(service, source, known, export)
        else:
            outcome = import_each(SYSTEM, service, source, known, export, _say_progress)
    say_outcome(outcome, dry_run)
    raise typer.Exit(1 if outcome.faults else 0)


@commands.command("mapping")
def show_mapping() -> None:
    """Print a mapping to begin with."""
    typer.echo(EXAMPLE, nl=False)


def _text_of(file: Path) -> str:
    if file.stat().st_size > LARGEST:
        raise Invalid(f"The file is too long: at most {LARGEST // 1_000_000} MB are read.")
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("The file is not text in UTF-8.") from None


def _try(service: str, source: Source, mapping: DeskMapping, export: Export) -> Outcome:
    ready = list(prepare(service, source, mapping, export.tickets))
    with writing() as session, trial(session):
        outcome = import_in(session, SYSTEM, service, source, ready)
    outcome.faults[:0] = export.faults
    outcome.to_read.clear()  # numbers of tickets that were taken back
    return outcome


def _say_progress(done: int) -> None:
    if done % 100 == 0:
        typer.echo(f"{done} tickets read", err=True)


def say_outcome(outcome: Outcome, is_trial: bool) -> None:
    """Say how it went, with each fault on a line."""
    for fault in sorted(outcome.faults, key=lambda each: each.line):
        typer.echo(str(fault), err=True)
    made = "would be made" if is_trial else "made"
    typer.echo(f"{outcome.made} tickets {made}, {outcome.open} of them open.")
    typer.echo(f"{outcome.there} were here already, {outcome.left_out} are left out by the mapping.")
    if outcome.to_read:
        numbers = ", ".join(f"DN-{number:06d}" for number in outcome.to_read)
        typer.echo(f"Closed, and with words that a person should read: {numbers}")
    if outcome.faults:
        typer.echo(f"{len(outcome.faults)} could not be read. Put them right and run it again.", err=True)
