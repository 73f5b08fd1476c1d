"""The web process holds what pages, sorting and screening need, and nothing that only others need."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ONLY_FOR_OTHERS = {"alembic", "psycopg", "pygments", "rich", "scipy", "sklearn", "torch", "typer", "zxcvbn"}
PROGRAM = """
import json, sys
import web.serve, web.app
from navigator.triage.warm_up import warm_up
warm_up()
print(json.dumps([name for name, module in sys.modules.items() if module]))
"""


def test_the_web_process_holds_nothing_that_only_commands_and_jobs_need() -> None:
    """12.1: it took 418 MiB, of which migrations, colours, passwords and another engine were 50."""
    words = [sys.executable, "-c", PROGRAM]
    loaded = set(json.loads(subprocess.run(words, cwd=ROOT, capture_output=True, check=True).stdout))
    assert not ONLY_FOR_OTHERS & loaded
    assert {"onnxruntime", "navigator.triage.suggest"} <= loaded
