"""Nightly retraining of the classifier on triaged tickets, outside any transaction; used if it is better."""

from datetime import datetime
from pathlib import Path

import structlog
from sqlmodel import Session

from navigator import database
from navigator.jobs.retention import last_night
from navigator.jobs.runner import once_per_slot
from navigator.tickets.training_examples import training_examples, without_text
from navigator.triage import corpus, model_versions
from navigator.triage.corpus import Correction
from navigator.triage.retrain_process import run_in_subprocess

MIN_TRIAGED_TICKETS = 50
"""Fewer tickets that a navigator triaged could not show that one version is better than another."""

log = structlog.get_logger("desk.jobs")


def _claim_only(_session: Session, _now: datetime) -> None:
    """Claim tonight's slot: a process that dies while it trains leaves it to the next night."""


_claim = once_per_slot("lesson", last_night, _claim_only)


def retrain() -> int:
    """Retrain once a night, in whichever process; 1 if there was anything to learn or to unlearn."""
    return retrain_now() if _claim() else 0


def retrain_now(corpus_folder: Path = corpus.FOLDER, minimum: int = MIN_TRIAGED_TICKETS) -> int:
    """Read, train, write: three steps, and no transaction is open during training."""
    examples, in_use, tickets_without_text = _read()
    if sum(example.is_triaged for example in examples) < minimum:
        with database.writing() as session:
            model_versions.unlearn(session, tickets_without_text)
        return int(bool(tickets_without_text))
    result = run_in_subprocess(examples, in_use, corpus_folder)
    with database.writing() as session:
        version = model_versions.record_version(session, result, tickets_without_text)
        log.info(
            "classifier retrained", version=version.number, better=result.is_better, tested=result.test_size
        )
    return 1


def _read() -> tuple[list[Correction], bytes | None, frozenset[int]]:
    with database.reading() as session:
        tickets_without_text = without_text(session, model_versions.tickets_learned_from(session))
        return training_examples(session), model_versions.content_in_use(session), tickets_without_text
