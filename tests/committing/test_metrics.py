"""Metrics of a desk that several processes serve: whoever is asked answers for all of them, in order."""

import shutil
import subprocess
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from navigator import database
from tests.committing.test_server_kill import serving
from tests.free_port import free_port
from tests.people import settle

pytestmark = pytest.mark.slow

BEARER = {"authorization": "Bearer of-the-monitoring"}
MOST_REQUESTS = 5_000
SERVED_BY = 3
"""The two workers, and the one before them that served until they did: what it counted stays."""


def counting(data: Path) -> set[str]:
    """The processes that have counted a request."""
    return {file.stem.rpartition("_")[2] for file in (data / "metrics").glob("counter_*.db")}


@pytest.mark.only_on("postgresql")
def test_workers_are_counted_together(
    committing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NAVIGATOR_METRICS_TOKEN", "of-the-monitoring")
    with database.writing() as session:
        settle(session)
    port = free_port()
    with serving(committing, port, tmp_path, workers=2):
        requests = 0
        while len(counting(tmp_path)) < SERVED_BY:  # each on a connection of its own, and so by any worker
            assert requests < MOST_REQUESTS
            assert httpx.get(f"http://127.0.0.1:{port}/privacy", timeout=60).status_code == 200
            requests += 1
        asked = [httpx.get(f"http://127.0.0.1:{port}/metrics", headers=BEARER, timeout=60) for _ in range(4)]
    counts = [
        sample.value
        for answer in asked
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if sample.name == "navigator_requests_total" and sample.labels["route"] == "/privacy"
    ]
    assert counts == [requests] * 4


PROMTOOL = shutil.which("promtool")
RULES = Path(__file__).parents[2] / "docs" / "alert-rules.yml"
SCENES = Path(__file__).parents[1] / "web" / "kit" / "alert_scenes.yml"

if PROMTOOL:  # it comes with Debian's `prometheus`

    def test_alert_rules_fire_when_they_should() -> None:
        subprocess.run([str(PROMTOOL), "check", "rules", RULES], check=True, capture_output=True)
        words = [str(PROMTOOL), "test", "rules", str(SCENES)]
        told = subprocess.run(words, check=False, capture_output=True, text=True)
        assert told.returncode == 0, told.stdout + told.stderr
