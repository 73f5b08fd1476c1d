"""Shipped model files: each is read only when its SHA-256 is the one on record."""

import json
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).with_name("shipped")
MANIFEST = "record.json"


class HashMismatch(ValueError):
    """A model file is not the one on record."""


def manifest(folder: Path = SHIPPED) -> dict[str, dict[str, Any]]:
    """What is on record about each model file of a folder: its hash, and what it was trained on."""
    entries: dict[str, dict[str, Any]] = json.loads((folder / MANIFEST).read_text("utf-8"))
    return entries


def put_on_record(folder: Path, name: str, entry: dict[str, Any]) -> None:
    """Write one file's entry into the record of a folder."""
    entries = manifest(folder) if (folder / MANIFEST).exists() else {}
    entries[name] = entry
    (folder / MANIFEST).write_text(json.dumps(entries, indent=2, sort_keys=True) + "\n", "utf-8")


def read(path: Path, expected: str) -> bytes:
    """The bytes of a file; HashMismatch when they are not those expected."""
    return checked(path.read_bytes(), expected)


def check(path: Path, expected: str) -> None:
    """HashMismatch when a file is not the one expected; it is read piece by piece."""
    with path.open("rb") as file:
        if file_digest(file, "sha256").hexdigest() != expected:
            raise HashMismatch("this is not what is on record")


def checked(content: bytes, expected: str) -> bytes:
    """The same bytes; HashMismatch when their hash is not the one expected."""
    if sha256_of(content) != expected:
        raise HashMismatch("this is not what is on record")
    return content


def sha256_of(content: bytes) -> str:
    """The hash that is put on record for a model file."""
    return sha256(content).hexdigest()
