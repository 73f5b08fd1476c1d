"""Late suppliers: what they owe and did not do, days that they promised in vain, fixes that do not help."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, or_
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.supplier_terms import SupplierTerms, all_supplier_terms, supplier_terms_of
from navigator.people.actor import SYSTEM, Actor
from navigator.problems.problem import Problem, ProblemStatus
from navigator.problems.public_list import IS_OVER
from navigator.problems.records import MAY_EDIT, add_note, add_step, set_status
from navigator.problems.supplier_clock import owed_by_contract
from navigator.problems.supplier_entry import SupplierEntry, SupplierStep
from navigator.problems.suppliers import last_sent_on, mail

_BY_A_PERSON = col(SupplierEntry.user_id).is_not(None)


@dataclass(frozen=True)
class ToChase:
    """A problem whose supplier is late: with what, and since which day."""

    problem: Problem
    what: str
    since: date


def to_chase(session: Session, actor: Actor) -> list[ToChase]:
    """The problems of the actor's services whose supplier is late and was chased by nobody, longest first."""
    query = select(Problem).where(
        col(Problem.service_id).in_(sorted(actor.services(*MAY_EDIT))),
        col(Problem.status).not_in(IS_OVER),
        or_(col(Problem.supplier_due_on) < clock.today(), col(Problem.reported_to_supplier_on).is_not(None)),
    )
    problems = session.exec(query.order_by(col(Problem.id))).all()
    known = all_supplier_terms(session) if problems else {}
    late = [found for problem in problems if (found := _late(session, problem, known))]
    return sorted(late, key=lambda one: one.since)


def _late(session: Session, problem: Problem, known: Mapping[int, SupplierTerms]) -> ToChase | None:
    dues = overdue(session, problem, known)
    sent_on = last_sent_on(session, problem, _BY_A_PERSON) if dues else None
    left = [due for due in dues if sent_on is None or sent_on <= due.since]
    return min(left, key=lambda due: due.since) if left else None


def overdue(session: Session, problem: Problem, known: Mapping[int, SupplierTerms]) -> list[ToChase]:
    """What the supplier of a problem that goes on is late with: a day to come outweighs the contract."""
    promised = problem.supplier_due_on
    if promised and promised >= clock.today():
        return []
    owed = [one for one in owed_by_contract(session, problem, known) if one.is_late and one.done_on is None]
    by_contract = [ToChase(problem, f"By the contract they owe: {one.what.lower()}", one.by) for one in owed]
    promise = [ToChase(problem, "They promised to put it right", promised)] if promised else []
    return [*promise, *by_contract]


def missed_promises(now: datetime) -> Select[Any]:
    """Problems whose promised day has passed since the desk looked last."""
    promised, missed = col(Problem.supplier_due_on), col(Problem.missed_on)
    is_new = or_(missed.is_(None), missed != promised)
    query = select(Problem.id).where(promised < clock.local(now).date(), is_new)
    return query.where(col(Problem.status).not_in(IS_OVER))


def note_missed(session: Session, _now: datetime, id: int) -> None:
    """Write down that a promised day passed, once; the desk chases by itself where that is set.

    It never writes first: somebody has read the pack and sent it before.
    """
    problem = session.get_one(Problem, id)
    problem.missed_on = problem.supplier_due_on
    add_step(session, SYSTEM, problem, SupplierStep.MISSED, due_on=problem.supplier_due_on)
    terms = supplier_terms_of(session, problem.programme_id)
    if terms and terms.chases and terms.email and last_sent_on(session, problem, _BY_A_PERSON):
        mail(session, SYSTEM, problem, terms, SupplierStep.CHASED)


def reopen(session: Session, _now: datetime, id: int) -> None:
    """Take up a problem again whose fix does not help somebody who tried it."""
    problem = session.get_one(Problem, id)
    add_step(session, SYSTEM, problem, SupplierStep.FAILED)
    was_told = problem.reported_to_supplier_on is not None
    add_note(session, SYSTEM, problem, "Somebody who tried again says that it is still broken.")
    set_status(session, SYSTEM, problem, ProblemStatus.WITH_SUPPLIER if was_told else ProblemStatus.OPEN)
    problem.version += 1
    problem.updated_at = clock.now()
