"""Erasures beside the database: a file by which they are repeated after an older copy was restored."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from navigator import database, private_files
from navigator.people.actor import SYSTEM
from navigator.records.erase import repeat
from navigator.records.tables import Erasure
from navigator.settings import settings

_FIELDS = ("tickets", "hashes", "places", "erased_at")


def file_of() -> Path:
    """Where the erasures stand: beside the secret, and in no backup, which may be older than they are."""
    return settings().data_dir / "erasures.jsonl"


def write_file() -> int:
    """Add to the file what it lacks of the erasures in the database; how many."""
    with database.reading() as session:
        erasures = [_as_json(each) for each in session.exec(select(Erasure).order_by(col(Erasure.id)))]
    known = {*_lines()}
    missing = [line for line in erasures if line not in known]
    if missing:
        private_files.make_folder(settings().data_dir)
        with private_files.make_file(file_of()).open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in missing)
    return len(missing)


def _as_json(erasure: Erasure) -> str:
    values = erasure.model_dump(mode="json", include=set(_FIELDS))
    return json.dumps({name: values[name] for name in _FIELDS}, sort_keys=True)


def _lines() -> Iterator[str]:
    if file_of().exists():
        yield from filter(None, file_of().read_text(encoding="utf-8").splitlines())


def repeat_all() -> int:
    """Repeat, in the database as it is now, every erasure of the file that it does not know; how many."""
    with database.reading() as session:
        done = {_as_json(each) for each in session.exec(select(Erasure))}
    missing = [line for line in _lines() if line not in done]
    for line in missing:
        with database.writing() as session:
            _repeat(session, json.loads(line))
    return len(missing)


def _repeat(session: Session, facts: dict[str, Any]) -> None:
    erasure = Erasure(**facts | {"erased_at": datetime.fromisoformat(facts["erased_at"])})
    repeat(session, SYSTEM, erasure)
    session.add(erasure)
