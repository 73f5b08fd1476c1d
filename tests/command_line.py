"""Commands of the desk, each in a process of its own, forked from one that has loaded the desk: that takes
seconds of a core, and a command a tenth of one.
"""

import atexit
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
LOADED = """
import json, os, sys
from navigator.cli import app
for line in sys.stdin:
    words, variables, folder = json.loads(line)
    if not (child := os.fork()):
        os.environ.clear()
        os.environ.update(variables)
        for stream, name in ((1, "out"), (2, "err")):
            os.dup2(os.open(f"{folder}/{name}", os.O_CREAT | os.O_WRONLY | os.O_TRUNC), stream)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        sys.argv[1:] = words
        app()
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Done(NamedTuple):
    """How a command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


def run(folder: Path, words: Sequence[str], **variables: str) -> Done:
    """A command in a process of its own, in an empty data folder of that folder."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("NAVIGATOR_")}
    told = others | {"NAVIGATOR_DATA_DIR": str(folder / "data")} | variables
    loaded = _loaded()
    assert loaded.stdin
    assert loaded.stdout
    loaded.stdin.write(json.dumps([words, told, str(folder)]) + "\n")
    loaded.stdin.flush()
    ended = int(loaded.stdout.readline())
    return Done(ended, (folder / "out").read_text(), (folder / "err").read_text())


@cache
def _loaded() -> subprocess.Popen[str]:
    """The process that has loaded the desk; it ends with this one."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("NAVIGATOR_")}
    loaded = subprocess.Popen(
        [sys.executable, "-c", LOADED],
        env=others | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(loaded.communicate)
    return loaded
