"""What suppliers promised and kept in a demonstration, counted by hand: plain SQL, and days on fingers."""
# ruff: noqa: S608 - the parts of each query stand in this file

import json
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from navigator import clock
from navigator.catalogue.bank_holidays import is_bank_holiday
from navigator.tickets.metrics import Period

Rows = Callable[[str], Sequence[Any]]


def supplier_rows(rows: Rows, chosen: str, days: Period) -> list[tuple[str, ...]]:
    """A row for each programme of which a supplier was told a problem."""
    problems = rows(
        "SELECT m.id, m.programme_id, p.name, m.severity, m.reported_to_supplier_on AS told,"
        " m.acknowledged_on, m.answered_on, m.status, m.released_at, t.acknowledge_days, t.answer_days,"
        " t.mend_days, t.counts_working_days FROM problem m JOIN programme p ON p.id = m.programme_id"
        " LEFT JOIN supplierterms t ON t.programme_id = m.programme_id"
        f" WHERE (m.reported_to_supplier_on IS NOT NULL OR m.supplier_due_on IS NOT NULL){chosen}"
    )
    names = sorted({problem.name for problem in problems})
    return [_row(rows, [one for one in problems if one.name == name], days) for name in names]


def _row(rows: Rows, problems: Sequence[Any], days: Period) -> tuple[str, ...]:
    sent = sum(_within(days, _day(problem.told)) for problem in problems)
    shares: list[tuple[int, int]] = []
    for column in ("acknowledge_days", "answer_days", "mend_days"):
        due = [_due(problem, column) for problem in problems]
        done = [_done(problem, column) for problem in problems]
        over = [
            (by, on)
            for by, on in zip(due, done, strict=True)
            if by and _within(days, by) and (on or by < clock.today())
        ]
        shares.append((sum(on is not None and on <= by for by, on in over), len(over)))
    shares += [_promises(rows, problems, days), _tried(rows, problems, days)]
    return (f"{sent:,}", *(_words(*share) for share in shares))


def _due(problem: Any, column: str) -> date | None:
    told, numbers = _day(problem.told), getattr(problem, column)
    numbers = json.loads(numbers) if isinstance(numbers, str) else numbers
    if not numbers or not told or not problem.severity or not numbers[problem.severity - 1]:
        return None
    left = numbers[problem.severity - 1]
    while left:
        told += timedelta(days=1)
        works = told.weekday() < 5 and not is_bank_holiday(told, "england-and-wales")
        left -= works or not problem.counts_working_days
    return told


def _done(problem: Any, column: str) -> date | None:
    if column == "mend_days":
        return _moment_day(problem.released_at) if problem.status in ("released", "closed") else None
    answered = _day(problem.answered_on)
    return answered if column == "answer_days" else _day(problem.acknowledged_on) or answered


def _promises(rows: Rows, problems: Sequence[Any], days: Period) -> tuple[int, int]:
    ids = ", ".join(str(problem.id) for problem in problems)
    query = "SELECT problem_id, kind, happened_on, due_on FROM supplierentry WHERE problem_id IN"
    steps = rows(f"{query} ({ids})")
    due = {(one.problem_id, _day(one.due_on)) for one in steps if one.kind == "promised"}
    over = [(id, by) for id, by in due if by and by < clock.today() and _within(days, by)]
    released = [(one.problem_id, _day(one.happened_on)) for one in steps if one.kind == "released"]
    return sum(any(of == id and on and on <= by for of, on in released) for id, by in over), len(over)


def _tried(rows: Rows, problems: Sequence[Any], days: Period) -> tuple[int, int]:
    asked = works = 0
    for problem in problems:
        if not _within(days, _moment_day(problem.released_at)):
            continue
        said = rows(
            "SELECT e.ticket_number, e.action FROM event e JOIN ticket t ON t.number = e.ticket_number"
            f" JOIN problem m ON m.id = t.problem_id WHERE m.id = {problem.id} AND e.at >= m.released_at"
            " AND t.status <> 'merged' AND (e.action IN ('update', 'confirm', 'still_broken') OR"
            " (e.action = 'reopen' AND e.from_status IN ('resolved', 'closed'))) ORDER BY e.id"
        )
        for number in {one.ticket_number for one in said if one.action == "update"}:
            answers = [one.action for one in said if one.ticket_number == number and one.action != "update"]
            asked += 1
            works += answers[-1:] == ["confirm"]
    return works, asked


def _within(days: Period, on: date | None) -> bool:
    return on is not None and days.first <= on <= days.last


def _day(value: Any) -> date | None:
    return date.fromisoformat(str(value)) if value else None


def _moment_day(value: Any) -> date | None:
    return date.fromisoformat(str(value)[:10]) if value else None  # in these months noon is the same day


def _words(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / whole:.0f}%)" if whole else "none yet"
