"""The worst hour of a whole country, ten times as bad, at a served desk; assumptions: `docs/scale.md`.

Two minutes of it are lived: every navigator holds a live stream and opens a page every few seconds, patients
open pages, and reports arrive. Each waits for its answer as a browser does, on a connection of its own.
"""

import asyncio
import random
from collections import Counter, defaultdict
from itertools import count
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.bench.visitors import Browser, hear, listen, look_for

LASTS = 120.0
NAVIGATORS = 400
PAGE_EVERY = 10.0
"""Seconds that a navigator looks at a page, on average."""
PATIENTS_PAGES = 8.0
"""A second: thirteen to a report and as many looks at one that was sent."""
REPORTS = 0.3
"""A second."""

PATIENTS = ("/", "/report", "/known")
Times = dict[str, list[float]]


async def live(address: str, token: str, tickets: int) -> dict[str, Any]:
    """What everybody waited for, in milliseconds by kind of page, and how many got no good answer."""
    times: Times = defaultdict(list)
    errors: list[str] = []
    with httpx.Client(base_url=address, cookies={"desk_log_in": token}) as client:
        searches = look_for(client, "password")
    ends = perf_counter() + LASTS
    streams = [await listen(address, token) for _ in range(NAVIGATORS)]
    hearing = [asyncio.create_task(hear(stream)) for stream in streams]
    chance = random.Random(13)  # noqa: S311 - the same hour each time

    async def ask(browser: Browser, name: str, *words: Any) -> None:
        begun = perf_counter()
        try:
            status = await browser.ask(*words)
        except (OSError, asyncio.IncompleteReadError) as error:
            errors.append(f"{name}: {type(error).__name__}")
        else:
            times[name].append((perf_counter() - begun) * 1000)
            if status not in (200, 201):
                errors.append(f"{name}: {status}")

    own = [
        number for number in range(tickets - 900, tickets) if number % 3
    ]  # of the service, as `crowd` made it

    async def navigator() -> None:
        pages = {
            "queue": lambda: "/desk",
            "ticket": lambda: f"/tickets/{chance.choice(own)}",
            "search": lambda: "/search/1",
        }
        async with Browser(address, {"cookie": f"desk_log_in={token}; desk_searches={searches}"}) as browser:
            await asyncio.sleep(chance.random() * PAGE_EVERY)
            while perf_counter() < ends:
                (name,) = chance.choices(tuple(pages), (3, 6, 1))
                await ask(browser, name, "GET", pages[name]())
                await asyncio.sleep(chance.expovariate(1 / PAGE_EVERY))

    async def patients() -> None:
        for n in count():
            if perf_counter() > ends:
                return
            async with Browser(address) as browser:
                await ask(browser, "patient’s page", "GET", PATIENTS[n % len(PATIENTS)])
            await asyncio.sleep(chance.expovariate(PATIENTS_PAGES))

    async def reporters() -> None:
        for n in count():
            if perf_counter() > ends:
                return
            told = {
                "service": "north",
                "programme": "fern",
                "text": f"it keeps logging me out and the mail to reset it never comes {n}",
                "contact": {"route": "email", "email": f"worst{n}@example.org"},
            }
            async with Browser(address, {"x-forwarded-for": f"10.8.{n // 250}.{n % 250}"}) as browser:
                await ask(browser, "report", "POST", "/api/v1/reports", told)
            await asyncio.sleep(chance.expovariate(REPORTS))

    await asyncio.gather(patients(), reporters(), *(navigator() for _ in range(NAVIGATORS)))
    broken = sum(one.done() for one in hearing)
    for one in hearing:
        one.cancel()
    answered = {name: _summary(sorted(each)) for name, each in times.items()}
    return {
        "milliseconds": answered,
        "errors": Counter(errors),
        "streams": NAVIGATORS,
        "streams broken": broken,
    }


def _summary(times: list[float]) -> dict[str, float]:
    shares, last = {"median": 0.5, "p95": 0.95, "longest": 1.0}, len(times) - 1
    return {"answers": len(times)} | {
        name: round(times[min(last, int(len(times) * share))], 1) for name, share in shares.items()
    }


def measure(address: str, token: str, tickets: int) -> dict[str, Any]:
    """The whole of it, at a desk that is served at this address."""
    assert urlsplit(address).hostname in ("127.0.0.1", "localhost")  # nobody else's desk
    return asyncio.run(live(address, token, tickets))
