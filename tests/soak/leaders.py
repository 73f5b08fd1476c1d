"""The process with the jobs, killed again and again: how long it takes until another one runs them."""

import os
from collections import Counter
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from statistics import median
from time import monotonic, sleep
from typing import Any

from sqlmodel import col, select

from navigator import database
from navigator.outbox.outbox_message import OutboxMessage
from tests.soak import forked
from tests.soak.served import filled, until

JOBS = "tick_as_served"
PAUSE = 0.1


def kill_leaders(engine: str, times: int, minutes: float) -> Iterator[dict[str, Any]]:
    """Kill whoever runs the jobs so often, with the leases of a served desk; the figures so far."""
    took, ends = list[float](), monotonic() + 60 * minutes
    with filled(engine) as (_, folder):
        running = [forked.start(JOBS, os.environ) for _ in range(2)]
        try:
            while len(took) < times and monotonic() < ends:
                until(lambda: all((folder / f"ready-{each.pid}").exists() for each in running), pause=PAUSE)
                until(lambda: _last() in [each.pid for each in running], pause=PAUSE)
                sleep(PAUSE * 10)  # which they work
                leader = next(each for each in running if each.pid == _last())
                running.remove(leader)
                took.append(_kill(leader))
                running.append(forked.start(JOBS, os.environ))
                yield _figures(took)
        finally:
            for each in running:
                each.kill()
                each.join()


def _kill(leader: BaseProcess) -> float:
    """Kill the one who runs the jobs; the seconds until another does."""
    leader.kill()
    leader.join()
    return until(lambda: _last() not in (0, leader.pid), pause=PAUSE)


def _figures(took: list[float]) -> dict[str, Any]:
    slots = Counter(_done())
    figures = {"median s": round(median(took), 1), "longest s": round(max(took), 1)}
    doubled = sum(count > 1 for count in slots.values())
    return {"leaders killed": len(took), **figures, "slots done twice": doubled, "slots done": len(slots)}


def _last() -> int:
    """Who did something last."""
    with database.reading() as session:
        query = select(OutboxMessage.recipient_id).order_by(col(OutboxMessage.id).desc()).limit(1)
        return session.exec(query).first() or 0


def _done() -> list[str]:
    with database.reading() as session:
        return [context["slot"] for context in session.exec(select(OutboxMessage.context))]
