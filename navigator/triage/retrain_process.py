"""Retraining the head in a process of its own, so that nobody waits, and comparing with the one in use."""

import json
import os
import subprocess
import sys
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from navigator.catalogue.catalogue import use_custom_wording
from navigator.catalogue.taxonomy_file import CustomWording
from navigator.triage import model_store
from navigator.triage.classifier import Classifier, FloatArray
from navigator.triage.corpus import Correction
from navigator.triage.correction_memory import MIN_OWN_EXAMPLES, CorrectionMemory
from navigator.triage.embeddings import DIMENSIONS
from navigator.triage.metrics import bootstrap
from navigator.triage.suggest import of_offered

TEST_ONE_IN = 5
TIMEOUT_SECONDS = 1800
"""Seconds after which a retraining is given up."""

_ONE_CORE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class RetrainingFailed(RuntimeError):
    """The training process ended without a result; what it was given is not repeated."""


@dataclass(frozen=True)
class RetrainingResult:
    """A retrained head, what it was trained on, and its accuracy on the test set beside the one in use."""

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


@dataclass(frozen=True)
class Lesson:
    """What a night's lesson learns from: reports oldest first, the embedding of each, and what is in use."""

    corrections: Sequence[Correction]
    vectors: FloatArray
    in_use: bytes | None = None
    wording: CustomWording = field(default_factory=dict)


def run_in_subprocess(lesson: Lesson, folder: Path = model_store.SHIPPED) -> RetrainingResult:
    """Retrain in a process of low priority, given up after half an hour; the texts touch no disk."""
    request = {
        "corrections": [asdict(correction) for correction in lesson.corrections],
        "vectors": _encode(lesson.vectors.astype(np.float16).tobytes()),
        "in_use": _encode(lesson.in_use or b""),
        "wording": lesson.wording,
        "folder": str(folder),
    }
    response = json.loads(_run_process(json.dumps(request).encode()))
    return RetrainingResult(
        **response | {"content": b64decode(response["content"]), "tickets": tuple(response["tickets"])}
    )


def _encode(content: bytes) -> str:
    return b64encode(content).decode()


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
    corrections: Sequence[Correction], vectors: FloatArray, in_use: Classifier
) -> RetrainingResult:
    """Train on all but the newest fifth of what navigators sorted, oldest first, and test on that fifth.

    The model in use never saw that fifth: it was held back from it as well. Both are asked with the rest of
    what navigators sorted in memory."""
    known = _known_labels(corrections, in_use)
    usable = [number for number, c in enumerate(corrections) if c.label in known]
    triaged = [number for number in usable if corrections[number].is_triaged]
    test_set = triaged[len(triaged) - len(triaged) // TEST_ONE_IN :]
    training_set = sorted(set(usable) - set(test_set))
    taught = [corrections[number] for number in training_set]
    retrained = _retrain(in_use, taught, vectors[training_set])
    memory = _memory(taught, vectors[training_set])
    before, after = (
        np.array([[_is_right(model, corrections[n], vectors[n], memory)] for n in test_set], float)
        for model in (in_use, retrained)
    )
    gain = bootstrap("gain", lambda rows: float(rows.mean()), after - before) if test_set else None
    return RetrainingResult(
        content=model_store.dumps_head(retrained.embedding_model),
        examples=len(in_use.examples.labels),
        tickets=tuple(c.ticket for c in taught),
        test_size=len(test_set),
        accuracy_before=float(before.mean()) if test_set else 0.0,
        accuracy_after=float(after.mean()) if test_set else 0.0,
        gain_ci_low=gain.low if gain else 0.0,
        gain_ci_high=gain.high if gain else 0.0,
    )


def _known_labels(corrections: Sequence[Correction], in_use: Classifier) -> frozenset[str]:
    """The labels of the written texts, and an installation's own that enough reports were sorted into."""
    counts = Counter(c.label for c in corrections if c.is_triaged)
    return frozenset(in_use.labels) | {label for label in counts if counts[label] >= MIN_OWN_EXAMPLES}


def _retrain(in_use: Classifier, taught: Sequence[Correction], vectors: FloatArray) -> Classifier:
    """The same classifier with a head that was fitted on the written texts and on what was taught."""
    from navigator.triage.fit_head import fit_head  # memory that only training pays

    written = in_use.examples
    labels = [in_use.labels[label] for label in written.labels] + [c.label for c in taught]
    weights = np.concatenate([np.ones(len(written.labels)), [c.weight for c in taught]])
    head = fit_head(np.concatenate([written.decoded(), vectors]), labels, weights)
    return replace(in_use, embedding_model=head)


def _memory(taught: Sequence[Correction], vectors: FloatArray) -> CorrectionMemory:
    rows = [number for number, c in enumerate(taught) if c.is_triaged]
    triaged = [taught[number] for number in rows]
    return CorrectionMemory(vectors[rows], tuple(c.label for c in triaged), tuple(c.service for c in triaged))


def _is_right(
    model: Classifier, correction: Correction, vector: FloatArray, memory: CorrectionMemory
) -> bool:
    by_words = model.word_probabilities(correction.text)
    probabilities = model.probabilities_at(by_words, vector, memory, correction.service)
    offered = of_offered(probabilities, correction.audience)
    return max(offered, key=lambda id: offered[id]) == correction.label


def _classifier_in_use(content: bytes, folder: Path) -> Classifier:
    """The shipped classifier, with the head in use where there is one and the encoder has not changed."""
    shipped = model_store.load(folder / "reports.npz", model_store.manifest(folder)["reports"]["sha256"])
    if not content:
        return shipped
    try:
        head = model_store.loads_head(content, model_store.sha256_of(content))
    except model_store.OtherEncoder:
        return shipped
    return replace(shipped, embedding_model=head)


def _main() -> None:
    os.nice(19)
    request = json.load(sys.stdin)
    use_custom_wording(request["wording"])
    in_use = _classifier_in_use(b64decode(request["in_use"]), Path(request["folder"]))
    corrections = [Correction(**correction) for correction in request["corrections"]]
    vectors = np.frombuffer(b64decode(request["vectors"]), np.float16).reshape(-1, DIMENSIONS)
    result = fit_and_compare(corrections, vectors.astype(np.float32), in_use)
    sys.stdout.write(json.dumps(asdict(result) | {"content": _encode(result.content)}))


if __name__ == "__main__":
    _main()
