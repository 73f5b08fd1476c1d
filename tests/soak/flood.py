"""A flood of requests: every kind of page, by people and by those who try doors; none is an error of ours."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from time import monotonic
from typing import Any

from sqlmodel import select

from navigator import database
from navigator.catalogue.service import Service
from navigator.people import api_keys
from navigator.people.user import Role
from tests.people import join
from tests.soak.requests import Sender
from tests.soak.served import Desk, cookie_of, filled
from tests.soak.wire import Wire

AT_ONCE = 8
OFTEN = 60.0
"""Seconds between two figures on the way."""
RENEWED = 500
"""Requests after which somebody logs in anew: what they sent at random may have logged them out."""


@dataclass
class Flood:
    """What was asked of a desk, and what it answered."""

    desk: Desk
    count: int
    ends: float
    seed: int
    """The same flood for the same seed."""
    began: float = field(default_factory=monotonic)
    asked: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    broken: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    """What was asked when there was an error of ours."""

    async def run(self) -> None:
        """All at once, until there were enough."""
        async with asyncio.TaskGroup() as group:
            for who in range(AT_ONCE):
                group.create_task(self._go(who))

    async def _go(self, who: int) -> None:
        sender, wire = Sender(random.Random(self.seed + who)), Wire(self.desk.port)  # noqa: S311
        while self.asked < self.count and monotonic() < self.ends:
            if sender.sent % RENEWED == 0:
                sender.known_by = _known_by(who)
            self.asked += 1
            name, whole, is_broken = sender.next()
            status = await wire.ask(whole)
            self.answers[status] += 1
            self.broken += is_broken
            if status >= 500 and not name.startswith("GET /readyz"):
                self.errors[f"{name} {status}"] += 1
        wire.close()

    def figures(self) -> dict[str, Any]:
        """The figures so far."""
        kinds = Counter[str]()
        for status, number in self.answers.items():
            kinds[f"{status // 100}xx" if status else "closed"] += number
        total = self.answers.total()
        return {
            "requests": total,
            "of these broken": self.broken,
            "5xx": sum(self.errors.values()),
            **{kind: number for kind, number in sorted(kinds.items()) if kind != "5xx"},
            "a second": round(total / (monotonic() - self.began)),
            **({"errors": dict(self.errors)} if self.errors else {}),
        }


def ask_again_and_again(engine: str, count: int, minutes: float, seed: int) -> Iterator[dict[str, Any]]:
    """So many requests, or for so many minutes; what was answered so far."""
    with filled(engine), Desk() as desk:
        for n in range(20):
            desk.report(f"It will not open f{n}")
        _somebody_with_every_role()
        flood = Flood(desk, count, monotonic() + 60 * minutes, 1000 * seed)
        with asyncio.Runner() as runner:
            running = runner.get_loop().create_task(flood.run())
            while not running.done():
                runner.run(_wait(running))
                yield flood.figures()
            running.result()


async def _wait(running: asyncio.Task[None]) -> None:
    await asyncio.wait([running], timeout=OFTEN)


def _known_by(who: int) -> tuple[str, str]:
    """Two of eight are logged in, one is another system, and the others are nobody."""
    if who % 4 == 1:
        return tuple(f"cookie: desk_log_in={cookie_of(name)}" for name in ("everyone", "amina"))  # type: ignore[return-value]
    return (_key(), _key()) if who == 2 else ("", "")


@cache
def _key() -> str:
    with database.writing() as session:
        north = session.exec(select(Service.id).where(Service.code == "north")).one()
        return f"authorization: Bearer {api_keys.create(session, north or 0, Role.NAVIGATOR, 'flood')}"


def _somebody_with_every_role() -> None:
    with database.writing() as session:
        north = session.exec(select(Service.id).where(Service.code == "north")).one()
        assert north
        join(session, "Every One", "everyone@north.example", north, *set(Role) - {Role.INTAKE})
