"""The command line: `navigator --help`."""

import atexit
import os
import sys
from contextlib import nullcontext
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import col, select

from navigator import (
    cli_audit,
    cli_backup,
    cli_import,
    cli_log_in,
    cli_mail,
    cli_migrate,
    cli_records,
    cli_triage,
    database,
    go_live_check,
    safe_logging,
    scheduler,
)
from navigator.administration import api_keys, crisis_reading, first_run, import_export
from navigator.administration.api_keys import AnyKeyInput
from navigator.administration.configuration_file import Configuration, read_configuration
from navigator.catalogue.lookups import service_by_code
from navigator.catalogue.service import Service
from navigator.cli_errors import REFUSED, exit_on_refusal, read_typed, refuse_folder_of_another, status_of
from navigator.database import reading, trial, writing
from navigator.demo import fill
from navigator.engines import CONNECTIONS
from navigator.errors import Conflict
from navigator.jobs.registry import JOBS
from navigator.outbox.account_emails import invite
from navigator.outbox.factor_changes import reset_by_command_line
from navigator.people.accounts import Invitation
from navigator.people.actor import SYSTEM
from navigator.people.one_time_token import TokenPurpose
from navigator.people.password_reset import mint_token
from navigator.people.user import Role
from navigator.preflight import Wanted
from navigator.settings import close_data_dir, settings

MOST_WORKERS = 97 // CONNECTIONS
"""Of processes that serve, where nobody says how many: PostgreSQL gives 97 connections by itself."""
MOST_ON_SQLITE = 2
"""Of them on SQLite: writers take turns, and a report is written for more than half of the time it takes."""

Workers = Annotated[
    int,
    typer.Option(min=0, help="Processes that serve: 0 is one for each core, at most three (two on SQLite)."),
]

app = typer.Typer(
    help="The support desk of digital navigators.", no_args_is_help=True, cls=cli_audit.NotedCommands
)
user = typer.Typer(help="People who work at the desk.", no_args_is_help=True)
key = typer.Typer(help="Keys by which other systems use the API.", no_args_is_help=True)
configuration = typer.Typer(help="Services and programmes as one file.", no_args_is_help=True)
jobs = typer.Typer(help="What the desk does by itself.", no_args_is_help=True)
for name, group in {
    "user": user,
    "key": key,
    "configuration": configuration,
    "jobs": jobs,
    "log-in": cli_log_in.commands,
    "mail": cli_mail.commands,
    "triage": cli_triage.commands,
    "audit": cli_audit.commands,
    "import": cli_import.commands,
}.items():
    app.add_typer(group, name=name)
app.command()(cli_migrate.migrate)
app.command()(cli_backup.backup)
app.command()(cli_backup.restore)
app.command()(cli_backup.rehearse)
app.command()(cli_records.retention)
app.command()(cli_records.papers)


@app.callback()
def _for_every_command(context: typer.Context) -> None:
    """Close the data folder to others first, note the command, and leave a whole database file behind."""
    with exit_on_refusal(status_of(context.meta.get("asked", ""), REFUSED)):
        refuse_folder_of_another(settings().data_dir)
        close_data_dir()
        safe_logging.configure(settings().log_level, settings().log_format)
        cli_audit.note_command(context)
    atexit.register(database.close)


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port that is listened on")] = 8000,
    host: Annotated[str, typer.Option(help="Address that is listened on")] = "127.0.0.1",
    workers: Workers = 0,
    without_backup: cli_migrate.WithoutBackup = False,
) -> None:
    """Bring the database up to date and serve the desk; a new one is filled with a demonstration."""
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    os.environ.setdefault("NAVIGATOR_BASE_URL", address)
    settings.cache_clear()
    safe_logging.configure(settings().log_level, settings().log_format)
    cli_migrate.bring_up_to_date(Wanted(without_backup=without_backup, while_running=True))
    if settings().demonstration == "auto" and not settings().database_url:
        _fill()
    _refuse_public_demonstration(host)
    if (notes := fill.login_notes()) is not None:
        typer.echo(notes)
    with reading() as session:
        is_empty = first_run.is_first_run(session)
    if is_empty:
        typer.echo(f"Nobody can log in yet. Open {settings().base_url}/begin")
        typer.echo(f"It asks for this code: {first_run.setup_code()}")
    if not settings().mail_host:
        typer.echo(f"Mail is not sent: it is written to {settings().mail_dir}")
    typer.echo(f"Navigator Desk is on {address}\n")
    database.close()  # until somebody asks: the file is whole by itself, with the demonstration in it
    _become_server(host, port, workers or _most_workers())


def _most_workers() -> int:
    """One for each core, at most so many; one where none is forked, since each would load all by itself."""
    most = MOST_ON_SQLITE if settings().database.startswith("sqlite") else MOST_WORKERS
    return min(len(os.sched_getaffinity(0)), most) if sys.platform == "linux" else 1


def _become_server(host: str, port: int, workers: int) -> None:
    """Go on as a new program, which holds nothing of what migrated and filled the database.

    It reads no program from the folder that it is started in, which may be that of the data."""
    sys.stdout.flush()
    folders = [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    own = {"PYTHONSAFEPATH": "1", "PYTHONPATH": os.pathsep.join(filter(None, folders))}
    own |= {"MALLOC_ARENA_MAX": os.environ.get("MALLOC_ARENA_MAX", "2")}  # else a heap for each few threads
    words = [sys.executable, "-m", "web.serve", host, str(port), str(workers)]
    os.execve(sys.executable, words, os.environ | own)  # noqa: S606 - our own module


def _fill() -> bool:
    """Fill an empty database with the demonstration, and say so: it takes a while."""
    if fill.is_empty():
        typer.echo("Making a demonstration: 90 days of three services. This takes about a minute, once.")
    with exit_on_refusal():
        return fill.fill_if_empty()


def _refuse_public_demonstration(host: str) -> None:
    with reading() as session:
        demonstration_id = session.exec(select(Service.id).where(col(Service.is_demonstration))).first()
    is_off = settings().demonstration == "off"
    if demonstration_id is not None and (is_off or not _is_loopback(host)):
        words = "is only served on 127.0.0.1" if not is_off else "is switched off: name another database"
        typer.echo(f"This database holds the demonstration, which {words}.", err=True)
        raise typer.Exit(2)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:  # a name, and who knows where that leads
        return host == "localhost"


@app.command()
def work() -> None:
    """Run the jobs alone, without a web server."""
    safe_logging.configure(settings().log_level, settings().log_format)
    cli_migrate.refuse_if_behind()
    scheduler.work()


@app.command("demo")
def fill_demonstration() -> None:
    """Fill an empty database with a demonstration and print its log-ins."""
    cli_migrate.bring_up_to_date(Wanted())
    if not _fill():
        typer.echo("The database is not empty: nothing was added.", err=True)
        raise typer.Exit(1)
    typer.echo(fill.login_notes())


@app.command()
def check() -> None:
    """Say what is missing before real people may use the desk, and list every setting."""
    with reading() as session:
        findings = list(go_live_check.findings(session))
    for finding in findings:
        typer.echo(f"{'ok     ' if finding.ok else 'MISSING'}  {finding}")
    typer.echo("\nSettings")
    for variable, value, description in go_live_check.describe_settings():
        typer.echo(f"  {variable} = {value}\n      {description}")
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)


@user.command("add")
def add_user(
    service: Annotated[str, typer.Option(help="Code of the service")],
    role: Annotated[list[Role], typer.Option(help="Role; may be given more than once")],
    name: Annotated[str, typer.Option()],
    email: Annotated[str, typer.Option()],
    confirm_last: Annotated[
        bool, typer.Option("--confirm-last", help="Though they lose a role that nobody else has")
    ] = False,
) -> None:
    """Invite somebody; their link for a password is mailed, and printed here."""
    with exit_on_refusal(), writing() as session:
        service_id = service_by_code(session, service).id
        asked = {"service_id": service_id, "roles": frozenset(role), "name": name, "email": email}
        invitation = read_typed(Invitation, asked | {"confirm_last": confirm_last})
        account = invite(session, SYSTEM, invitation)
        token = mint_token(session, account.id, TokenPurpose.INVITE)
    typer.echo(f"{settings().base_url}/password/{token}")


@user.command("reset-second-step")
def reset_second_step(email: Annotated[str, typer.Argument(help="Their email address")]) -> None:
    """Reset somebody's second step where no two administrators can: audited, and they are told."""
    with exit_on_refusal(), writing() as session:
        reset_by_command_line(session, email)
    typer.echo("Their second step is reset, and they are logged out everywhere. They are told by email.")


@key.command("create")
def create_key(
    service: Annotated[str, typer.Option(help="Code of the service")],
    role: Annotated[Role, typer.Option(help="What the key may do")],
    until: Annotated[
        str,
        typer.Option(
            help="The last day, like 2027-06-01", prompt="Last day on which it works, like 2027-06-01"
        ),
    ],
    name: Annotated[str, typer.Option(help="Which system uses it")] = "key",
) -> None:
    """Make an API key, which ends; it is printed once, alone on the last line."""
    with exit_on_refusal(), writing() as session:
        service_id = service_by_code(session, service).id
        asked = {"service_id": service_id, "role": role, "name": name, "expires_on": until}
        secret = api_keys.create(session, SYSTEM, read_typed(AnyKeyInput, asked))
    typer.echo("Keep this key safe: it is not shown again.")
    typer.echo(secret)


@configuration.command("export")
def export_configuration() -> None:
    """Print all services, contacts, crisis wording, programmes and overrides as YAML."""
    with reading() as session:
        typer.echo(import_export.export_configuration(session), nl=False)


@configuration.command("import")
def import_configuration(
    file: Annotated[Path, typer.Argument(help="A YAML file", exists=True)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change")] = False,
) -> None:
    """Add and change what a YAML file names; nothing is taken away."""
    with exit_on_refusal():
        document = read_configuration(file)
        if not dry_run:
            _let_owners_read(document)
        with writing() as session, trial(session) if dry_run else nullcontext():
            changes = import_export.import_configuration(session, document)
    for change in changes or ["nothing would change" if dry_run else "nothing changed"]:
        typer.echo(change)


def _let_owners_read(document: Configuration) -> None:
    """Show the crisis wording that the file signs, line by line, and ask each person named to confirm it."""
    with reading() as session:
        wordings = crisis_reading.newly_signed(session, document)
    for wording in wordings:
        typer.echo(f"People in a crisis would read this at {wording.service}:")
        for line in wording.lines:
            numbers = ", ".join(
                filter(None, (line.call and f"call {line.call}", line.text and f"text {line.text}"))
            )
            typer.echo(f"  {line.when}: {line.do} ({line.short}{'; ' if numbers else ''}{numbers})")
        typer.echo(f"{wording.owner} would answer for it.")
        name = typer.prompt(f"{wording.owner}, have you read these lines? Then type your name")
        if name.strip() != wording.owner:
            raise Conflict(f"{wording.owner} has not confirmed the crisis wording. Nothing was changed.")


@jobs.command("run")
def run_job(name: str) -> None:
    """Run one job now."""
    if name not in JOBS:
        typer.echo(f"There is no job {name!r}. There are: {', '.join(JOBS)}.", err=True)
        raise typer.Exit(2)
    scheduler.run(name)
