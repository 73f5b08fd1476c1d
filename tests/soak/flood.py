"""A flood of requests: every kind of page, by people and by those who try doors; none is an error of ours."""

import asyncio
import random
from collections import Counter
from time import monotonic
from typing import Any

from tests.bench.visitors import Browser
from tests.soak.served import Desk, cookie_of, filled

AT_ONCE = 8
PUBLIC = (
    "/",
    "/report",
    "/known",
    "/help",
    "/check",
    "/privacy",
    "/lost-link",
    "/log-in",
    "/card",
    "/healthz",
)
STAFF = ("/home", "/desk", "/search", "/problems", "/training", "/people", "/settings", "/guide", "/cards")
DOORS = (
    "/t/wrong",
    "/c/wrong",
    "/files/1",
    "/tickets/0",
    "/tickets/99999999999999999999",
    "/desk?view=%00",
    "/%ff",
)
API = ("/api/v1/tickets", "/api/v1/openapi.json", "/api/v1/nothing", "/api/v1/tickets/1?x=%27%22")
ALL = PUBLIC + STAFF + DOORS + API
SAID = {"text": "\u0000 <"}
SENT = ("/log-in", "/report/place", "/api/v1/reports", "/search", "/t/wrong")


def ask_again_and_again(engine: str, count: int, minutes: float) -> dict[str, Any]:
    """So many requests, or for so many minutes; what was answered."""
    with filled(engine):
        desk = Desk()
        desk.begin()
        for n in range(20):
            desk.report(f"It will not open f{n}")
        began = monotonic()
        answers = asyncio.run(_ask(desk.address, cookie_of("amina"), count, began + 60 * minutes))
        lasted = monotonic() - began
        desk.kill()
    total = sum(answers.values())
    bad = {status: number for status, number in answers.items() if status >= 500}
    kinds = Counter[str]()
    for status, number in answers.items():
        kinds[f"{status // 100}xx" if status else "closed"] += number
    return {
        "requests": total,
        "5xx": sum(bad.values()),
        **dict(sorted(kinds.items())),
        "a second": round(total / lasted),
    }


async def _ask(address: str, token: str, count: int, ends: float) -> Counter[int]:
    answers, left = Counter[int](), [count]

    async def go(who: int) -> None:
        chance = random.Random(who)  # noqa: S311 - the same flood each time
        own = {"cookie": f"desk_log_in={token}", "sec-fetch-site": "same-origin"} if who % 2 else {}
        async with Browser(address, own) as browser:
            while left[0] > 0 and monotonic() < ends:
                left[0] -= 1
                asked = (
                    ("POST", chance.choice(SENT), SAID)
                    if chance.random() < 0.05
                    else ("GET", chance.choice(ALL))
                )
                try:
                    answers[await browser.ask(*asked)] += 1
                except (
                    OSError,
                    asyncio.IncompleteReadError,
                ):  # it was closed, as after a body that is refused
                    answers[0] += 1
                    await browser.__aenter__()

    await asyncio.gather(*(go(who) for who in range(AT_ONCE)))
    return answers
