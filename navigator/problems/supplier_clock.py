"""The supplier's clock: what they owe by which day, by their contract; where it is silent there is none."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from navigator import clock
from navigator.catalogue.lookups import calendar_of, service_of
from navigator.catalogue.supplier_terms import SupplierTerms, supplier_terms_of
from navigator.problems.problem import Problem
from navigator.problems.public_list import IS_OVER


@dataclass(frozen=True)
class Owed:
    """Something that the supplier owes: by when, and the day on which it was done."""

    what: str
    by: date
    done_on: date | None

    @property
    def is_late(self) -> bool:
        """Whether it was done too late, or is not done and its day has passed."""
        return (self.done_on or clock.today()) > self.by


def owed_by_contract(
    session: Session, problem: Problem, known: Mapping[int, SupplierTerms] | None = None
) -> list[Owed]:
    """What the supplier owes for a problem, counted from the day on which they were told.

    Whoever asks of many problems has read all terms before: they are `known`.
    """
    id = problem.programme_id
    terms = supplier_terms_of(session, id) if known is None else known.get(id)
    if terms is None or problem.severity is None or problem.reported_to_supplier_on is None:
        return []
    return [
        Owed(what, _day_after(session, problem, terms, days), done_on)
        for what, days, done_on in _steps(problem, terms, problem.severity - 1)
    ]


def _steps(problem: Problem, terms: SupplierTerms, index: int) -> Iterator[tuple[str, int, date | None]]:
    """What has a number of days in the contract, and when it was done."""
    steps = (
        ("Say that they have it", terms.acknowledge_days, problem.acknowledged_on or problem.answered_on),
        ("Say what it is", terms.answer_days, problem.answered_on),
        ("Put it right", terms.mend_days, mended_on(problem)),
    )
    for what, days_by_severity, done_on in steps:
        if days_by_severity and (days := days_by_severity[index]):
            yield what, days, done_on


def mended_on(problem: Problem) -> date | None:
    """The day on which a fix was released, while nobody has said that it does not work; else None."""
    if problem.status not in IS_OVER:
        return None
    moment = problem.released_at or problem.closed_at
    return clock.local(moment).date() if moment else None


def _day_after(session: Session, problem: Problem, terms: SupplierTerms, days: int) -> date:
    told_on = problem.reported_to_supplier_on or clock.today()
    if terms.counts_working_days:
        return calendar_of(service_of(session, problem.service_id)).working_day_after(told_on, days)
    return told_on + timedelta(days=days)
