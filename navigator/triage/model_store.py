"""Model store: one file a classifier, opened only when its hash is the one on record."""

import io
import logging
from pathlib import Path
from typing import IO, Any

import numpy as np

from navigator.triage.classifier import Classifier, EmbeddingModel, NearestExamples, WordModel
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
    """The installation's own classifier, once this process has loaded one: changed in one step."""

    classifier: Classifier | None = None


def activate(classifier: Classifier | None) -> None:
    """Suggest by this classifier from now on; None means by the shipped one."""
    _Active.classifier = classifier


def active() -> Classifier | None:
    """The classifier to suggest by: the installation's own, else the shipped one, else None."""
    return _Active.classifier or shipped("reports")


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
    return _read(path)


def loads(content: bytes, expected: str) -> Classifier:
    """The classifier in these bytes; HashMismatch or OtherEncoder where it cannot be used."""
    return _read(io.BytesIO(checked(content, expected)))


def _read(file: Path | IO[bytes]) -> Classifier:
    with np.load(file, allow_pickle=False) as arrays:
        if "encoder" not in arrays.files or _unpack_names(arrays["encoder"]) != (encoder_sha256(),):
            raise OtherEncoder("it was learned with another encoder")
        if "codes" not in arrays.files:
            raise OtherEncoder("it was learned when words were kept otherwise")
        return _from_arrays({name: arrays[name] for name in arrays.files})


def dumps(classifier: Classifier) -> bytes:
    """A classifier as the bytes of a compressed NumPy file."""
    content = io.BytesIO()
    np.savez_compressed(content, **_to_arrays(classifier))
    return content.getvalue()


def save(folder: Path, name: str, classifier: Classifier, metadata: dict[str, Any]) -> None:
    """Save a classifier under a name, and put its hash and `metadata` on record."""
    folder.mkdir(parents=True, exist_ok=True)
    content = dumps(classifier)
    (folder / f"{name}.npz").write_bytes(content)
    put_on_record(folder, name, {"sha256": sha256_of(content), **metadata})


def _to_arrays(classifier: Classifier) -> dict[str, Any]:
    word_model, embedding_model = classifier.word_model, classifier.embedding_model
    vectors = classifier.examples.vectors
    examples = vectors if isinstance(vectors, CompactVectors) else CompactVectors.of(vectors)
    return {
        "encoder": _pack_names((encoder_sha256(),)),
        "labels": _pack_names(classifier.labels),
        "codes": word_model.codes,
        "rarity": word_model.idf.astype(np.float16),
        "weights": word_model.weights.astype(np.float16),
        "start": word_model.intercept,
        "sense_weights": embedding_model.weights.astype(np.float16),
        "sense_start": embedding_model.intercept,
        "heats": np.array(
            [classifier.inverse_temperature, classifier.words_inverse_temperature], dtype=np.float32
        ),
        "by_sentence": np.array(classifier.by_sentence),
        "examples": examples.steps,
        "example_step": np.array(examples.step),
        "example_labels": classifier.examples.labels.astype(np.int16),
    }


def _from_arrays(arrays: dict[str, Any]) -> Classifier:
    return Classifier(
        labels=_unpack_names(arrays["labels"]),
        word_model=WordModel(
            codes=arrays["codes"],
            idf=arrays["rarity"].astype(np.float32),
            weights=arrays["weights"],
            intercept=arrays["start"],
        ),
        embedding_model=EmbeddingModel(arrays["sense_weights"].astype(np.float32), arrays["sense_start"]),
        inverse_temperature=float(arrays["heats"][0]),
        words_inverse_temperature=float(arrays["heats"][1]),
        by_sentence=bool(arrays["by_sentence"]),
        examples=NearestExamples(
            CompactVectors(arrays["examples"], float(arrays["example_step"])), arrays["example_labels"]
        ),
    )


def _pack_names(names: tuple[str, ...]) -> Any:
    return np.frombuffer("\n".join(names).encode(), dtype=np.uint8)


def _unpack_names(array: Any) -> tuple[str, ...]:
    return tuple(array.tobytes().decode().split("\n"))
