"""Nightly retraining of the classifier on triaged tickets, outside any transaction; used if it is better."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog
from sqlmodel import Session

from navigator import database
from navigator.catalogue.custom_wording import stored_wording
from navigator.catalogue.taxonomy_file import CustomWording
from navigator.jobs.retention import last_night
from navigator.jobs.runner import once_per_slot
from navigator.tickets.training_examples import training_examples, without_text
from navigator.triage import model_store, model_versions, report_vectors
from navigator.triage.corpus import Correction
from navigator.triage.report_vectors import KeptVector
from navigator.triage.retrain_process import Lesson, run_in_subprocess

MIN_TRIAGED_TICKETS = 50
"""Fewer tickets that a navigator triaged could not show that one version is better than another."""

log = structlog.get_logger("desk.jobs")


@dataclass(frozen=True)
class Night:
    """What is read before a lesson: reports, what is kept of them, and what is in use."""

    corrections: list[Correction]
    kept: Mapping[int, KeptVector]
    in_use: bytes | None
    without_text: frozenset[int]
    wording: CustomWording


def _claim_only(_session: Session, _now: datetime) -> None:
    """Claim tonight's slot: a process that dies while it trains leaves it to the next night."""


_claim = once_per_slot("lesson", last_night, _claim_only)


def retrain() -> int:
    """Retrain once a night, in whichever process; 1 if there was anything to learn or to unlearn."""
    return retrain_now() if _claim() else 0


def retrain_now(folder: Path = model_store.SHIPPED, minimum: int = MIN_TRIAGED_TICKETS) -> int:
    """Read, train, write: three steps, and no transaction is open during training."""
    night = _read()
    corrections, vectors = _embed_missing(night)
    if sum(correction.is_triaged for correction in corrections) < minimum:
        with database.writing() as session:
            model_versions.unlearn(session, night.without_text)
        return int(bool(night.without_text))
    lesson = Lesson(corrections, report_vectors.as_matrix(vectors), night.in_use, night.wording)
    result = run_in_subprocess(lesson, folder)
    with database.writing() as session:
        version = model_versions.record_version(session, result, night.without_text)
        log.info(
            "classifier retrained", version=version.number, better=result.is_better, tested=result.test_size
        )
    return 1


def _read() -> Night:
    with database.reading() as session:
        return Night(
            corrections=training_examples(session),
            kept=report_vectors.kept(session),
            in_use=model_versions.content_in_use(session),
            without_text=without_text(session, model_versions.tickets_learned_from(session)),
            wording=stored_wording(session),
        )


def _embed_missing(night: Night) -> tuple[list[Correction], list[bytes]]:
    """The reports and their vectors: those that are not kept, or are of another encoder, are embedded now.

    What is kept of other tickets goes. What was sorted or erased meanwhile is as that transaction left it."""
    rows = night.kept
    current = {c.ticket for c in night.corrections if _is_kept(rows.get(c.ticket), c)}
    missing = [c for c in night.corrections if c.ticket not in current]
    vectors = report_vectors.embed(missing)
    with database.writing() as session:
        gone = without_text(session, {c.ticket for c in missing}, lock=True)
        report_vectors.forget_rows(session, {row.id for number, row in rows.items() if number not in current})
        report_vectors.keep(session, [c for c in missing if c.ticket not in gone], vectors)
    vectors |= {number: rows[number].vector for number in current}
    known = [c for c in night.corrections if c.ticket in vectors]
    return known, [vectors[c.ticket] for c in known]


def _is_kept(row: KeptVector | None, correction: Correction) -> bool:
    kept_as = (correction.label, correction.is_triaged)
    return row is not None and bool(row.vector) and (row.category, row.is_sorted) == kept_as
