"""`make soak`: kills, takeovers, faults and a flood at a served desk, and a table of what came of it.

Each part is bounded by a count and by minutes; all is on loopback. `ARGS="--parts kills --engine sqlite"`.
"""

import argparse
import sys
from collections.abc import Iterator
from itertools import product
from time import strftime
from typing import Any, TextIO

from tests.soak import faults, flood, kills, leaders

PARTS = ("kills", "leaders", "faults", "flood")


def run(part: str, engine: str, given: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """The rows of one part on one engine, or one row again and again as it grows."""
    if part == "kills":
        return kills.kill_again_and_again(engine, given.kills, given.minutes)
    if part == "leaders":
        return leaders.kill_leaders(engine, given.leaders, given.minutes)
    if part == "flood":
        return flood.ask_again_and_again(engine, given.requests, given.minutes, given.seed)
    return faults.one_after_another(engine)


def tell(part: str, engine: str, given: argparse.Namespace) -> None:
    """Print the rows of one part as a table; what grows is told on the way too."""
    row: dict[str, Any] = {}
    for row in run(part, engine, given):
        if part == "faults":
            _print({"part": part, "engine": engine, **row}, sys.stdout)
        else:
            _print({"so far": strftime("%H:%M"), "part": part, "engine": engine, **row}, sys.stderr)
    if part != "faults":
        _print({"part": part, "engine": engine, **row}, sys.stdout)


def _print(row: dict[str, Any], where: TextIO) -> None:
    print("| " + " | ".join(f"{name} {value}" for name, value in row.items()) + " |", file=where, flush=True)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    asked.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    asked.add_argument("--kills", type=int, default=200)
    asked.add_argument("--leaders", type=int, default=50)
    asked.add_argument("--requests", type=int, default=1_000_000)
    asked.add_argument("--seed", type=int, default=0, help="of a flood that is to be another one")
    asked.add_argument("--minutes", type=float, default=60, help="the most that each part takes on an engine")
    given = asked.parse_args()
    engines = ("sqlite", "postgresql") if given.engine == "both" else (given.engine,)
    for each, engine in product(given.parts, engines):
        tell(each, engine, given)
