"""A port for a server in a process of its own, which nobody else is given before that has it."""

import secrets
import socket

FIRST, LAST = 20_000, 32_000
"""Below those that the system lends to whoever asks for any port, as every test beside this one does."""


def free_port() -> int:
    """A port of this machine that is free, and that the system gives to nobody who asks for any."""
    while True:
        port = FIRST + secrets.randbelow(LAST - FIRST)  # not `random`, which begins alike in each process
        with socket.socket() as taken:
            if taken.connect_ex(("127.0.0.1", port)):
                return port
