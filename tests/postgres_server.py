"""A PostgreSQL server made for one run of the tests and gone with it, however the run ends."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from tests import system_packages

# The shell holds the server; when the tests end or are killed its input closes, and it clears up.
KEEPER = '"$@" & read -r _; kill -INT $!; wait $!; rm -rf "$0"'
SETTINGS = (
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "shared_buffers=64MB",
    "log_min_messages=fatal",
)
AS_SERVED = ("listen_addresses=", "shared_buffers=512MB", "random_page_cost=1.1", "max_wal_size=2GB")
"""Of a server whose speed is measured: every commit is on the disk, as where people use it."""


STREAMED = ("wal_level=replica", "max_wal_senders=5", "hot_standby=on", "wal_receiver_status_interval=1")
"""Of a server that a standby follows, and of that standby."""


ARCHIVED = (
    "wal_level=replica",
    "archive_mode=on",
    "archive_command=mkdir -p ../archive && test ! -f ../archive/%f && cp %p ../archive/%f",
)
"""Of a server that can go back to any moment: it keeps each piece of its log in a folder beside its data."""


@contextmanager
def running(settings: tuple[str, ...] = SETTINGS) -> Iterator[str]:
    """Start a server that only this machine can reach; yields its address without a database's name."""
    making = "{programs}/initdb -D {folder}/data -U desk -A trust -E UTF8 --locale=C.UTF-8 --no-sync"
    with _served(making, settings) as address:
        yield address


@contextmanager
def standby(primary: str, settings: tuple[str, ...] = SETTINGS + STREAMED) -> Iterator[str]:
    """Start a streaming standby of a server, which follows it until it is promoted; yields its address."""
    host = folder_of(primary)
    taking = "{programs}/pg_basebackup -D {folder}/data -R -X stream -c fast --no-sync -U desk -h " + str(
        host
    )
    with _served(taking, settings) as address:
        yield address


@contextmanager
def recovered(base: Path, until: str) -> Iterator[str]:
    """Start a server from a base backup and the archive beside it, as it was at a moment; its address."""
    settings = (
        *SETTINGS,
        f"restore_command=cp {base.parent}/archive/%f %p",
        f"recovery_target_time={until}",
        "recovery_target_action=promote",
    )
    with _served(f"cp -a {base} {{folder}}/data", settings) as address:
        yield address


def back_up(address: str) -> Path:
    """Take a base backup of a server, which goes on; the folder, in which a server would recover."""
    programs, folder = system_packages.postgresql(), folder_of(address)
    words = f"{programs}/pg_basebackup -D {folder}/base -c fast --no-sync -U desk -h {folder}"
    subprocess.run(words.split(), check=True, cwd=folder, **_ordinary_user())
    subprocess.run(["touch", folder / "base" / "recovery.signal"], check=True, **_ordinary_user())
    return folder / "base"


def folder_of(address: str) -> Path:
    """Where a server of ours has its socket and its data."""
    return Path(address.rsplit("host=", 1)[1])


def promote(address: str) -> None:
    """Have a standby be a server of its own from now on."""
    _order(address, "SELECT pg_promote(true, 60)")


def kill(address: str) -> None:
    """Kill a server with all its processes, as when its machine loses power."""
    pid = int((folder_of(address) / "data" / "postmaster.pid").read_text().split()[0])
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for each in (pid, *map(int, children)):
        with suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)


@contextmanager
def _served(making: str, settings: tuple[str, ...]) -> Iterator[str]:
    """A server whose data folder a program makes, until the end."""
    programs = system_packages.postgresql()
    if programs is None:
        raise FileNotFoundError("No PostgreSQL server programs on this machine")
    user = _ordinary_user()
    folder = Path(tempfile.mkdtemp(prefix="navigator-pg-"))
    os.chown(folder, user.get("user", -1), user.get("group", -1))
    words = making.format(programs=programs, folder=folder).split()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd=folder, **user)
    serving = f"{programs}/postgres -D {folder}/data -k {folder}".split()
    options = [word for each in settings for word in ("-c", each)]
    words = ["sh", "-c", KEEPER, str(folder), *serving, *options]
    keeper = subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True, cwd=folder, **user)
    try:
        _wait_until_up(folder)
        yield f"postgresql+psycopg://desk@/{{}}?host={folder}"
    finally:
        keeper.communicate()
        shutil.rmtree(folder, ignore_errors=True)


def _ordinary_user() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise LookupError("Neither a user postgres nor a user nobody to run PostgreSQL as")


def _wait_until_up(folder: Path) -> None:
    for _ in range(2400):
        try:
            psycopg.connect(host=str(folder), user="desk", dbname="postgres").close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise TimeoutError("PostgreSQL did not start within two minutes")


@contextmanager
def copy(server: str, name: str, template: str = "template1") -> Iterator[str]:
    """A new database on the server, made from another one and dropped at the end; yields its address."""
    _order(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield server.format(name)
    finally:
        _order(server, f"DROP DATABASE {name} WITH (FORCE)")


def _order(server: str, statement: str) -> None:
    address = server.format("postgres").replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement.encode())
