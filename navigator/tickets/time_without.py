"""How long a patient could not use their programme: from one report until it was put right."""

from datetime import timedelta
from typing import Any

from navigator import clock
from navigator.catalogue.catalogue import Blocks
from navigator.people.reporter import ReporterKind


def time_without(ticket: Any) -> timedelta | None:
    """The time until a ticket, or its row in a list, was put right or ended, or until now.

    None if it does not stop the programme, or is a practitioner’s own: as `metrics.STOPS_PROGRAMME` says.
    """
    if ticket.blocks_session != Blocks.YES or ticket.reporter_kind != ReporterKind.PATIENT:
        return None
    ended_at = getattr(ticket, "resolved_at", None) or getattr(ticket, "closed_at", None)
    passed: timedelta = (ended_at or clock.now()) - ticket.reported_at
    return passed
