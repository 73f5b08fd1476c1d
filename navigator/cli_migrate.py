"""The command line of upgrades: `navigator migrate`, with its pre-flight."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

import migrations
from navigator import preflight
from navigator.cli_errors import exit_on_refusal
from navigator.database import STORAGE_DOWN, reading
from navigator.errors import Conflict
from navigator.preflight import Plan, Wanted
from navigator.settings import settings

WithoutBackup = Annotated[
    bool, typer.Option("--without-backup", help="Upgrade though there is no young backup: no way back")
]


def migrate(
    backup: Annotated[
        Path | None, typer.Option(help="The backup that was made for this", exists=True)
    ] = None,
    backup_hours: Annotated[int, typer.Option(min=1, help="How young a backup must be")] = 24,
    without_backup: WithoutBackup = False,
    while_running: Annotated[
        bool, typer.Option("--while-running", help="Though other processes use the database")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="Only say what would be done")] = False,
) -> None:
    """Bring the database up to date, after a look at disk, version, backup and who else works on it."""
    wanted = Wanted(timedelta(hours=backup_hours), backup, without_backup, while_running)
    if not check:
        bring_up_to_date(wanted)
        return
    with exit_on_refusal():
        plan = preflight.plan(wanted)
        _tell(plan)
        plan.refuse_if_unsafe()


def bring_up_to_date(wanted: Wanted) -> None:
    """Upgrade the installation's database, if its pre-flight finds nothing against it."""
    with exit_on_refusal():
        plan = preflight.plan(wanted)
        if plan.checks:
            _tell(plan)
        plan.refuse_if_unsafe()
        migrations.upgrade()
    typer.echo("The database is up to date.")


def refuse_if_behind() -> None:
    """Refuse to work on a database that is there and has other tables than this version."""
    with suppress(*STORAGE_DOWN), reading() as session:
        connection = session.connection()
        if (revision := migrations.revision_of(connection)) and not migrations.is_known(revision):
            raise Conflict("This database is of a newer desk. Install that version.")
        if not migrations.is_at_head(connection):
            raise Conflict("The database has not the tables of this version: run navigator migrate first.")


def _tell(plan: Plan) -> None:
    for check in plan.checks:
        typer.echo(f"{'ok  ' if check.ok else 'STOP'}  {check.text}")
    for step in plan.steps:
        typer.echo(f"      {step.revision}  {step.title}")
    if plan.is_new:
        typer.echo("There is nothing in the database yet: every table will be made.")
    elif not plan.steps:
        typer.echo("The database is up to date.")
    elif settings().database.startswith("sqlite"):
        typer.echo("Until it is done, nobody can write. It is done whole or not at all.")
    else:
        locked = ", ".join(plan.tables) or "no table"
        typer.echo(f"Until it is done, nobody can use: {locked}. It is done whole or not at all.")
