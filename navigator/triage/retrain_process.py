"""A lesson: learning in a process of its own, so that nobody waits, and comparing with what is in use."""

import json
import os
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from navigator.triage import corpus, model_store
from navigator.triage.classifier import Classifier
from navigator.triage.corpus import Correction
from navigator.triage.metrics import MetricValue, bootstrap
from navigator.triage.suggest import suggest_with

FIFTH = 5
LONGEST = 1800
"""Seconds after which a lesson is given up."""

_ONE_CORE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class RetrainingFailed(RuntimeError):
    """The process that learned ended without an answer; what it was told is not repeated."""


@dataclass(frozen=True)
class RetrainingResult:
    """What was learned, from how many texts and which tickets, and how it did on those held back."""

    content: bytes
    examples: int
    tickets: tuple[int, ...]
    test_size: int
    accuracy_before: float
    accuracy_after: float
    gain_ci_low: float
    gain_ci_high: float

    @property
    def is_better(self) -> bool:
        """Whether in 95 of 100 draws it would be right more often than what is in use."""
        return self.gain_ci_low > 0


class _Going:
    """The process that learns now, if one does."""

    on: subprocess.Popen[bytes] | None = None


def run_in_subprocess(
    corrections: Sequence[Correction], in_use: bytes | None, texts: Path = corpus.FOLDER
) -> RetrainingResult:
    """Learn in a process of low priority, which is given up after half an hour. The texts touch no disk."""
    told = {
        "corrections": [asdict(one) for one in corrections],
        "in_use": b64encode(in_use).decode() if in_use else None,
        "texts": str(texts),
    }
    answer = json.loads(_answer(json.dumps(told).encode()))
    return RetrainingResult(
        **answer | {"content": b64decode(answer["content"]), "tickets": tuple(answer["tickets"])}
    )


def _answer(told: bytes) -> bytes:
    words = [sys.executable, "-m", "navigator.triage.retrain_process"]
    pipes: dict[str, Any] = {
        "stdin": subprocess.PIPE,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.DEVNULL,
    }
    with subprocess.Popen(words, env=os.environ | _ONE_CORE, **pipes) as process:  # noqa: S603 - our own module
        _Going.on = process
        try:
            said: bytes = process.communicate(told, timeout=LONGEST)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            raise RetrainingFailed("it lasted too long") from None
        finally:
            _Going.on = None
    if process.returncode:
        raise RetrainingFailed(f"it ended with {process.returncode}")
    return said


def cancel() -> None:
    """End the lesson that is going on, if one is: who stops the desk does not wait for it."""
    if process := _Going.on:
        process.kill()


def fit_and_compare(
    corrections: Sequence[Correction], in_use: Classifier | None, texts: Path = corpus.FOLDER
) -> RetrainingResult:
    """Learn from all but the newest fifth of what navigators sorted, oldest first, and test on that fifth.

    What is in use never saw that fifth: it was held back from it as well."""
    from navigator.triage.fit import fit_with_corrections  # a second, and memory, that only learning pays

    written = corpus.reports(texts)
    known = {example.label for example in written}
    usable = [one for one in corrections if one.label in known]
    seen_to = [one for one in usable if one.is_sorted]
    held_back = seen_to[len(seen_to) - len(seen_to) // FIFTH :]
    taught = [one for one in usable if one not in held_back]
    learned = fit_with_corrections(written, taught)
    before, after = _hits(in_use, held_back), _hits(learned, held_back)
    gain = bootstrap("gain", lambda rows: float(rows.mean()), after - before) or MetricValue(
        "gain", 0, 0, 0, 0
    )
    return RetrainingResult(
        content=model_store.dumps(learned),
        examples=len(written),
        tickets=tuple(one.ticket for one in taught),
        test_size=len(held_back),
        accuracy_before=float(before.mean()) if held_back else 0.0,
        accuracy_after=float(after.mean()) if held_back else 0.0,
        gain_ci_low=gain.low,
        gain_ci_high=gain.high,
    )


def _hits(learned: Classifier | None, held_back: Sequence[Correction]) -> Any:
    return np.array([[_is_right(learned, one)] for one in held_back], dtype=float).reshape(-1, 1)


def _is_right(learned: Classifier | None, one: Correction) -> bool:
    return (
        learned is not None
        and suggest_with(learned, one.text, one.audience).candidates[0].category == one.label
    )


def _main() -> None:
    os.nice(19)
    told = json.load(sys.stdin)
    in_use = told["in_use"]
    content = b64decode(in_use) if in_use else None
    learned = (
        model_store.loads(content, model_store.sha256_of(content))
        if content
        else model_store.shipped("reports")
    )
    corrections = [Correction(**one) for one in told["corrections"]]
    lesson = fit_and_compare(corrections, learned, Path(told["texts"]))
    sys.stdout.write(
        json.dumps(asdict(replace(lesson, content=b"")) | {"content": b64encode(lesson.content).decode()})
    )


if __name__ == "__main__":
    _main()
