"""A PostgreSQL server made for one run of the tests and gone with it, however the run ends."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def running(settings: tuple[str, ...] = SETTINGS) -> Iterator[str]:
    """Start a server that only this machine can reach; yields its address without a database's name."""
    programs = system_packages.postgresql()
    if programs is None:
        raise FileNotFoundError("No PostgreSQL server programs on this machine")
    user = _ordinary_user()
    folder = Path(tempfile.mkdtemp(prefix="navigator-pg-"))
    os.chown(folder, user.get("user", -1), user.get("group", -1))
    making = f"{programs}/initdb -D {folder}/data -U desk -A trust -E UTF8 --locale=C.UTF-8 --no-sync"
    subprocess.run(making.split(), check=True, stdout=subprocess.DEVNULL, cwd=folder, **user)
    serving = f"{programs}/postgres -D {folder}/data -k {folder} " + " ".join(
        f"-c {each}" for each in settings
    )
    words = ["sh", "-c", KEEPER, str(folder), *serving.split()]
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
    for _ in range(600):
        try:
            psycopg.connect(host=str(folder), user="desk", dbname="postgres").close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise TimeoutError("PostgreSQL did not start within half a minute")


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
