"""Archive of a backup: a tar file of the database, the secret, and a manifest of what was counted."""

import gzip
import os
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ValidationError

from navigator import private_files
from navigator.attachments.storage import NAME
from navigator.errors import Conflict, Invalid

DATABASE, SECRET, MANIFEST, ATTACHMENTS = "database", "secret.key", "manifest.json", "attachments"
"""The names of what an archive holds; nothing else is taken out of one."""

_NOT_AS_WRITTEN = (gzip.BadGzipFile, zlib.error, EOFError, tarfile.TarError)
"""Of a file that is no archive, or a damaged one; any other OSError is of the disk, not of the file."""


class Manifest(BaseModel):
    """What a backup holds: its engine, its migration, when it was made, and the rows of each table."""

    format: Literal[1] = 1
    engine: str
    revision: str
    made_at: datetime
    rows: dict[str, int]
    sha256: dict[str, str] = {}
    attachments: dict[str, str] = {}
    """The hash of each stored file by its name; none where they are stored elsewhere."""


def sha256_of(file: Path) -> str:
    """The hash of a file, in hexadecimal."""
    with file.open("rb") as content:
        return file_digest(content, "sha256").hexdigest()


@contextmanager
def workplace(folder: Path) -> Iterator[Path]:
    """A folder inside another one, for its owner alone, and gone at the end."""
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=private_files.make_folder(folder)) as place:
        yield Path(place)


def write(to: Path, place: Path, manifest: Manifest, attachments: Collection[Path] = ()) -> Manifest:
    """Write the files of a folder as one archive, which appears under its name when it is whole."""
    names = [name for name in (DATABASE, SECRET) if (place / name).exists()]
    hashes = {name: sha256_of(place / name) for name in names}
    stored = {file.name: sha256_of(file) for file in sorted(attachments)}
    manifest = manifest.model_copy(update={"sha256": hashes, "attachments": stored})
    private_files.make_file(place / MANIFEST).write_text(manifest.model_dump_json(indent=2))
    with private_files.make_file(place / "archive").open("wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:
            for name in (MANIFEST, *names):
                archive.add(place / name, arcname=name)
            for stored_file in sorted(attachments):
                archive.add(stored_file, arcname=f"{ATTACHMENTS}/{stored_file.name}")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.close(os.open(to, os.O_CREAT | os.O_EXCL, private_files.FILE))  # it never replaces another backup
    except FileExistsError:
        raise Conflict(f"There is a file {to} already. Choose another name.") from None
    (place / "archive").replace(to)
    return manifest


def read(file: Path, place: Path) -> Manifest:
    """Take an archive apart into a folder; refused if it is none, or not as it was written."""
    with _whole(file), tarfile.open(file, mode="r:gz") as archive:
        for name in (MANIFEST, DATABASE, SECRET):
            _take_out(archive, name, place / name)
        written = place / MANIFEST
        manifest = Manifest.model_validate_json(written.read_bytes() if written.exists() else b"")
        for name in filter(NAME.fullmatch, manifest.attachments):
            _take_out(archive, f"{ATTACHMENTS}/{name}", files_of(place) / name)
    is_whole = all(
        (place / name).exists() and sha256_of(place / name) == known
        for name, known in [
            *manifest.sha256.items(),
            *((f"{ATTACHMENTS}/{name}", known) for name, known in manifest.attachments.items()),
        ]
    )
    if DATABASE not in manifest.sha256 or not is_whole:
        raise Invalid(f"{file} is damaged: it does not hold what was written.")
    return manifest


def unpacked_size(file: Path) -> int:
    """How many bytes an archive takes when it is taken apart; refused if it is none."""
    with _whole(file), tarfile.open(file, mode="r:gz") as archive:
        return sum(member.size for member in archive)


def manifest_of(file: Path) -> Manifest:
    """What an archive says of itself, in its first pages: that it is whole, `read` alone finds out."""
    with _whole(file), tarfile.open(file, mode="r:gz") as archive:
        first = archive.next()
        content = archive.extractfile(first) if first and first.name == MANIFEST else None
        return Manifest.model_validate_json(content.read() if content else b"")


@contextmanager
def _whole(file: Path) -> Iterator[None]:
    try:
        yield
    except (*_NOT_AS_WRITTEN, ValidationError):
        raise Invalid(f"{file} is not a whole backup of this desk.") from None


def files_of(place: Path) -> Path:
    """Where the stored files lie in the folder of what is archived."""
    return private_files.make_folder(place / ATTACHMENTS)


def _take_out(archive: tarfile.TarFile, name: str, to: Path) -> None:
    try:
        content = archive.extractfile(name)
    except KeyError:
        return
    if content is not None:
        with content, private_files.make_file(to).open("wb") as file:
            shutil.copyfileobj(content, file)
