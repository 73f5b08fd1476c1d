"""Servers of LMTP that are killed over a mail, one after the other, and one at last that is not.

`python -m tests.committing.lmtp_kills SOCKET ROUNDS`. Each round has a server that kills itself over the
mail of its number: before that is kept, before it is committed, or before it is answered.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import navigator.models  # noqa: F401 - it keeps mail alone, and needs the tables to which foreign keys point
from navigator.mail_in import delivered, lmtp
from navigator.mail_in.lmtp_place import Place
from navigator.mail_in.store import Arrived

STEPS: tuple[tuple[Any, str, bool], ...] = (
    (delivered, "keep", False),
    (delivered, "keep", True),
    (lmtp, "keep_delivered", True),
)
"""What it dies of, and whether that is done by then."""


def main(path: str, rounds: int) -> None:
    """Serve and be killed, so many rounds; then serve until somebody ends it."""
    for number in range(rounds):
        if (child := os.fork()) == 0:
            owner, name, is_after = STEPS[number % len(STEPS)]
            setattr(owner, name, _killed(getattr(owner, name), _mark(number), is_after))
            _serve(path)
        os.waitpid(child, 0)
    _serve(path)


def _serve(path: str) -> None:
    asyncio.run(lmtp.serve(Place(path=Path(path)), lambda _: None))
    os._exit(0)


def _mark(number: int) -> bytes:
    return f"Mail number {number}\r\n".encode()


def _killed(really: Callable[..., Any], mark: bytes, is_after: bool) -> Callable[..., Any]:
    def step(*args: Any) -> Any:
        arrived = next(arg for arg in args if isinstance(arg, Arrived))
        is_it = mark in arrived.content
        done = really(*args) if is_after or not is_it else None
        if is_it:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    return step


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
