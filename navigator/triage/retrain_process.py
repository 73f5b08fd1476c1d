"""Retraining in a process of its own, so that nobody waits, and comparing with the model in use."""

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

TEST_ONE_IN = 5
TIMEOUT_SECONDS = 1800
"""Seconds after which a retraining is given up."""

_ONE_CORE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class RetrainingFailed(RuntimeError):
    """The training process ended without a result; what it was given is not repeated."""


@dataclass(frozen=True)
class RetrainingResult:
    """A retrained model, what it was trained on, and its accuracy on the test set beside the one in use."""

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
        """Whether its gain in accuracy is above 0 with 95% confidence."""
        return self.gain_ci_low > 0


class _Running:
    """The training process that runs now, if one does."""

    process: subprocess.Popen[bytes] | None = None


def run_in_subprocess(
    corrections: Sequence[Correction], in_use: bytes | None, texts: Path = corpus.FOLDER
) -> RetrainingResult:
    """Retrain in a process of low priority, given up after half an hour; the texts touch no disk."""
    request = {
        "corrections": [asdict(correction) for correction in corrections],
        "in_use": b64encode(in_use).decode() if in_use else None,
        "texts": str(texts),
    }
    response = json.loads(_run_process(json.dumps(request).encode()))
    return RetrainingResult(
        **response | {"content": b64decode(response["content"]), "tickets": tuple(response["tickets"])}
    )


def _run_process(request: bytes) -> bytes:
    command = [sys.executable, "-m", "navigator.triage.retrain_process"]
    pipes: dict[str, Any] = {
        "stdin": subprocess.PIPE,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.DEVNULL,
    }
    with subprocess.Popen(command, env=os.environ | _ONE_CORE, **pipes) as process:  # noqa: S603 - our own module
        _Running.process = process
        try:
            response: bytes = process.communicate(request, timeout=TIMEOUT_SECONDS)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            raise RetrainingFailed("it lasted too long") from None
        finally:
            _Running.process = None
    if process.returncode:
        raise RetrainingFailed(f"it ended with {process.returncode}")
    return response


def cancel() -> None:
    """End the retraining that runs, if one does: who stops the desk does not wait for it."""
    if process := _Running.process:
        process.kill()


def fit_and_compare(
    corrections: Sequence[Correction], in_use: Classifier | None, texts: Path = corpus.FOLDER
) -> RetrainingResult:
    """Train on all but the newest fifth of what navigators sorted, oldest first, and test on that fifth.

    The model in use never saw that fifth: it was held back from it as well."""
    from navigator.triage.fit import fit_with_corrections  # a second, and memory, that only training pays

    examples = corpus.category_examples(texts)
    labels = {example.label for example in examples}
    usable = [c for c in corrections if c.label in labels]
    triaged = [c for c in usable if c.is_triaged]
    test_set = triaged[len(triaged) - len(triaged) // TEST_ONE_IN :]
    training_set = [c for c in usable if c not in test_set]
    classifier = fit_with_corrections(examples, training_set)
    before, after = _hits(in_use, test_set), _hits(classifier, test_set)
    no_gain = MetricValue("gain", 0, 0, 0, 0)
    gain = bootstrap("gain", lambda rows: float(rows.mean()), after - before) or no_gain
    return RetrainingResult(
        content=model_store.dumps(classifier),
        examples=len(examples),
        tickets=tuple(c.ticket for c in training_set),
        test_size=len(test_set),
        accuracy_before=float(before.mean()) if test_set else 0.0,
        accuracy_after=float(after.mean()) if test_set else 0.0,
        gain_ci_low=gain.low,
        gain_ci_high=gain.high,
    )


def _hits(classifier: Classifier | None, test_set: Sequence[Correction]) -> Any:
    return np.array([[_is_right(classifier, c)] for c in test_set], dtype=float).reshape(-1, 1)


def _is_right(classifier: Classifier | None, correction: Correction) -> bool:
    if classifier is None:
        return False
    suggestion = suggest_with(classifier, correction.text, correction.audience)
    return suggestion.candidates[0].category == correction.label


def _classifier_in_use(content: str | None) -> Classifier | None:
    """The classifier in use, decoded; the shipped one where there is no other, or the encoder has changed."""
    try:
        decoded = b64decode(content or "")
        return model_store.loads(decoded, model_store.sha256_of(decoded)) if content else _shipped()
    except model_store.OtherEncoder:
        return _shipped()


def _shipped() -> Classifier | None:
    return model_store.shipped("reports")


def _main() -> None:
    os.nice(19)
    request = json.load(sys.stdin)
    classifier = _classifier_in_use(request["in_use"])
    corrections = [Correction(**correction) for correction in request["corrections"]]
    result = fit_and_compare(corrections, classifier, Path(request["texts"]))
    response = asdict(replace(result, content=b"")) | {"content": b64encode(result.content).decode()}
    sys.stdout.write(json.dumps(response))


if __name__ == "__main__":
    _main()
