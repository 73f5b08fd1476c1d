"""`make fuzz`: each parser is fed made-up bytes for a while, in a process of its own, and told in a table.

The API is one of them: schemathesis makes requests of its description.

`ARGS="--minutes 10 --parsers mail recipe"`. What makes a parser fail is kept in `fuzz/findings`; it becomes a
seed and a test. Nothing is asked of the network.
"""

import argparse
import subprocess
import sys
from pathlib import Path
from time import monotonic, process_time

from tests.fuzz.api import feed_api
from tests.fuzz.parsers import HUNG, PARSERS, SPENT, call

SEEDS = Path(__file__).with_name("seeds")
API = "api"
"""Which schemathesis asks."""
FINDINGS = Path("fuzz/findings")
CORPUS = Path("fuzz/corpus")
"""Inputs that reached something new: the next run begins with them."""
LONGEST = 4096
"""Bytes of one input: what is longer is refused by its size, and finds nothing new."""


def feed(name: str, seconds: int, corpus: str) -> None:
    """Feed one parser, guided by what it reaches; ends this process."""
    import atheris  # type: ignore[import-untyped]

    def one(data: bytes) -> None:
        began = process_time()  # not of the clock: another program may have the processor
        call(name, data)
        assert process_time() - began < SPENT, f"it took {process_time() - began:.0f} s of the processor"

    FINDINGS.mkdir(parents=True, exist_ok=True)
    options = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", f"-timeout={HUNG}", "-rss_limit_mb=2048"]
    places = [f"-artifact_prefix={FINDINGS}/{name}-", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *options, *places, corpus, str(SEEDS / name)], one)
    atheris.Fuzz()


def feed_apart(name: str, seconds: int) -> str:
    """Feed one parser in a process of its own, with its packages instrumented; how it went, in a row."""
    began = monotonic()
    corpus = CORPUS / name
    corpus.mkdir(parents=True, exist_ok=True)
    program = [sys.executable, "-m", "tests.fuzz.one", name, str(seconds), str(corpus)]
    done = subprocess.run(program, capture_output=True, text=True, errors="replace", check=False)
    facts = dict(
        line.removeprefix("stat::").split(":", 1)
        for line in done.stderr.splitlines()
        if line.startswith("stat::")
    )
    runs = facts.get("number_of_executed_units", "?").strip()
    said = "nothing" if done.returncode == 0 else f"FOUND: {_last_words(done.stderr)}"
    return f"| {name} | {monotonic() - began:.0f} s | {runs} | {said} |"


def _last_words(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if "Error" in line or "Exception" in line]
    return (lines or text.splitlines() or ["it ended"])[-1][:200]


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=10, help="for each parser")
    asked.add_argument("--parsers", nargs="+", choices=[*PARSERS, API], default=[*PARSERS, API])
    given = asked.parse_args()
    print("| parser | time | inputs | found |\n|---|---|---|---|", flush=True)
    rows = []
    for parser in given.parsers:
        seconds = max(1, int(given.minutes * 60))
        rows.append(feed_api(seconds) if parser == API else feed_apart(parser, seconds))
        print(rows[-1], flush=True)
    sys.exit(any("FOUND" in row for row in rows))
