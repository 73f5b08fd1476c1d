"""`make soak`: kills, takeovers, faults and a flood at a served desk, and a table of what came of it.

Each part is bounded by a count and by minutes; all is on loopback. `ARGS="--parts kills --engine sqlite"`.
"""

import argparse
import json
import sys
from contextlib import redirect_stdout
from typing import Any

from tests.soak import faults, flood, kills, leaders

PARTS = ("kills", "leaders", "faults", "flood")


def run(part: str, engine: str, given: argparse.Namespace) -> list[dict[str, Any]]:
    """The rows of one part on one engine."""
    if part == "kills":
        return [kills.kill_again_and_again(engine, given.kills, given.minutes)]
    if part == "leaders":
        return [leaders.kill_leaders(engine, given.leaders, given.minutes)]
    if part == "flood":
        return [flood.ask_again_and_again(engine, given.requests, given.minutes)]
    return faults.one_after_another(engine)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    asked.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    asked.add_argument("--kills", type=int, default=200)
    asked.add_argument("--leaders", type=int, default=50)
    asked.add_argument("--requests", type=int, default=1_000_000)
    asked.add_argument("--minutes", type=float, default=60, help="the most that each part takes on an engine")
    given = asked.parse_args()
    engines = ("sqlite", "postgresql") if given.engine == "both" else (given.engine,)
    for part in given.parts:
        for engine in engines:
            with redirect_stdout(sys.stderr):
                rows = run(part, engine, given)
            for row in rows:
                said = ", ".join(f"{name} {value}" for name, value in row.items())
                print(f"| {part} | {engine} | {said} |", flush=True)
    json.dump({"parts": given.parts}, sys.stderr)
