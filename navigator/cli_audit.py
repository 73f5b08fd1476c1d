"""The command line of the audit log: `navigator audit --help`; and each command, written down in it."""

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from pwd import getpwuid
from typing import Annotated, Any

import structlog
import typer
from sqlalchemy import make_url
from typer.core import TyperGroup

import migrations
from navigator.administration.audit_export import Ending, export
from navigator.administration.audit_search import AuditFilter
from navigator.cli_errors import exit_on_error, exit_on_refusal
from navigator.database import STORAGE_DOWN, reading
from navigator.errors import Invalid
from navigator.people import audit_chain, audit_intake, audit_spool
from navigator.people.actor import SYSTEM, Actor
from navigator.people.audit_chain import Head, parse_head
from navigator.people.audit_log import Act
from navigator.settings import settings

commands = typer.Typer(help="The audit log: who did what and who looked.", no_args_is_help=True)

log = structlog.get_logger("desk.audit")


class NotedCommands(TyperGroup):
    """A group of commands that remembers which one was asked for, for the audit log."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that is asked for, one of a group's too: its name, and nothing that was typed."""
        name, command, rest = super().resolve_command(ctx, args)
        inner = getattr(command, "commands", {})
        words = [str(name), *(word for word in rest[:1] if word in inner)]
        ctx.meta["typed"] = [*rest]  # parsing takes them away
        ctx.meta["asked"] = "" if "--help" in rest else " ".join(words)
        return name, command, rest

    def invoke(self, ctx: Any) -> Any:
        """Run the command; what the installation lacks is said in words, a fault of the desk in full."""
        with exit_on_error(ctx.meta):
            return super().invoke(ctx)


def note_command(context: typer.Context) -> None:
    """Note a command before it runs; when it has ended the note goes into the database, if there is one."""
    if asked := context.meta.get("asked"):
        audit_spool.note(_who(), Act.COMMAND, f"navigator {asked}", is_once=False)
        context.call_on_close(partial(_take, context.meta))


def _who() -> Actor:
    """The account as the system knows it; who came by sudo stands in a variable that anybody can set."""
    try:
        user = getpwuid(os.getuid()).pw_name
    except KeyError:  # a container whose user has no name
        user = str(os.getuid())
    said = os.environ.get("SUDO_USER", "")[:50]
    return Actor(name=f"Command line ({user}, said to be {said})" if said else f"Command line ({user})")


def _take(meta: Mapping[str, Any]) -> None:
    """Where the database is not there, behind or down, the note stays in the spool for the next process."""
    try:
        with exit_on_error(meta, expects=STORAGE_DOWN):
            if _is_there() and _is_at_head():
                audit_intake.take_spool()
    except STORAGE_DOWN:
        log.warning("the audit log takes this command later: the database does not answer")


def _is_there() -> bool:
    url = make_url(settings().database)
    return url.get_backend_name() != "sqlite" or Path(url.database or "").exists()


def _is_at_head() -> bool:
    with reading() as session:
        return migrations.is_at_head(session.connection())


@commands.command("verify")
def verify(
    head: Annotated[
        list[str] | None, typer.Option(help="A head that was printed earlier: position:hash; more than once")
    ] = None,
) -> None:
    """Read the whole hash chain: say if a row was changed, if one is missing, if its end was cut off."""
    with exit_on_refusal():
        kept = _kept_heads(head or [])
        with reading() as session:
            verdict = audit_chain.verify(session, kept)
    for finding in verdict.findings:
        typer.echo(f"BROKEN  {finding}", err=True)
    typer.echo(f"{verdict.rows} rows are whole; {verdict.unsealed} wait to be sealed.")
    typer.echo(f"Head: {verdict.head}")
    typer.echo("Keep the head elsewhere, and give it with --head next time: then a shortened log is found.")
    raise typer.Exit(1 if verdict.findings else 0)


def _kept_heads(typed: list[str]) -> list[Head]:
    """The heads that were typed, and the one that the desk keeps in its data folder."""
    file = audit_chain.head_file()
    heads = [(text, parse_head(text)) for text in [*typed, *([file.read_text()] if file.exists() else [])]]
    for text, head in heads:
        if head is None:
            raise Invalid(f"This is no head of the audit log: {text.strip()!r}. It looks like 1234:9f86d0…")
    return [head for _, head in heads if head]


@commands.command("export")
def export_log(
    ending: Annotated[Ending, typer.Argument(help="csv or json")] = "csv",
    ticket: Annotated[str, typer.Option(help="Only of this ticket, like DN-000123")] = "",
    act: Annotated[Act | None, typer.Option(help="Only this act")] = None,
) -> None:
    """Print the newest 20,000 rows as CSV or JSON."""
    with exit_on_refusal(), reading() as session:
        typer.echo(export(session, SYSTEM, AuditFilter(ticket=ticket, act=act), ending), nl=False)
