"""The web process holds what pages, sorting and screening need, and nothing that only others need."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ONLY_FOR_OTHERS = {
    "alembic", "authlib", "cryptography", "joserfc", "jwt", "opentelemetry.sdk", "prometheus_client",
    "psycopg", "pygments", "rich", "scipy", "sklearn", "torch", "typer", "webauthn", "zxcvbn",
}  # fmt: skip
NOT_FOR_PAGES = {
    "api", "apscheduler", "charset_normalizer", "cryptography", "jwt", "navigator.insight.tables",
    "navigator.models", "navigator.records.tables", "navigator.tickets.queue.visits",
    "navigator.jobs.registry", "navigator.readiness", "navigator.scheduler", "numpy",
    "navigator.tickets.actions.merge", "onnxruntime", "py3langid", "rapidfuzz", "web.admin",
    "web.desk.queue", "web.desk.ticket", "web.public.report", "web.public.track",
}  # fmt: skip
"""What the first page does not wait for."""


def loaded_by(program: str) -> set[str]:
    """The modules that a process holds after a program."""
    names = "import json, sys; print(json.dumps([name for name, module in sys.modules.items() if module]))"
    words = [sys.executable, "-c", f"{program}\n{names}"]
    return set(json.loads(subprocess.run(words, cwd=ROOT, capture_output=True, check=True).stdout))


def test_the_web_process_holds_nothing_that_only_commands_and_jobs_need() -> None:
    """12.1: it took 418 MiB, of which migrations, colours, passwords and another engine were 50."""
    loaded = loaded_by("import web.serve, web.app; web.app._get_ready()")
    assert not ONLY_FOR_OTHERS & loaded
    assert {
        "api.app",
        "web.public_pages",
        "web.staff_pages",
        "onnxruntime",
        "navigator.triage.suggest",
    } <= loaded


def test_the_first_page_waits_for_nothing_that_others_need() -> None:
    """13: the API was a fifth of the start."""
    assert all(map(find_spec, NOT_FOR_PAGES))  # a name that nothing has would never be found
    assert not NOT_FOR_PAGES & loaded_by("import web.serve, web.app")


@pytest.mark.parametrize(
    "asks",
    [
        "web.app.public_routes()",
        "web.app.staff_routes()",
        "web.app.api.load()",
        "web.kit.health.readyz()",
        "web.kit.metrics.metrics()",
    ],
)
def test_whatever_else_is_asked_for_knows_every_table(asks: str) -> None:
    """223: a foreign key to a table that was not imported is an error in a process that has just begun."""
    program = (
        f"from contextlib import suppress\nimport web.serve, web.app\nwith suppress(Exception):\n    {asks}"
    )
    assert "navigator.models" in loaded_by(program)
