"""Model store: one file a classifier, opened only when its hash is the one on record."""

import io
import json
import logging
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from navigator.triage.classifier import Classifier, EmbeddingModel, WordModel

SHIPPED = Path(__file__).with_name("shipped")
MANIFEST = "record.json"

log = logging.getLogger(__name__)


class HashMismatch(ValueError):
    """A model file is not the one on record."""


class _Active:
    """The installation's own classifier, once this process has loaded one: changed in one step."""

    classifier: Classifier | None = None


def activate(classifier: Classifier | None) -> None:
    """Suggest by this classifier from now on; None means by the shipped one."""
    _Active.classifier = classifier


def active() -> Classifier | None:
    """The classifier to suggest by: the installation's own, else the shipped one, else None."""
    return _Active.classifier or shipped("reports")


@cache
def shipped(name: str) -> Classifier | None:
    """The shipped classifier of a name; None, and an error logged, when it is not there as recorded."""
    try:
        return load(SHIPPED / f"{name}.npz", manifest()[name]["sha256"])
    except (OSError, KeyError, ValueError) as error:
        log.error("nothing learned is in use for %s: %s", name, error)
        return None


def manifest(folder: Path = SHIPPED) -> dict[str, dict[str, Any]]:
    """What is on record about each model file of a folder: its hash, and what it was trained on."""
    entries: dict[str, dict[str, Any]] = json.loads((folder / MANIFEST).read_text("utf-8"))
    return entries


def load(path: Path, expected: str) -> Classifier:
    """The classifier in a file; HashMismatch when it is not the one expected."""
    return loads(path.read_bytes(), expected)


def loads(content: bytes, expected: str) -> Classifier:
    """The classifier in these bytes; HashMismatch when they are not those expected. None of it can run."""
    if sha256_of(content) != expected:
        raise HashMismatch("this is not what is on record")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return _from_arrays({name: arrays[name] for name in arrays.files})


def sha256_of(content: bytes) -> str:
    """The hash that is put on record for a model file."""
    return sha256(content).hexdigest()


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
    entries = manifest(folder) if (folder / MANIFEST).exists() else {}
    entries[name] = {"sha256": sha256_of(content), **metadata}
    (folder / MANIFEST).write_text(json.dumps(entries, indent=2, sort_keys=True) + "\n", "utf-8")


def _to_arrays(classifier: Classifier) -> dict[str, Any]:
    word_model, embedding_model = classifier.word_model, classifier.embedding_model
    return {
        "labels": _pack_names(classifier.labels),
        "grams": _pack_names(tuple(word_model.vocabulary)),
        "rarity": word_model.idf.astype(np.float16),
        "weights": word_model.weights.astype(np.float16),
        "start": word_model.intercept,
        "sense_weights": embedding_model.weights.astype(np.float16),
        "sense_start": embedding_model.intercept,
        "heats": np.array(
            [classifier.inverse_temperature, classifier.words_inverse_temperature], dtype=np.float32
        ),
        "by_sentence": np.array(classifier.by_sentence),
    }


def _from_arrays(arrays: dict[str, Any]) -> Classifier:
    return Classifier(
        labels=_unpack_names(arrays["labels"]),
        word_model=WordModel(
            vocabulary={gram: index for index, gram in enumerate(_unpack_names(arrays["grams"]))},
            idf=arrays["rarity"].astype(np.float32),
            weights=arrays["weights"].astype(np.float32),
            intercept=arrays["start"],
        ),
        embedding_model=EmbeddingModel(arrays["sense_weights"].astype(np.float32), arrays["sense_start"]),
        inverse_temperature=float(arrays["heats"][0]),
        words_inverse_temperature=float(arrays["heats"][1]),
        by_sentence=bool(arrays["by_sentence"]),
    )


def _pack_names(names: tuple[str, ...]) -> Any:
    return np.frombuffer("\n".join(names).encode(), dtype=np.uint8)


def _unpack_names(array: Any) -> tuple[str, ...]:
    return tuple(array.tobytes().decode().split("\n"))
