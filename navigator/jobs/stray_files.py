"""Stray files: stored content without a row is deleted once a night, by a network perhaps."""

from datetime import datetime

from sqlmodel import Session

from navigator.attachments import sweep
from navigator.jobs.retention import last_night
from navigator.jobs.runner import once_per_slot


def _claim_only(_session: Session, _now: datetime) -> None:
    """Claim tonight's slot: no transaction is open during the sweep."""


_claim = once_per_slot("strays", last_night, _claim_only)


def delete_strays() -> int:
    """Sweep once a night, in whichever process; 1 if it was its turn."""
    is_claimed = _claim()
    if is_claimed:
        sweep.delete_strays()
    return is_claimed
