"""Processes of their own that send letters or run jobs: started by the tests beside this, to be killed."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

from sqlmodel import Session

from navigator import clock, database, scheduler
from navigator.jobs.registry import Job
from navigator.jobs.runner import once_per_slot
from navigator.outbox import sender
from navigator.outbox.outbox_message import OutboxMessage
from navigator.settings import settings
from navigator.tickets.reports.idempotency import claim, idempotent_request
from navigator.webhooks.claims import endpoints_due
from navigator.webhooks.deliver import deliver_to

ROOT = Path(__file__).parents[2]
PATIENCE = 120
"""Seconds that a busy machine may take over what takes two."""

TICK = timedelta(milliseconds=100)
LEASE_LASTS = timedelta(seconds=1)


@contextmanager
def running(what: str, url: str, **values: object) -> Iterator[subprocess.Popen[bytes]]:
    """Run one of the functions below in a process of its own, gone at the end."""
    with start(what, url, **values) as process:
        try:
            yield process
        finally:
            process.kill()


def start(what: str, url: str, **values: object) -> subprocess.Popen[bytes]:
    """Start one of them; whoever starts it ends it."""
    known = {f"NAVIGATOR_{name.upper()}": str(value) for name, value in values.items()}
    environment = os.environ | known | {"NAVIGATOR_DATABASE_URL": url}
    words = [sys.executable, "-m", "tests.committing.processes", what]
    return subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)


def send() -> None:
    """Send all letters."""
    while sender.send_waiting():
        pass


def send_later() -> None:
    """Send all letters, at a time when the claims of whoever died have lapsed."""
    clock.set_to(clock.now() + timedelta(minutes=4))
    send()


def webhooks() -> None:
    """Make all calls to other systems that are due."""
    for endpoint_id in endpoints_due():
        deliver_to(endpoint_id)


def webhooks_later() -> None:
    """Make them, at a time when the claims of whoever died have lapsed."""
    clock.set_to(clock.now() + timedelta(minutes=3))
    webhooks()


def tick() -> None:
    """Run the jobs, at a quick pace; there is one, which writes down in each slot of time who did it."""
    scheduler.LEASE_DURATION, scheduler.RENEW_EVERY = LEASE_LASTS, LEASE_LASTS / 4
    scheduler.work({"tick": Job(once_per_slot("tick", _slot, _write_down), TICK)})


def tick_as_served() -> None:
    """The same with the leases of a served desk, until it is killed; a file says that it has looked."""
    scheduler.start({"tick": Job(once_per_slot("tick", _slot, _write_down), TICK)})
    (settings().data_dir / f"ready-{os.getpid()}").touch()
    Event().wait()


def hold() -> None:
    """Take an idempotency key for a report, and go no further."""
    with database.writing() as session:
        told = idempotent_request("address testclient", "5f1c", os.environ["NAVIGATOR_HELD"])
        claim(session, told)
        (settings().data_dir / "held").touch()
        time.sleep(PATIENCE)


def _slot(now: datetime) -> datetime:
    return now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % TICK


def _write_down(session: Session, now: datetime) -> None:
    facts = {"slot": _slot(now).isoformat()}
    session.add(OutboxMessage(template="assigned", recipient="user", recipient_id=os.getpid(), context=facts))


if __name__ == "__main__":
    {
        "send": send,
        "send_later": send_later,
        "webhooks": webhooks,
        "webhooks_later": webhooks_later,
        "tick": tick,
        "tick_as_served": tick_as_served,
        "hold": hold,
    }[sys.argv[1]]()
