"""Facts of a fault for its supplier: counted in all services, rounded, and no count under five."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from navigator.catalogue.catalogue import catalogue
from navigator.dates_in_words import day
from navigator.people.actor import SYSTEM
from navigator.problems.impact import Impact, impact_of
from navigator.problems.problem import Problem
from navigator.tickets.device_check import Aspect, DeviceCheck, Finding, from_json
from navigator.tickets.ticket import Status, Ticket
from navigator.tickets.visibility import visible_to

MIN_COUNT = 5


def round_for_supplier(count: int) -> str:
    """A count rounded before it leaves the service, so that nobody can be identified by it."""
    return f"about {5 * round(count / 5)}" if count >= MIN_COUNT else "fewer than 5"


def counts_of(session: Session, problem: Problem) -> dict[str, str]:
    """What it costs all services together: with few reports no second day, which would tell of only one."""
    impact = impact_of(session, SYSTEM, problem)
    of_services = select(func.count(func.distinct(Ticket.service_id))).where(*_linked(problem))
    return {
        "First reported": _day_of(impact.first_at),
        **({"Last reported": _day_of(impact.last_at)} if impact.tickets >= MIN_COUNT else {}),
        "Reports": round_for_supplier(impact.tickets),
        "Reported by": "more than one service" if session.exec(of_services).one() > 1 else "one service",
        **_people(impact),
    }


def _people(impact: Impact) -> dict[str, str]:
    return {
        "People who said that they have it too": round_for_supplier(impact.affected),
        "Sessions planned without it": round_for_supplier(impact.sessions),
    }


def _day_of(moment: datetime | None) -> str:
    return day(moment) if moment else "not yet"


def _linked(problem: Problem) -> tuple[Any, ...]:
    return (Ticket.problem_id == problem.id, visible_to(SYSTEM), Ticket.status != Status.MERGED)


def answers_of(session: Session, problem: Problem) -> dict[str, str]:
    """What was answered to the closed questions of this kind of problem."""
    query = select(Ticket.answers).where(*_linked(problem))
    said = session.exec(query.where(_asked_of() == problem.category)).all()
    counts = {}
    for question in catalogue().category(problem.category).questions:
        chosen = Counter(answers[question.id] for answers in said if question.id in answers)
        labels = {option.value: option.label for option in question.options}
        if known := Counter({labels[value]: count for value, count in chosen.items() if value in labels}):
            counts[question.text] = _counts(known)
    return counts


def _asked_of() -> Any:
    return func.coalesce(col(Ticket.reported_category), col(Ticket.category))


def answered(ticket: Ticket) -> Iterable[tuple[str, str]]:
    """The answers of one report, in words."""
    asked = ticket.reported_category or ticket.category
    for question in catalogue().category(asked).questions if asked else ():
        if option := question.option(ticket.answers.get(question.id, "")):
            yield question.text, option.label


def devices_of(session: Session, problem: Problem) -> dict[str, str]:
    """What checks of phones found, as these said it: the newest of each ticket, and no count under five."""
    newest = _newest_checks(session, *_linked(problem))
    browsers, faults = Counter[str](), Counter[str]()
    for finding in (finding for findings in newest.values() for finding in findings):
        if finding.aspect == Aspect.BROWSER:
            browsers[finding.found or "not known"] += 1
        elif finding.is_fault:
            faults[finding.kind] += 1
    if not newest:
        return {}
    return {
        "Phones checked, as they said themselves": round_for_supplier(len(newest)),
        "Their browsers": _counts(browsers),
        "What was wrong with them": _counts(faults),
    }


def _newest_checks(session: Session, *conditions: Any) -> dict[int, list[Finding]]:
    query = select(DeviceCheck.ticket_number, DeviceCheck.findings).join(
        Ticket, col(Ticket.number) == col(DeviceCheck.ticket_number)
    )
    rows = session.exec(query.where(*conditions).order_by(col(DeviceCheck.id)))
    return {number: from_json(findings) for number, findings in rows}


def _counts(counted: Counter[str]) -> str:
    """Counts from five on, each rounded; how many kinds had fewer is not said, only that there were."""
    by_count = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = [f"{name} ({round_for_supplier(count)})" for name, count in by_count if count >= MIN_COUNT]
    hidden = ["others (fewer than 5 each)"] if any(count < MIN_COUNT for count in counted.values()) else []
    return ", ".join([*shown, *hidden]) or "nothing"
