"""Storage: private files under random names, whole or not there; and the sweeping of what nothing needs."""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path
from stat import S_IMODE
from threading import Thread
from typing import Any, ClassVar

import pytest
from sqlmodel import Session, select

from navigator import clock, database
from navigator.attachments import limits, storage, sweep
from navigator.attachments.attachment import Attachment, Kind, UnneededFile
from navigator.attachments.storage import Folder, new_name
from navigator.errors import Invalid, NotFound
from navigator.settings import settings
from navigator.tickets.report_draft import ReportDraft
from navigator.tickets.reports import drafts


def put(name: str, content: bytes = b"content") -> Path:
    store = storage.storage()
    assert isinstance(store, Folder)
    store.put(name, BytesIO(content))
    return store.path(name)


def test_a_file_is_private_whole_and_where_nobody_says():
    name = new_name()
    path = put(name, b"x" * 200_000)
    assert re.fullmatch("[0-9a-f]{32}", name)
    assert S_IMODE(path.stat().st_mode) == 0o600
    assert S_IMODE(path.parent.stat().st_mode) == 0o700
    assert b"".join(storage.storage().read(name)) == b"x" * 200_000
    assert [file.name for file in path.parent.iterdir()] == [name]
    storage.delete(name)
    with pytest.raises(NotFound):
        storage.storage().read(name)


@pytest.mark.parametrize(
    "name", ["../secret.key", "/etc/passwd", "a" * 32 + "/x", "A" * 32, "", "a\0b", "a" * 33]
)
def test_a_name_that_is_not_ours_lies_nowhere(name: str):
    """T17 of the peers."""
    for ask in (storage.storage().read, storage.storage().delete):
        with pytest.raises(NotFound):
            ask(name)


def test_it_is_on_the_disk_before_it_has_its_name(monkeypatch: pytest.MonkeyPatch):
    done: list[str] = []
    replace = Path.replace

    def named(*way: Path) -> Path:
        done.append("name")
        return replace(*way)

    monkeypatch.setattr(os, "fsync", lambda _: done.append("sync"))
    monkeypatch.setattr(Path, "replace", named)
    put(new_name())
    assert done == ["sync", "name", "sync", "sync"]


def test_a_full_disk_leaves_nothing(monkeypatch: pytest.MonkeyPatch):
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    name = new_name()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        put(name)
    assert [*storage.storage().names()] == []


@pytest.fixture
def attached(session: Session) -> Attachment:
    draft, _ = drafts.start_draft(session)
    session.flush()
    name = new_name()
    put(name)
    put(name + storage.SMALL)
    row = Attachment(name=name, kind=Kind.PICTURE, size=7, small_size=7, draft_hash=draft.token_hash)
    session.add(row)
    session.flush()
    return row


@pytest.mark.both_engines
def test_what_loses_its_row_is_deleted_however_the_row_goes(session: Session, attached: Attachment):
    name, draft_hash = attached.name, attached.draft_hash
    session.delete(session.get_one(ReportDraft, draft_hash))
    session.flush()
    session.expire_all()
    assert session.exec(select(Attachment)).all() == []
    assert [*session.exec(select(UnneededFile.name))] == [name]
    assert sweep.delete_unneeded() == 1
    assert [*storage.storage().names()] == []
    assert session.exec(select(UnneededFile)).all() == []


def test_a_store_that_does_not_answer_holds_no_transaction_and_is_asked_again(
    session: Session, attached: Attachment, monkeypatch: pytest.MonkeyPatch
):
    name = attached.name
    session.delete(attached)
    session.flush()
    open_now: list[str] = []
    writing, reading = database.writing, database.reading
    monkeypatch.setattr(database, "writing", _noting(writing, open_now))
    monkeypatch.setattr(database, "reading", _noting(reading, open_now))

    def fails(_: str) -> None:
        assert open_now == []
        raise storage.NotStored("Timeout")

    with monkeypatch.context() as patched:
        patched.setattr(storage, "delete", fails)
        assert sweep.delete_unneeded() == 0
    assert [*session.exec(select(UnneededFile.name))] == [name]
    assert sweep.delete_unneeded() == 1


def _noting(opening: Callable[[], Any], open_now: list[str]) -> Callable[[], Any]:
    @contextmanager
    def noted() -> Iterator[Session]:
        with opening() as session:
            open_now.append("one")
            yield session
        open_now.pop()

    return noted


@pytest.mark.both_engines
def test_content_that_another_row_has_stays(session: Session, attached: Attachment):
    session.add(Attachment(**attached.model_dump(exclude={"id"})))
    session.flush()
    session.delete(attached)
    session.flush()
    assert sweep.delete_unneeded() == 0
    assert session.exec(select(UnneededFile)).all() == []
    assert len([*storage.storage().names()]) == 2


def test_what_never_got_a_row_goes_at_night(session: Session, attached: Attachment):
    stray, young = put(new_name()), put(new_name())
    kept = Folder(settings().attachment_dir).path(attached.name)
    unfinished = put(f"{attached.name}.123")
    old = (clock.now() - timedelta(hours=7)).timestamp()
    for path in (stray, kept, unfinished):
        os.utime(path, (old, old))
    os.utime(young, (clock.now().timestamp(),) * 2)
    foreign = stray.parent / ".nfs000001"  # and one of whatever else lies there does not end the sweep
    foreign.touch()
    os.utime(foreign, (old, old))
    sweep.delete_strays()
    assert foreign.exists()
    assert not stray.exists()
    assert not unfinished.exists()
    assert young.exists()
    assert kept.exists()


@pytest.mark.usefixtures("attached")
def test_a_full_installation_takes_no_more(session: Session, set_to: Callable[[int], None]):
    limits.require_space(session, 900_000)
    set_to(1)
    with pytest.raises(Invalid, match="no more pictures"):
        limits.require_space(session, 1_000_000)


@pytest.fixture
def set_to(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    def set_to(megabytes: int) -> None:
        monkeypatch.setenv("NAVIGATOR_ATTACHMENT_SPACE", str(megabytes))
        folder = settings().data_dir
        settings.cache_clear()
        assert settings().data_dir == folder

    return set_to


class Bucket(BaseHTTPRequestHandler):
    """A stand-in for an S3-compatible store: objects by their path, listed and deleted as S3 does."""

    kept: ClassVar[dict[str, bytes]] = {}

    def do_PUT(self) -> None:
        self.kept[self.path] = self.rfile.read(int(self.headers["content-length"]))
        self._answer(200, headers={"ETag": '"1"'})

    def do_GET(self) -> None:
        if "list-type" in self.path:
            found = "".join(
                f"<Contents><Key>{path.removeprefix('/pictures/')}</Key><Size>{len(content)}</Size>"
                '<LastModified>2026-06-09T09:00:00.000Z</LastModified><ETag>"1"</ETag></Contents>'
                for path, content in self.kept.items()
            )
            said = f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>"
            self._answer(200, said.encode())
        elif self.path in self.kept:
            self._answer(200, self.kept[self.path])
        else:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["content-length"])).decode()
        keys = re.findall("<Key>(.*?)</Key>", asked)
        for key in keys:
            self.kept.pop(f"/pictures/{key}", None)
        deleted = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        self._answer(200, f"<DeleteResult>{deleted}</DeleteResult>".encode())

    def _answer(self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        known = {"Last-Modified": "Tue, 09 Jun 2026 09:00:00 GMT", "ETag": '"1"'}
        for name, value in {**known, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, bytes]]:
    with HTTPServer(("127.0.0.1", 0), Bucket) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("NAVIGATOR_ATTACHMENT_STORE", "s3://pictures/desk")
        monkeypatch.setenv("NAVIGATOR_ATTACHMENT_STORE_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("NAVIGATOR_ATTACHMENT_STORE_REGION", "somewhere")
        monkeypatch.setenv("NAVIGATOR_ATTACHMENT_STORE_KEY", "key")
        monkeypatch.setenv("NAVIGATOR_ATTACHMENT_STORE_SECRET", "secret")
        settings.cache_clear()
        Bucket.kept.clear()
        yield Bucket.kept
        server.shutdown()


def test_an_s3_store_does_the_same(bucket: dict[str, bytes]):
    name, store = new_name(), storage.storage()
    store.put(name, BytesIO(b"x" * 200_000))
    store.put(name + storage.SMALL, BytesIO(b"small"))
    assert f"/pictures/desk/{name}" in bucket
    assert b"".join(store.read(name)) == b"x" * 200_000
    assert sorted(found for found, _ in store.names()) == [name, name + storage.SMALL]
    storage.delete(name)
    assert bucket == {}
    storage.delete(name)
    with pytest.raises(NotFound):
        store.read(name)
    assert not settings().attachment_dir.exists()


def test_a_store_that_refuses_is_no_reason_to_lose_words(
    bucket: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Bucket, "do_PUT", lambda self: self._answer(403, b"<Error><Code>No</Code></Error>"))
    for method in ("do_GET", "do_POST"):
        monkeypatch.setattr(Bucket, method, Bucket.do_PUT)
    store = storage.storage()
    for ask in (lambda: store.put(new_name(), BytesIO(b"x")), lambda: storage.delete(new_name())):
        with pytest.raises(storage.NotStored):
            ask()
    with pytest.raises(storage.NotStored):
        store.read(new_name())
    with pytest.raises(storage.NotStored):
        [*store.names()]
