"""Storage: private files under random names, whole or not there; and the sweeping of what nothing needs."""

import os
import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from stat import S_IMODE

import pytest
from sqlmodel import Session, select

from navigator import clock
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
    assert [*session.scalars(sweep.unneeded_files(clock.now()))] == [name]
    sweep.delete_unneeded(session, clock.now(), name)
    session.flush()
    assert [*storage.storage().names()] == []
    assert session.exec(select(UnneededFile)).all() == []


@pytest.mark.both_engines
def test_content_that_another_row_has_stays(session: Session, attached: Attachment):
    session.add(Attachment(**attached.model_dump(exclude={"id"})))
    session.flush()
    session.delete(attached)
    session.flush()
    sweep.delete_unneeded(session, clock.now(), attached.name)
    assert len([*storage.storage().names()]) == 2


def test_what_never_got_a_row_goes_at_night(session: Session, attached: Attachment):
    stray, young = put(new_name()), put(new_name())
    kept = Folder(settings().attachment_dir).path(attached.name)
    unfinished = put(f"{attached.name}.123")
    old = (clock.now() - timedelta(hours=7)).timestamp()
    for path in (stray, kept, unfinished):
        os.utime(path, (old, old))
    os.utime(young, (clock.now().timestamp(),) * 2)
    sweep.delete_strays(session, clock.now())
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
