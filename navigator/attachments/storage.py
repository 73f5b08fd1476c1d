"""Storage of attachments outside the database: private files of the data folder, or an S3 store."""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from navigator import private_files
from navigator.errors import NotFound
from navigator.settings import settings

NAME = re.compile(r"[0-9a-f]{32}(\.small)?(\.\d+)?")
SMALL = ".small"
"""Ends the name of a thumbnail, which is stored beside its picture."""
CHUNK = 65_536


def new_name() -> str:
    """A random name, which says nothing of what it names."""
    return secrets.token_hex(16)


class NotStored(Exception):
    """The store did not do what was asked; what it said may hold an address, and is not kept."""


class Storage(Protocol):
    """Where files are stored by name; each is written once, whole, and never changed."""

    def put(self, name: str, content: BinaryIO) -> None:
        """Store a file: it is there, and lasts, when this returns."""

    def read(self, name: str) -> Iterator[bytes]:
        """Its content, piece by piece; NotFound before the first, if it is not there."""

    def delete(self, name: str) -> None:
        """Delete a file, if it is there."""

    def names(self) -> Iterator[tuple[str, float]]:
        """All files, each with when it was stored, in seconds as `datetime.timestamp` counts them."""


class Folder:
    """Files of a folder that their owner alone may open, on the disk before they have a name."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, name: str) -> Path:
        """Where a file lies: names that are not ours lie nowhere."""
        if not NAME.fullmatch(name):
            raise NotFound("There is no such file.")
        return self.root / name[:2] / name

    def put(self, name: str, content: BinaryIO) -> None:
        """Write it beside its place, and let it appear there when the disk has it."""
        path = self.path(name)
        private_files.make_folder(path.parent)
        unfinished = path.with_suffix(f"{path.suffix}.{os.getpid()}")
        try:
            with private_files.make_file(unfinished).open("wb") as file:
                content.seek(0)
                while chunk := content.read(CHUNK):
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
        for folder in (path.parent, self.root):
            _sync(folder)

    def read(self, name: str) -> Iterator[bytes]:
        """Its content, piece by piece."""
        try:
            file = self.path(name).open("rb")
        except FileNotFoundError:
            raise NotFound("There is no such file.") from None
        return _pieces(file)

    def delete(self, name: str) -> None:
        """Delete it, if it is there."""
        self.path(name).unlink(missing_ok=True)

    def names(self) -> Iterator[tuple[str, float]]:
        """All files, what was left unfinished too."""
        for path in sorted(self.root.glob("??/*")):
            yield path.name, path.stat().st_mtime


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


class Bucket:
    """An S3-compatible store: `s3://bucket/prefix`, with its endpoint and keys from the settings."""

    def __init__(self, store: Any) -> None:
        self.store = store

    def put(self, name: str, content: BinaryIO) -> None:
        """Upload it whole."""
        content.seek(0)
        with _asked():
            self.store.put(_own(name), content)

    def read(self, name: str) -> Iterator[bytes]:
        """Its content, piece by piece."""
        with _asked():
            found = self.store.get(_own(name))
        return _streamed(found.stream(CHUNK))

    def delete(self, name: str) -> None:
        """Delete it, if it is there."""
        with _asked(), suppress(FileNotFoundError):
            self.store.delete(_own(name))

    def names(self) -> Iterator[tuple[str, float]]:
        """All files under the prefix."""
        with _asked():
            for page in self.store.list():
                for found in page:
                    yield found["path"], found["last_modified"].timestamp()


def _streamed(chunks: Any) -> Iterator[bytes]:
    with _asked():
        for chunk in chunks:
            yield bytes(chunk)


@contextmanager
def _asked() -> Iterator[None]:
    """What a store says of an error is not kept, but its kind."""
    from obstore.exceptions import BaseError

    try:
        yield
    except FileNotFoundError:
        raise NotFound("There is no such file.") from None
    except BaseError as error:
        raise NotStored(type(error).__name__) from None


def _own(name: str) -> str:
    if not NAME.fullmatch(name):
        raise NotFound("There is no such file.")
    return name


def storage() -> Storage:
    """Where this installation stores attachments."""
    wanted = settings()
    if not wanted.attachment_store:
        return Folder(wanted.attachment_dir)
    return _bucket(
        wanted.attachment_store,
        wanted.attachment_store_endpoint,
        wanted.attachment_store_region,
        wanted.attachment_store_key,
        wanted.attachment_store_secret.get_secret_value(),
    )


def delete(name: str) -> None:
    """Delete content, and its thumbnail first."""
    store = storage()
    store.delete(name + SMALL)
    store.delete(name)


@lru_cache(maxsize=1)
def _bucket(url: str, endpoint: str, region: str, key: str, secret: str) -> Bucket:
    from obstore.store import S3Store  # only where it is used

    config = {"region": region, "access_key_id": key, "secret_access_key": secret, "endpoint": endpoint}
    client: Any = {"timeout": "30s", "connect_timeout": "5s", "allow_http": endpoint.startswith("http://")}
    given: Any = {name: value for name, value in config.items() if value}
    again: Any = {"max_retries": 2, "retry_timeout": timedelta(seconds=30)}
    return Bucket(S3Store.from_url(url, client_options=client, retry_config=again, **given))
