"""The process with the jobs, killed again and again: how long it takes until another one runs them."""

from collections import Counter
from statistics import median
from time import monotonic
from typing import Any

from sqlmodel import col, select

from navigator import database
from navigator.outbox.outbox_message import OutboxMessage
from tests.committing import processes
from tests.soak.served import filled, until


def kill_leaders(engine: str, times: int, minutes: float) -> dict[str, Any]:
    """Kill whoever runs the jobs so often, with the leases of a served desk; the seconds it took."""
    took, ends = list[float](), monotonic() + 60 * minutes
    with filled(engine) as (url, folder):
        running = [processes.start("tick_as_served", url) for _ in range(2)]
        try:
            while len(took) < times and monotonic() < ends:
                until(lambda: _last() in [each.pid for each in running])
                until(lambda: all((folder / f"ready-{each.pid}").exists() for each in running))
                leader = next(each for each in running if each.pid == _last())
                leader.kill()
                leader.wait()
                killed = monotonic()
                until(lambda: _last() not in (0, leader.pid))  # noqa: B023 - asked at once
                took.append(monotonic() - killed)
                running[running.index(leader)] = processes.start("tick_as_served", url)
        finally:
            for each in running:
                each.kill()
                each.wait()
        slots = Counter(slot for _, slot in _done())
    doubled = sum(count > 1 for count in slots.values())
    figures = {"median s": round(median(took), 1), "longest s": round(max(took), 1)}
    return {"leaders killed": len(took), **figures, "slots done twice": doubled, "slots done": len(slots)}


def _last() -> int:
    """Who did something last."""
    with database.reading() as session:
        query = select(OutboxMessage.recipient_id).order_by(col(OutboxMessage.id).desc()).limit(1)
        return session.exec(query).first() or 0


def _done() -> list[tuple[int, str]]:
    with database.reading() as session:
        ticks = session.exec(select(OutboxMessage)).all()
    return [(tick.recipient_id, tick.context["slot"]) for tick in ticks]
