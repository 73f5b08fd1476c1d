"""Commands for logging in: the way back in where every provider fails (break-glass)."""

import typer

from navigator.administration.apply_change import apply_change, kind_of
from navigator.administration.log_in_schemas import PasswordsSetting
from navigator.administration.lookups import THIS_DESK
from navigator.cli_errors import exit_on_refusal
from navigator.database import reading, writing
from navigator.openid.log_in import ways_in
from navigator.people.actor import SYSTEM

commands = typer.Typer(help="How people log in, and the way back in where nobody can.", no_args_is_help=True)


@commands.command("show")
def show() -> None:
    """Say by what people can log in now."""
    with reading() as session:
        ways = ways_in(session)
    typer.echo(f"passwords: {'on' if ways.passwords else 'off'}")
    for code, name in ways.providers:
        typer.echo(f"provider {code}: {name}")


@commands.command("passwords-on")
def switch_passwords_on() -> None:
    """Let people log in by passwords again; that it was done stands among the changes of settings."""
    with exit_on_refusal(), writing() as session:
        setting = PasswordsSetting(is_active=True)
        change = apply_change(session, SYSTEM, kind_of("passwords"), THIS_DESK, setting)
    typer.echo("Passwords are on." if change else "Passwords were on already: nothing changed.")
