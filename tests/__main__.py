"""Runs all tests that this machine can run, beside the linters, and says what took long and how many passed.

`make test` runs this: each test on the engine that it asks most (`tests.engines`), pages in a browser; what
is marked `slow` it leaves to `.ci/run`, where NAVIGATOR_TEST_EVERYTHING is set: all run, on both engines.
What this machine lacks is installed if it may be, or named as skipped; with NAVIGATOR_TEST_REQUIRE_ALL set,
nothing may be.
"""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from xml.etree import ElementTree

from tests import system_packages

HERE = Path(__file__).parent
SLOWEST = 25
CORES = os.cpu_count() or 1
PROCESSES = str(CORES + 1)
"""One more than there are cores: those that kill, race and pace things wait for much of their time."""
EVERYTHING = bool(os.environ.get("NAVIGATOR_TEST_EVERYTHING"))
AFTERWARDS = ("Chromium",) if EVERYTHING else ()
BROWSERS = PROCESSES if EVERYTHING else str(CORES)
"""Beside the other tests as many as cores: one alone took half as long again as all the others."""


@dataclass(frozen=True)
class Result:
    """How a test ended."""

    ended: str
    file: str
    name: str
    seconds: float
    why: str = ""


@dataclass(frozen=True)
class Part:
    """What runs beside the other parts, in processes of its own."""

    name: str
    words: list[str]
    report: Path | None = None
    is_live: bool = False
    """Whether its output is shown while it runs: that of one part only, or they would mix."""


def run() -> int:
    """Run every part that this machine can run; the exit status says whether all went well."""
    if wanted := system_packages.wanted():
        print(f"Missing here: {', '.join(wanted)}", flush=True)
        system_packages.install(wanted)
    missing = system_packages.missing()
    with TemporaryDirectory() as folder:
        parts = _parts(missing, Path(folder))
        with ThreadPoolExecutor(len(parts)) as pool:
            broken = sum(pool.map(_is_broken, [part for part in parts if part.name not in AFTERWARDS]))
        broken += sum(_is_broken(part) for part in parts if part.name in AFTERWARDS)
        found = [result for part in parts for result in results(part.report)]
    _tell_times(found)
    left_out = [f"all tests with {system_packages.DEBIAN[name]}: apt-get install {name}" for name in missing]
    left_out += [f"{result.file}::{result.name}: {result.why}" for result in found if result.why]
    return _tell(Counter(result.ended for result in found), broken, left_out)


def _parts(missing: list[str], folder: Path) -> list[Part]:
    engine = "both" if EVERYTHING else "either"
    many = ["--engine", "sqlite" if "postgresql" in missing else engine, "-n", PROCESSES]
    parts = [
        Part("Code", ["make", "--no-print-directory", "--keep-going", "lint"]),
        _pytest(folder, "Databases", *many, f"--ignore={HERE / 'browser'}", str(HERE)),
    ]
    if system_packages.SHELL not in missing:
        parts.append(_pytest(folder, "Chromium", "-n", BROWSERS, str(HERE / "browser")))
    return parts


def _pytest(folder: Path, name: str, *words: str) -> Part:
    report = folder / f"{name}.xml"
    always = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        f"--junit-xml={report}",
        *([] if EVERYTHING else ["--quick"]),
    ]
    return Part(name, [*always, *words], report, is_live=name == "Databases")


def _is_broken(part: Part) -> bool:
    """Run a part; whether it went wrong without a failed test."""
    began = monotonic()
    kept = None if part.is_live else subprocess.PIPE
    ended = subprocess.run(part.words, check=False, stdout=kept, stderr=kept and subprocess.STDOUT, text=True)
    print(f"\n== {part.name}: {monotonic() - began:.0f} s\n{ended.stdout or ''}", flush=True)
    counts = Counter(result.ended for result in results(part.report))
    # A part in which no test ran has gone wrong as well.
    return not counts["failed"] and (
        ended.returncode != 0 or (part.report is not None and not counts["passed"])
    )


def results(report: Path | None) -> Iterator[Result]:
    """What a JUnit report says of each test; a test of many cases is one, and fails with any of them."""
    if report and report.exists():
        for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it just now
            file = case.get("classname", "").replace(".", "/") + ".py"
            seen = (file, case.get("name", ""), float(case.get("time", 0)))
            skipped = case.find("skipped")
            if skipped is not None and skipped.get("type") == "pytest.skip":
                yield Result("skipped", *seen, why=skipped.get("message", ""))
            else:
                bad = case.find("failure") is not None or case.find("error") is not None
                yield Result("failed" if bad else "passed", *seen)


def _tell_times(found: Iterable[Result]) -> None:
    """Where the time went, so that nobody has to guess."""
    print(f"\nThe {SLOWEST} slowest tests, in seconds:")
    for result in sorted(found, key=lambda result: -result.seconds)[:SLOWEST]:
        print(f"{result.seconds:8.1f}  {result.file}::{result.name}")
    seconds, tests = Counter[str](), Counter(result.file for result in found)
    for result in found:
        seconds[result.file] += result.seconds  # type: ignore[assignment]
    print("\nSeconds and tests by file:")
    for file, spent in seconds.most_common():
        print(f"{spent:8.1f} {tests[file]:6}  {file}")
    print()


def _tell(ended: Counter[str], broken: int, left_out: list[str]) -> int:
    for what in left_out:
        print(f"skipped: {what}")
    failed = ended["failed"] + broken
    if left_out and os.environ.get("NAVIGATOR_TEST_REQUIRE_ALL"):
        print("Nothing may be skipped here (NAVIGATOR_TEST_REQUIRE_ALL).")
        failed += len(left_out)
    tail = f", {ended['skipped']} skipped" if ended["skipped"] else ""
    print(f"{ended['passed']} passed, {failed} failed{tail}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(run())
