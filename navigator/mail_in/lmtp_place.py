"""Where LMTP is listened for: a socket in the file system, or an address of this machine alone."""

import errno
import socket
import stat
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

from navigator.errors import Conflict, Invalid


class Place(NamedTuple):
    """Where is listened: a socket in the file system, or an address of this machine alone and a port."""

    path: Path | None = None
    host: str = ""
    port: int = 0


def read_place(typed: str) -> Place:
    """Read where to listen: `/run/navigator/lmtp.sock`, `127.0.0.1:2424` or `[::1]:2424`."""
    if typed.startswith("/"):
        return Place(path=Path(typed))
    host, _, port = typed.rpartition(":")
    host = "127.0.0.1" if host == "localhost" else host.strip("[]")
    try:
        is_own, number = ip_address(host).is_loopback, int(port)
    except ValueError:
        is_own, number = False, 0
    if not is_own or not 0 <= number <= 65535:
        raise Invalid("Write the path of a socket, or an address of this machine like 127.0.0.1:2424.")
    return Place(host=host, port=number)


def require_free(path: Path) -> None:
    """Refuse a path on which somebody answers, or which is something else than a socket."""
    if not path.exists():
        return
    if not stat.S_ISSOCK(path.stat().st_mode):
        raise Conflict(f"{path} is not a socket. Nothing was changed.")
    with socket.socket(socket.AF_UNIX) as other:
        other.settimeout(5)
        if other.connect_ex(str(path)) != errno.ECONNREFUSED:  # it answers, is busy, or is not ours to ask
            raise Conflict(f"Another server listens on {path} already.")
