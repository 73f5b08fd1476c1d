"""Barriers of reporters as conditions and as kept counts: who is left out, without a scan of all tickets."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, func, or_
from sqlmodel import col

from navigator.languages import ENGLISH
from navigator.people.access_needs import Barrier, of_barrier
from navigator.people.reporter import ContactMethod, Reporter, ReporterKind

EASY_READ = "easyread"
PATIENTS = "patients_count"
_IS_PATIENT = col(Reporter.kind) == ReporterKind.PATIENT


def _needs(barrier: Barrier) -> ColumnElement[bool]:
    """That somebody has a need which counts so; codes stand in JSON with their quotes."""
    codes = cast(col(Reporter.access_needs), Text)
    return or_(*(codes.contains(f'"{code}"', autoescape=True) for code in of_barrier(barrier)))


_ALSO: Mapping[Barrier, ColumnElement[bool]] = MappingProxyType(
    {
        Barrier.LANGUAGE: or_(
            col(Reporter.language) != "", col(Reporter.page_language).not_in((ENGLISH, EASY_READ))
        ),
        Barrier.ACCESS: or_(col(Reporter.needs) != "", col(Reporter.page_language) == EASY_READ),
        Barrier.CONTACT: or_(
            col(Reporter.contact_method) == ContactMethod.NONE, col(Reporter.is_safe_to_contact).is_(False)
        ),
    }
)
"""What else counts as a barrier, beside the needs of the table."""

COLUMN_OF: Mapping[Barrier, str] = MappingProxyType(
    {barrier: f"{barrier.value}_count" for barrier in Barrier}
)
COLUMNS = (PATIENTS, *COLUMN_OF.values())
"""The columns of `DayCount`."""


def has_barrier(barrier: Barrier) -> ColumnElement[bool]:
    """That the reporter of a joined row is a patient who is kept out so."""
    also = _ALSO.get(barrier)
    is_kept_out = _needs(barrier) if also is None else or_(_needs(barrier), also)
    return and_(_IS_PATIENT, is_kept_out)


def count_columns() -> list[Any]:
    """The counts of patients and of each barrier, of tickets that are joined with their reporters."""
    counts = [func.count().filter(_IS_PATIENT).label(PATIENTS)]
    return counts + [
        func.count().filter(has_barrier(barrier)).label(column) for barrier, column in COLUMN_OF.items()
    ]
