"""Model store: one file a classifier, opened only when its hash is the one on record."""

import io
import logging
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import numpy as np

from navigator.triage.classifier import Classifier, EmbeddingModel, NearestExamples, WordModel
from navigator.triage.correction_memory import NO_CORRECTIONS, CorrectionMemory
from navigator.triage.embeddings import CompactVectors, encoder_sha256
from navigator.triage.load_once import load_once
from navigator.triage.shipped_files import (
    SHIPPED,
    HashMismatch,
    check,
    checked,
    manifest,
    put_on_record,
    sha256_of,
)

__all__ = ["SHIPPED", "HashMismatch", "manifest", "sha256_of"]

log = logging.getLogger(__name__)


class OtherEncoder(ValueError):
    """A classifier was trained with another encoder than the one in use, or when words were kept otherwise:
    its weights mean nothing here."""


class _Active:
    """What this process suggests by, once it has loaded something of the installation's own."""

    classifier: Classifier | None = None
    corrections = NO_CORRECTIONS
    heeds_corrections = True
    changes = 0


def activate(head: EmbeddingModel | None, *, heeds_corrections: bool = True) -> None:
    """Suggest by this head in the shipped classifier from now on; None means by the shipped one."""
    classifier = shipped("reports") if head else None
    _Active.classifier = replace(classifier, embedding_model=head) if classifier and head else None
    _Active.heeds_corrections = heeds_corrections
    _Active.changes += 1


def remember(corrections: CorrectionMemory) -> None:
    """Suggest with what navigators sorted from now on."""
    _Active.corrections = corrections
    _Active.changes += 1


def active() -> Classifier | None:
    """The classifier to suggest by: with the installation's own head, else the shipped one, else None."""
    return _Active.classifier or shipped("reports")


def corrections() -> CorrectionMemory:
    """What navigators sorted, as far as this process knows and may suggest by it."""
    return _Active.corrections if _Active.heeds_corrections else NO_CORRECTIONS


def changes() -> int:
    """How often what is suggested by has changed in this process: a result of another number is old."""
    return _Active.changes


@load_once
def shipped(name: str) -> Classifier | None:
    """The shipped classifier of a name; None, and an error logged, when it is not there as recorded."""
    try:
        return load(SHIPPED / f"{name}.npz", manifest()[name]["sha256"])
    except (OSError, KeyError, ValueError) as error:
        log.error("nothing learned is in use for %s: %s", name, error)
        return None


def load(path: Path, expected: str) -> Classifier:
    """The classifier in a file; HashMismatch when it is not the one expected."""
    check(path, expected)
    return _classifier_in(path)


def loads(content: bytes, expected: str) -> Classifier:
    """The classifier in these bytes; HashMismatch or OtherEncoder where it cannot be used."""
    return _classifier_in(io.BytesIO(checked(content, expected)))


def loads_head(content: bytes, expected: str) -> EmbeddingModel:
    """The head in these bytes, alone or of a whole classifier; refused as by `loads`."""
    return _head_from_arrays(_read_arrays(io.BytesIO(checked(content, expected))))


def _classifier_in(file: Path | IO[bytes]) -> Classifier:
    arrays = _read_arrays(file)
    if "codes" not in arrays:
        raise OtherEncoder("it was learned when words were kept otherwise")
    return _from_arrays(arrays)


def _read_arrays(file: Path | IO[bytes]) -> dict[str, Any]:
    with np.load(file, allow_pickle=False) as arrays:
        if "encoder" not in arrays.files or _unpack_names(arrays["encoder"]) != (encoder_sha256(),):
            raise OtherEncoder("it was learned with another encoder")
        return {name: arrays[name] for name in arrays.files}


def dumps(classifier: Classifier) -> bytes:
    """A classifier as the bytes of a compressed NumPy file."""
    return _compressed(_to_arrays(classifier))


def dumps_head(head: EmbeddingModel) -> bytes:
    """A head alone as the bytes of a compressed NumPy file."""
    return _compressed(_head_to_arrays(head))


def _compressed(arrays: dict[str, Any]) -> bytes:
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    return content.getvalue()


def save(folder: Path, name: str, classifier: Classifier, metadata: dict[str, Any]) -> None:
    """Save a classifier under a name, and put its hash and `metadata` on record."""
    folder.mkdir(parents=True, exist_ok=True)
    content = dumps(classifier)
    (folder / f"{name}.npz").write_bytes(content)
    put_on_record(folder, name, {"sha256": sha256_of(content), **metadata})


def _to_arrays(classifier: Classifier) -> dict[str, Any]:
    word_model, vectors = classifier.word_model, classifier.examples.vectors
    examples = vectors if isinstance(vectors, CompactVectors) else CompactVectors.of(vectors)
    return {
        **_head_to_arrays(classifier.embedding_model),
        "codes": word_model.codes,
        "rarity": word_model.idf.astype(np.float16),
        "weights": word_model.weights.astype(np.float16),
        "start": word_model.intercept,
        "by_sentence": np.array(classifier.by_sentence),
        "examples": examples.steps,
        "example_step": np.array(examples.step),
        "example_labels": classifier.examples.labels.astype(np.int16),
    }


def _head_to_arrays(head: EmbeddingModel) -> dict[str, Any]:
    return {
        "encoder": _pack_names((encoder_sha256(),)),
        "labels": _pack_names(head.labels),
        "sense_weights": head.weights.astype(np.float16),
        "sense_start": head.intercept,
    }


def _head_from_arrays(arrays: dict[str, Any]) -> EmbeddingModel:
    weights = arrays["sense_weights"].astype(np.float32)
    return EmbeddingModel(_unpack_names(arrays["labels"]), weights, arrays["sense_start"])


def _from_arrays(arrays: dict[str, Any]) -> Classifier:
    return Classifier(
        labels=_unpack_names(arrays["labels"]),
        word_model=WordModel(
            codes=arrays["codes"],
            idf=arrays["rarity"].astype(np.float32),
            weights=arrays["weights"],
            intercept=arrays["start"],
        ),
        embedding_model=_head_from_arrays(arrays),
        by_sentence=bool(arrays["by_sentence"]),
        examples=NearestExamples(
            CompactVectors(arrays["examples"], float(arrays["example_step"])), arrays["example_labels"]
        ),
    )


def _pack_names(names: tuple[str, ...]) -> Any:
    return np.frombuffer("\n".join(names).encode(), dtype=np.uint8)


def _unpack_names(array: Any) -> tuple[str, ...]:
    return tuple(array.tobytes().decode().split("\n"))
