"""Where what was learned is kept: one file each, opened only when its hash is the one on record."""

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
RECORD = "record.json"

log = logging.getLogger(__name__)


class WrongHash(ValueError):
    """A file is not the one on record."""


class _InUse:
    """What this process suggests by, once it learned something of its own: changed in one step."""

    learned: Classifier | None = None


def activate(learned: Classifier | None) -> None:
    """Suggest by this from now on; None means by what was shipped."""
    _InUse.learned = learned


def active() -> Classifier | None:
    """What to suggest by: what this installation learned, else what was shipped, else None."""
    return _InUse.learned or shipped("reports")


@cache
def shipped(name: str) -> Classifier | None:
    """What the product shipped under a name; None, and an error logged, when it is not there as recorded."""
    try:
        return load(SHIPPED / f"{name}.npz", manifest()[name]["sha256"])
    except (OSError, KeyError, ValueError) as wrong:
        log.error("nothing learned is in use for %s: %s", name, wrong)
        return None


def manifest(folder: Path = SHIPPED) -> dict[str, dict[str, Any]]:
    """What is on record about each file of a folder: its hash, and what it was learned from."""
    told: dict[str, dict[str, Any]] = json.loads((folder / RECORD).read_text("utf-8"))
    return told


def load(path: Path, expected: str) -> Classifier:
    """What a file holds; WrongHash when it is not the one expected."""
    return loads(path.read_bytes(), expected)


def loads(content: bytes, expected: str) -> Classifier:
    """What was packed; WrongHash when it is not what was expected. Nothing in it can be executed."""
    if sha256_of(content) != expected:
        raise WrongHash("this is not what is on record")
    with np.load(io.BytesIO(content), allow_pickle=False) as kept:
        return _unpacked({name: kept[name] for name in kept.files})


def sha256_of(content: bytes) -> str:
    """The hash that is put on record."""
    return sha256(content).hexdigest()


def dumps(learned: Classifier) -> bytes:
    """What was learned, as it is kept."""
    content = io.BytesIO()
    np.savez_compressed(content, **_packed(learned))
    return content.getvalue()


def save(folder: Path, name: str, learned: Classifier, about: dict[str, Any]) -> None:
    """Keep what was learned under a name, with its hash and what else is known `about` it on record."""
    folder.mkdir(parents=True, exist_ok=True)
    content = dumps(learned)
    (folder / f"{name}.npz").write_bytes(content)
    known = manifest(folder) if (folder / RECORD).exists() else {}
    known[name] = {"sha256": sha256_of(content), **about}
    (folder / RECORD).write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", "utf-8")


def _packed(learned: Classifier) -> dict[str, Any]:
    words, sense = learned.by_words, learned.by_meaning
    return {
        "labels": _bytes(learned.labels),
        "grams": _bytes(tuple(words.places)),
        "rarity": words.rarity.astype(np.float16),
        "weights": words.weights.astype(np.float16),
        "start": words.start,
        "sense_weights": sense.weights.astype(np.float16),
        "sense_start": sense.start,
        "heats": np.array([learned.heat, learned.heat_words], dtype=np.float32),
        "by_sentence": np.array(learned.by_sentence),
    }


def _unpacked(kept: dict[str, Any]) -> Classifier:
    return Classifier(
        labels=_names(kept["labels"]),
        by_words=WordModel(
            places={gram: place for place, gram in enumerate(_names(kept["grams"]))},
            rarity=kept["rarity"].astype(np.float32),
            weights=kept["weights"].astype(np.float32),
            start=kept["start"],
        ),
        by_meaning=EmbeddingModel(kept["sense_weights"].astype(np.float32), kept["sense_start"]),
        heat=float(kept["heats"][0]),
        heat_words=float(kept["heats"][1]),
        by_sentence=bool(kept["by_sentence"]),
    )


def _bytes(names: tuple[str, ...]) -> Any:
    return np.frombuffer("\n".join(names).encode(), dtype=np.uint8)


def _names(kept: Any) -> tuple[str, ...]:
    return tuple(kept.tobytes().decode().split("\n"))
