"""The virus check, where one is set: clamd, asked by its INSTREAM command what it finds in a file."""

import socket
import struct
from contextlib import ExitStack
from typing import BinaryIO

import structlog

from navigator.errors import Refused
from navigator.languages import N_
from navigator.settings import settings

TIMEOUT_SECONDS = 30.0
CHUNK = 65_536
MOST_SAID = 1000

log = structlog.get_logger("desk.attachments")


class Infected(Refused):
    """The virus check found something."""


def is_clean(file: BinaryIO) -> bool:
    """Whether the check found nothing: False where none is set, or it does not answer; else `Infected`.

    Its answer may name what it found; that is not shown, for it says nothing to whoever sent the file.
    """
    if not settings().clamav_socket:
        return False
    try:
        answer = _ask(file)
    except OSError as error:
        log.error("the virus check does not answer", error=type(error).__name__)
        return False
    if answer.endswith(b"FOUND"):
        raise Infected(N_("Our virus check found something harmful in it."))
    if not answer.endswith(b"OK"):
        log.error("the virus check could not read a file")
    return answer.endswith(b"OK")


def answers() -> bool:
    """Whether the check that is set answers."""
    try:
        with _connected() as connection:
            connection.sendall(b"zPING\0")
            return _answer(connection) == b"PONG"
    except OSError:
        return False


def _ask(file: BinaryIO) -> bytes:
    file.seek(0)
    with _connected() as connection:
        connection.sendall(b"zINSTREAM\0")
        while chunk := file.read(CHUNK):
            connection.sendall(struct.pack("!I", len(chunk)) + chunk)
        connection.sendall(struct.pack("!I", 0))
        return _answer(connection)


def _answer(connection: socket.socket) -> bytes:
    answer = b""
    while len(answer) < MOST_SAID and (said := connection.recv(MOST_SAID)):
        answer += said
        if b"\0" in answer:
            break
    return answer.partition(b"\0")[0].strip()


def _connected() -> socket.socket:
    """A connection to `host:port`, or to a socket in the file system."""
    where = settings().clamav_socket
    if where.startswith("/"):
        with ExitStack() as until_connected:
            connection = until_connected.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
            connection.settimeout(TIMEOUT_SECONDS)
            connection.connect(where)
            until_connected.pop_all()
        return connection
    host, _, port = where.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), TIMEOUT_SECONDS)
