"""Runs everything: on SQLite, on PostgreSQL and in a real browser; says at the end what was left out."""

import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

from tests import system_packages

HERE = Path(__file__).parent
QUICK = ["-n", "auto", "--dist", "loadgroup", f"--ignore={HERE / 'browser'}", str(HERE)]
PARTS = {
    "SQLite": QUICK,
    "PostgreSQL": ["--engine", "postgresql", *QUICK],
    "Chromium": [str(HERE / "browser")],
}


def run() -> int:
    """Run every part that this machine can run; the exit status says whether all went well."""
    if missing := system_packages.missing():
        print(f"Missing here: {', '.join(missing)}", flush=True)
        system_packages.install(missing)
    left_out = [
        f"all tests on {system_packages.DEBIAN[name]}: apt-get install {name}"
        for name in system_packages.missing()
    ]
    absent = {system_packages.DEBIAN[name] for name in system_packages.missing()}
    ended = Counter[str]()
    for name, arguments in PARTS.items():
        if name not in absent:
            print(f"\n== {name}", flush=True)
            ended += _run_part(name, arguments, left_out)
    return _tell(ended, left_out)


def _run_part(name: str, arguments: list[str], left_out: list[str]) -> Counter[str]:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        words = [sys.executable, "-m", "pytest", "-q", f"--junit-xml={report}", *arguments]
        status = subprocess.run(words, check=False).returncode
        ended = _read(name, report, left_out) if report.exists() else Counter[str]()
    # A part in which nothing ran, or that broke without a failed test, has failed as well.
    if not ended["passed"] or (status and not ended["failed"]):
        ended["failed"] += 1
    return ended


def _read(name: str, report: Path, left_out: list[str]) -> Counter[str]:
    ended = Counter[str]()
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it just now
        skipped = case.find("skipped")
        if skipped is not None and skipped.get("type") == "pytest.skip":
            ended["skipped"] += 1
            left_out.append(f"{name}: {case.get('classname')}.{case.get('name')}: {skipped.get('message')}")
        else:
            bad = case.find("failure") is not None or case.find("error") is not None
            ended["failed" if bad else "passed"] += 1
    return ended


def _tell(ended: Counter[str], left_out: list[str]) -> int:
    for what in left_out:
        print(f"skipped: {what}")
    if left_out and os.environ.get("NAVIGATOR_TEST_REQUIRE_ALL"):
        print("Nothing may be skipped here (NAVIGATOR_TEST_REQUIRE_ALL).")
        ended["failed"] += len(left_out)
    tail = f", {ended['skipped']} skipped" if ended["skipped"] else ""
    print(f"{ended['passed']} passed, {ended['failed']} failed{tail}")
    return 1 if ended["failed"] else 0


if __name__ == "__main__":
    sys.exit(run())
