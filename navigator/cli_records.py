"""The command line of records: `navigator retention`, `navigator papers`."""

from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import select

from navigator import clock
from navigator.catalogue.hazards import answered_hazards
from navigator.catalogue.service import Service
from navigator.cli_errors import exit_on_refusal
from navigator.database import reading
from navigator.records import paper_files
from navigator.records import papers as papers_of
from navigator.records import retention as periods
from navigator.records.papers import PaperName


def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go")] = False,
) -> None:
    """Delete and empty what is past its days, as each night does; counts by class, never whose."""
    with exit_on_refusal(), reading() as session:
        services = session.exec(select(Service.id)).all()
        due = periods.dry_run(session, services, clock.now())
    for each in due:
        held = f", {each.held} on hold" if each.held else ""
        typer.echo(f"{each.service}: {each.title}: {each.count}{held}")
    if not dry_run:
        typer.echo(f"Done: {periods.run(clock.now())} rows.")


def papers(
    name: Annotated[PaperName, typer.Argument(help="dpia, dtac or hazards")],
    file: Annotated[
        Path | None, typer.Option(help="Where to write it, as PDF if it ends so; else it is printed")
    ] = None,
) -> None:
    """Write the starting point of a paper, from the settings and the data map: a person must sign it."""
    with exit_on_refusal(), reading() as session:
        paper = papers_of.paper(session, name)
        lacking = [each for each in answered_hazards(session, clock.today()) if each.lacks]
    if file is None:
        typer.echo(paper_files.to_markdown(paper))
        return
    is_pdf = file.suffix.lower() == ".pdf"
    file.write_bytes(paper_files.to_pdf(paper) if is_pdf else paper_files.to_markdown(paper).encode())
    typer.echo(f"Written to {file}. It is a start: a person must check and sign it.")
    for each in lacking:
        typer.echo(f"Hazard {each.hazard.code}: {each.lacks}.", err=True)
