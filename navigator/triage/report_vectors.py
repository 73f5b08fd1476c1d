"""Report vectors: the embedding of each report that was sorted, kept for the nearest examples and the lesson.

An embedding is made from what a person wrote, and goes with it: the database itself deletes it in the
transaction that changes or erases the text of the report (triggers of migration 0025).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import case, func
from sqlmodel import Session, col, delete, select

from navigator import database
from navigator.catalogue.service import Service
from navigator.triage import embeddings, model_store
from navigator.triage.corpus import Correction
from navigator.triage.correction_memory import NO_CORRECTIONS, CorrectionMemory
from navigator.triage.tables import ReportVector

MAX_REMEMBERED = 5_000
"""So many of the newest are held by each process: 8 MB."""


class KeptVector(NamedTuple):
    """A vector as it is kept, and of what."""

    id: int
    category: str
    is_sorted: bool
    vector: bytes


class _Loaded:
    """What this process has read last, and the rows that it holds."""

    fingerprint: tuple[Any, ...] = ()
    ids: Sequence[int] = ()
    memory = NO_CORRECTIONS


def embed(corrections: Iterable[Correction]) -> dict[int, bytes]:
    """The embedding of each report by its ticket's number, as it is kept; none without the encoder."""
    if not embeddings.is_available():
        return {}
    return {
        correction.ticket: embeddings.embed(correction.text).astype(np.float16).tobytes()
        for correction in corrections
    }


def keep(session: Session, corrections: Iterable[Correction], vectors: Mapping[int, bytes]) -> None:
    """Keep the vectors of reports; what is kept of a ticket already stays."""
    services = {code: id for id, code in session.exec(select(Service.id, Service.code))}
    rows = [
        {
            "ticket_number": correction.ticket,
            "service_id": services[correction.service],
            "category": correction.label,
            "is_sorted": correction.is_triaged,
            "encoder": embeddings.encoder_sha256(),
            "vector": vectors[correction.ticket],
        }
        for correction in corrections
        if correction.ticket in vectors
    ]
    if rows:
        insert = database.insert(session, ReportVector)
        session.execute(insert.on_conflict_do_nothing(index_elements=["ticket_number"]), rows)


def forget(session: Session, number: int) -> None:
    """Forget what is kept of a ticket's report."""
    session.exec(delete(ReportVector).where(col(ReportVector.ticket_number) == number))


def forget_rows(session: Session, ids: Collection[int]) -> None:
    """Forget rows that no longer say what their ticket says."""
    session.exec(delete(ReportVector).where(col(ReportVector.id).in_(ids)))


def kept(session: Session) -> dict[int, KeptVector]:
    """What is kept of each ticket; the vector is empty where another encoder made it."""
    encoder = embeddings.encoder_sha256()
    of_this = case((col(ReportVector.encoder) == encoder, col(ReportVector.vector)), else_=b"")
    row = ReportVector
    query = select(row.ticket_number, row.id, row.category, row.is_sorted, of_this)  # type: ignore[call-overload]
    return {number: KeptVector(*values) for number, *values in session.exec(query)}


def refresh() -> None:
    """Hold what navigators sorted, if that has changed since; a request never waits for this."""
    with database.reading() as session:
        fingerprint = _fingerprint(session)
        if fingerprint == _Loaded.fingerprint:
            return
        ids = _newest(session)
        new = _read(session, ids - set(_Loaded.ids))
    held = [place for place, id in enumerate(_Loaded.ids) if id in ids]
    _Loaded.memory = _joined(_Loaded.memory, held, new)
    model_store.remember(_Loaded.memory)
    _Loaded.ids = [*(_Loaded.ids[place] for place in held), *(row[0] for row in new)]
    _Loaded.fingerprint = fingerprint


def reset_cache() -> None:
    """Hold nothing, as when a process starts."""
    _Loaded.fingerprint, _Loaded.ids, _Loaded.memory = (), (), NO_CORRECTIONS
    model_store.remember(NO_CORRECTIONS)


def _fingerprint(session: Session) -> tuple[Any, ...]:
    """What changes with every row that comes or goes, read from an index alone."""
    id = col(ReportVector.id)
    query = select(func.count(), func.max(id), func.sum(id)).where(ReportVector.is_sorted)
    return tuple(session.exec(query).one())


def _newest(session: Session) -> set[int]:
    is_comparable = col(ReportVector.encoder) == embeddings.encoder_sha256()
    query = select(ReportVector.id).where(ReportVector.is_sorted, is_comparable)
    return set(session.exec(query.order_by(col(ReportVector.id).desc()).limit(MAX_REMEMBERED)))


def _read(session: Session, ids: Collection[int]) -> Sequence[Any]:
    query = select(ReportVector.id, ReportVector.category, Service.code, ReportVector.vector)
    query = query.join(Service, col(Service.id) == col(ReportVector.service_id))
    query = query.where(col(ReportVector.id).in_(ids)).order_by(col(ReportVector.id))
    return session.exec(query).all() if ids else ()


def _joined(memory: CorrectionMemory, held: Sequence[int], new: Sequence[Any]) -> CorrectionMemory:
    """What is still held of a memory, and new rows."""
    vectors = as_matrix([row.vector for row in new])
    return CorrectionMemory(
        np.concatenate([memory.vectors[list(held)], vectors]),
        (*(memory.categories[place] for place in held), *(row.category for row in new)),
        (*(memory.services[place] for place in held), *(row.code for row in new)),
    )


def as_matrix(vectors: Sequence[bytes]) -> embeddings.Vectors:
    """Vectors as they are kept, one a row."""
    matrix = np.frombuffer(b"".join(vectors), np.float16).reshape(-1, embeddings.DIMENSIONS)
    return matrix.astype(np.float32)
