"""A process that fetches and lands mail, and is killed at every step of that, again and again.

`python -m tests.committing.mail_kills PORT ADDRESS ROUNDS`. Each round puts one mail into the mailbox, and
forks a process that does what the jobs do and kills itself (SIGKILL) before or after one of its steps.
Nothing of it is told: who started this counts what was kept.
"""

import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from imapclient import IMAPClient

import navigator.models  # noqa: F401 - it lands mail alone, and needs the tables to which foreign keys point
from navigator import clock
from navigator.mail_in import fetch, imap, join, land, store
from navigator.people.rate_limit import Limit
from navigator.triage.safety_screen import screen
from tests.imap_server import PASSWORD, USER

STEPS: tuple[tuple[Any, str], ...] = (
    (imap.OpenFolder, "fetch"),
    (store, "keep_fetched"),
    (imap.OpenFolder, "mark"),
    (store, "mark"),
    (land, "store_files"),
    (land, "land"),
)
MOMENT = datetime(2026, 6, 9, 9, 0, tzinfo=UTC)
MOMENTS = len(STEPS) * 2
"""Before and after each; the transactions of a step end after it, or within it."""


def main(port: int, to: str, rounds: int) -> None:
    """Put in and be killed, so many rounds; then do what is left, undisturbed."""
    clock.set_to(MOMENT)
    join.PER_LINK = Limit(rounds, timedelta(hours=1))  # nobody writes as often
    screen("warmed up, so that each process that is forked has what takes long to load")
    for number in range(rounds):
        with IMAPClient("127.0.0.1", port, ssl=False) as client:
            client.login(USER, PASSWORD)
            client.append("INBOX", _mail(number, to))
        if (child := os.fork()) == 0:
            _work(number % MOMENTS)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), f"nothing was killed in round {number}"
    _everything()


def _mail(number: int, to: str) -> bytes:
    return (
        f"From: Pat <pat@home.example>\r\nTo: {to}\r\nSubject: Re: x\r\n"
        f"Date: Tue, 09 Jun 2026 10:00:00 +0100\r\nMessage-ID: <{number}.kill@home.example>\r\n\r\n"
        f"Mail number {number}\r\n"
    ).encode()


def _work(moment: int) -> None:
    owner, name = STEPS[moment // 2]
    setattr(owner, name, _killed(getattr(owner, name), is_after=bool(moment % 2)))
    _everything()


def _killed(really: Callable[..., Any], is_after: bool) -> Callable[..., Any]:
    def step(*args: Any) -> Any:
        if is_after:
            really(*args)
        os.kill(os.getpid(), signal.SIGKILL)

    return step


def _everything() -> None:
    while fetch.fetch_all() or land.land_waiting():
        pass


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
