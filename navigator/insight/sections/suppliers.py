"""What suppliers promised and kept: by programme, against the contract and against their own days."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import or_
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.programme import Programme
from navigator.catalogue.supplier_terms import SupplierTerms, all_supplier_terms
from navigator.dates_in_words import day
from navigator.insight.finding import Comparison, Finding
from navigator.insight.queries import ReportScope, once
from navigator.insight.table import Bar, Row, Share, Table, count_cell, share_cell
from navigator.problems.impact import Impact, impacts
from navigator.problems.late_suppliers import overdue
from navigator.problems.problem import Problem
from navigator.problems.public_list import IS_OVER
from navigator.problems.supplier_clock import owed_by_contract
from navigator.problems.supplier_entry import SupplierEntry, SupplierStep
from navigator.problems.trying_again import tried_again
from navigator.small_numbers import MIN_COUNT, rounded

NAME = "suppliers"
_COLUMNS = (
    "Programme", "Problems sent", "Acknowledged in time", "Answered in time", "Put right in time",
    "Promised days kept", "Say that it works",
)  # fmt: skip
_HELP = (
    "What came due in the period. In time is by the days of the contract that are set for the programme; "
    "where none are set there is no clock. A promised day is kept when a fix was released by then. "
    "In the last column are those who were asked to try again."
)


@dataclass(frozen=True)
class PromisedDay:
    """A day that a supplier promised for a problem, and whether a fix was released by then."""

    problem: Problem
    due_on: date
    is_kept: bool


def table(session: Session, scope: ReportScope) -> Table:
    """How the supplier of each programme kept its contract and its own days."""
    problems = _told_problems(session, scope)
    promised = promised_days(session, problems)
    found = [
        _row(session, scope, programme, own, promised)
        for programme in sorted(scope.programmes.values(), key=lambda programme: programme.name)
        if (own := [one for one in problems if one.programme_id == programme.id])
    ]
    return Table(
        name=NAME,
        title="What suppliers promised and kept",
        help_text=_HELP,
        columns=_COLUMNS,
        rows=tuple(row for row, _ in found),
        bars=tuple(map(_bar, _COLUMNS[2:6], zip(*(shares for _, shares in found), strict=True))),
        headline=_headline(scope, promised) if found else None,
        now_label="In time, or kept",
        before_label="Came due",
    )


def _headline(scope: ReportScope, promised: Sequence[PromisedDay]) -> Row:
    """How many of the days that suppliers promised themselves were kept."""
    kept = [one.is_kept for one in promised if _is_in(scope, one.due_on)]
    return Row("promised days kept, that came in this period", "", (share_cell(*_share(kept)),))


def _bar(label: str, shares: Sequence[Share]) -> Bar:
    """What suppliers did in time of what came due, of all programmes together."""
    return Bar(label, sum(kept for kept, _ in shares), sum(due for _, due in shares))


@once
def _told_problems(session: Session, scope: ReportScope) -> Sequence[Problem]:
    """The problems of the scope of which a supplier was told, or gave a day."""
    is_told = or_(
        col(Problem.reported_to_supplier_on).is_not(None), col(Problem.supplier_due_on).is_not(None)
    )
    query = select(Problem).where(scope.row_condition(Problem), is_told)
    return session.exec(query.order_by(col(Problem.id))).all()


def promised_days(session: Session, problems: Sequence[Problem]) -> list[PromisedDay]:
    """Each day that was promised and has passed, once; one that was moved before it came is not kept."""
    kinds = (SupplierStep.PROMISED, SupplierStep.RELEASED)
    problem_id, kind = col(SupplierEntry.problem_id), col(SupplierEntry.kind)
    query = select(problem_id, kind, col(SupplierEntry.happened_on), col(SupplierEntry.due_on)).where(
        problem_id.in_([problem.id for problem in problems]),
        kind.in_(kinds),
    )
    steps = session.exec(query).all()
    by_id, today = {problem.id: problem for problem in problems}, clock.today()
    due = sorted({(id, by) for id, _, _, by in steps if by and by < today})
    released: dict[int, date] = {}
    for id, step, on, _ in steps:
        if step == SupplierStep.RELEASED:
            released[id] = min(on, released.get(id, date.max))
    return [PromisedDay(by_id[id], by, released.get(id, date.max) <= by) for id, by in due]


def _row(
    session: Session,
    scope: ReportScope,
    programme: Programme,
    problems: Sequence[Problem],
    promised: Sequence[PromisedDay],
) -> tuple[Row, Sequence[Share]]:
    """The row of a programme, and what was done of what came due, by column."""
    days = scope.days
    sent = sum(_is_in(scope, problem.reported_to_supplier_on) for problem in problems)
    known = all_supplier_terms(session)
    owed = [one for problem in problems for one in owed_by_contract(session, problem, known)]
    due = [one for one in owed if _is_in(scope, one.by) and (one.done_on or one.by < clock.today())]
    own = {problem.id for problem in problems}
    kept = [one.is_kept for one in promised if one.problem.id in own and _is_in(scope, one.due_on)]
    released = [one for one in problems if one.released_at and days.start_at <= one.released_at < days.end_at]
    tried = [tried_again(session, scope.actor, problem) for problem in released]
    in_time = [
        _share([not one.is_late for one in due if one.what == what])
        for what in ("Say that they have it", "Say what it is", "Put it right")
    ]
    shares = [*in_time, _share(kept)]
    answers = (sum(one.works for one in tried), sum(one.asked for one in tried))
    cells = (count_cell(sent), *(share_cell(*share) for share in (*shares, answers)))
    return Row(programme.name, programme.supplier, cells), shares


def _is_in(scope: ReportScope, on: date | None) -> bool:
    return on is not None and scope.days.first <= on <= scope.days.last


def _share(flags: Sequence[bool]) -> Share:
    return sum(flags), len(flags)


def findings(session: Session, scope: ReportScope) -> Iterable[Finding]:
    """Suppliers that are late now, and fixes that do not help, each with what it costs."""
    going_on = [one for one in _told_problems(session, scope) if one.status not in IS_OVER]
    steps = _steps(session, going_on)
    cost = impacts(session, scope.actor, [problem.id for problem in going_on])
    names = {programme.id: programme for programme in scope.programmes.values()}
    known = all_supplier_terms(session)
    for problem in going_on:
        if fault := _fault(session, scope, problem, known, steps[problem.id]):
            programme = names.get(problem.programme_id)
            who = (programme.supplier or f"The supplier of {programme.name}") if programme else "The supplier"
            yield _finding(problem, fault, who, cost.get(problem.id, Impact()))


class _Fault(NamedTuple):
    """What is wrong with a supplier, where `{who}` and `{title}` are to be filled in, and its picture."""

    words: str
    compared: Comparison
    is_overdue: bool = False


def _steps(session: Session, problems: Sequence[Problem]) -> Mapping[int, list[SupplierEntry]]:
    """What passed between us and the supplier of each, the newest first."""
    query = select(SupplierEntry).where(
        col(SupplierEntry.problem_id).in_([problem.id for problem in problems]),
        col(SupplierEntry.kind).in_((SupplierStep.PROMISED, SupplierStep.FAILED)),
    )
    steps: dict[int, list[SupplierEntry]] = defaultdict(list)
    for step in session.exec(query.order_by(col(SupplierEntry.id).desc())):
        steps[step.problem_id].append(step)
    return steps


def _fault(
    session: Session,
    scope: ReportScope,
    problem: Problem,
    known: Mapping[int, SupplierTerms],
    steps: Sequence[SupplierEntry],
) -> _Fault | None:
    """What is wrong with a problem's supplier: their own day first, then the contract, then a fix in vain."""
    if late := overdue(session, problem, known):
        since = late[0].since
        if since == problem.supplier_due_on:
            words = f"{{who}} promised to put “{{title}}” right by {day(since)}, and has not"
            promised_on = _promised_on(problem, steps)
            return _Fault(words, _days("that they promised", promised_on, since), is_overdue=True)
        words = f"{{who}} is late with “{{title}}”: by the contract it was due on {day(since)}"
        sent_on = problem.reported_to_supplier_on or since
        return _Fault(words, _days("by the contract", sent_on, since), is_overdue=True)
    if not any(step.kind == SupplierStep.FAILED for step in steps):
        return None
    tried = tried_again(session, scope.actor, problem)
    counts = (tried.works, tried.fails)
    labels = ("say that it works", "say that it is still broken")
    words = "What {who} released for “{title}” does not help everybody who tried it"
    return _Fault(words, Comparison(labels, counts, (rounded(counts[0]), rounded(counts[1]))))


def _promised_on(problem: Problem, steps: Sequence[SupplierEntry]) -> date:
    """On which day they promised the day that has passed."""
    promised = (step.happened_on for step in steps if step.due_on == problem.supplier_due_on)
    told_on = problem.reported_to_supplier_on or clock.local(problem.opened_at).date()
    return next(promised, told_on)


def _days(label: str, from_on: date, due_on: date) -> Comparison:
    """How many days a supplier had, and how many it has taken until now: no people, so no small number."""
    days = ((due_on - from_on).days, (clock.today() - from_on).days)
    return Comparison((label, "until now"), days, days, unit=" days")


def _finding(problem: Problem, fault: _Fault, who: str, impact: Impact) -> Finding:
    said = fault.words.format(who=who, title=problem.title)
    return Finding(
        sentence=f"{said}: {_cost(_exact, impact)}.",
        shared=f"{said}: {_cost(_rounded, impact)}.",
        compared=fault.compared,
        is_overdue=fault.is_overdue,
        advice="Chase the supplier, or agree how sessions go on without it.",
        href=f"/problems/{problem.id}/supplier",
        link_text=f"Known problem {problem.id}",
        count=impact.tickets,
        section=NAME,
    )


def _cost(count: Callable[[int, str], str], impact: Impact) -> str:
    return f"{count(impact.tickets, 'report')}, {count(impact.sessions, 'session')} planned without it"


def _exact(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _rounded(number: int, noun: str) -> str:
    about = rounded(number)
    return f"fewer than {MIN_COUNT} {noun}s" if about is None else f"about {about:,} {noun}s"
