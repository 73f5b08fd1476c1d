"""The whole API, asked what schemathesis makes up of its description, again and again for a while."""

import os
import re
import subprocess
import sys
from time import monotonic

TRIES = 20
"""Of each operation, valid and not: one round takes minutes."""


def feed_api(seconds: float) -> str:
    """Rounds until the time is over; how they went, in a row. What fails is printed."""
    began, requests, found = monotonic(), 0, "nothing"
    while found == "nothing" and monotonic() - began < seconds:
        program = [
            sys.executable,
            "-m",
            "pytest",
            "-qs",
            "-p",
            "no:cacheprovider",
            "tests/api/test_schemathesis.py",
        ]
        own = os.environ | {"TRIES_OF_THE_API": str(TRIES)}
        done = subprocess.run(program, capture_output=True, text=True, env=own, check=False)
        requests += max(map(int, re.findall(r"(\d+) made-up requests", done.stdout)), default=0)
        if done.returncode:
            print(done.stdout, file=sys.stderr)
            found = "FOUND: see above"
    return f"| api | {monotonic() - began:.0f} s | {requests} | {found} |"
