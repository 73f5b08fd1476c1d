"""The nightly lesson: what navigators sorted is learned outside any transaction, and used if it is better."""

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

FEWEST = 50
"""Fewer tickets that a navigator sorted could not show that one version is better than another."""

log = structlog.get_logger("desk.jobs")


def retrain_due(_session: Session, _now: datetime) -> None:
    """Claim tonight's lesson: a process that dies while it learns leaves it to the next night."""


_claim = once_per_slot(last_night, retrain_due)


def retrain() -> int:
    """Learn tonight, once in whichever process; 1 if there was anything to learn, or to forget."""
    return retrain_now() if _claim() else 0


def retrain_now(texts: Path = corpus.FOLDER, fewest: int = FEWEST) -> int:
    """Read, learn, write: three steps, and no transaction is open while it learns."""
    known, in_use, forgotten = _read()
    if sum(one.is_triaged for one in known) < fewest:
        with database.writing() as session:
            model_versions.unlearn(session, forgotten)
        return int(bool(forgotten))
    taught = run_in_subprocess(known, in_use, texts)
    with database.writing() as session:
        made = model_versions.record_version(session, taught, forgotten)
        log.info(
            "a lesson was learned", version=made.number, better=taught.is_better, tested=taught.test_size
        )
    return 1


def _read() -> tuple[list[Correction], bytes | None, frozenset[int]]:
    with database.reading() as session:
        forgotten = without_text(session, model_versions.tickets_learned_from(session))
        return training_examples(session), model_versions.content_in_use(session), forgotten
