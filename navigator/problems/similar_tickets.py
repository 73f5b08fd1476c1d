"""Similar tickets, those of the same programme first, and the problems that are likely their cause."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, or_, select
from sqlmodel import Session, col

from navigator import clock
from navigator.catalogue.lookups import programme_by_code, service_by_code
from navigator.database import ask
from navigator.people.actor import Actor
from navigator.problems.compared_reports import (
    MAX_TEXT_LENGTH,
    PER_CATEGORY,
    candidates_query,
    parameters_of,
    score_reports,
    topics_of_ticket,
)
from navigator.problems.likely_problems import ScoredReports, likely_problems
from navigator.problems.problem import Problem, ProblemStatus
from navigator.problems.records import problem_visible_to
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.merge import claims_of
from navigator.tickets.detail import TicketDetail
from navigator.tickets.report_input import ReportInput
from navigator.tickets.ticket import LIVE, Status, Ticket
from navigator.tickets.visibility import ACTORS, visible_to
from navigator.triage.suggest import suggest

MIN_SIMILARITY_OF_EXAMPLE = 1.0
"""Topic and words each count up to 1: in topic alone many are alike."""
MAX_TICKETS = 5
MAX_PROBLEMS = 3


@dataclass(frozen=True)
class SimilarTicket:
    """A similar report: the beginning of its text, and whether its reporter is the same.

    The text is left out if the ticket ever had a clinical review: it is shown on its own page alone."""

    number: int
    category: str | None
    status: str
    reported_at: datetime
    problem_id: int | None
    words: str
    is_of_programme: bool
    is_same_reporter: bool


@dataclass(frozen=True)
class SimilarTickets:
    """Similar tickets, and the problems that are likely their cause.

    `example` is the number of the likest one that people settled as what the desk suggests."""

    problems: Sequence[Problem] = ()
    tickets: Sequence[SimilarTicket] = ()
    example: int | None = None


def similar_tickets(session: Session, actor: Actor, detail: TicketDetail) -> SimilarTickets:
    """The tickets and problems similar to a live ticket that the actor may see."""
    if detail.ticket.status not in LIVE:
        return SimilarTickets()
    text = next(
        (message.body[:MAX_TEXT_LENGTH] for message in detail.messages if message.action == Action.REPORT), ""
    )
    return _find_similar(session, actor, detail.ticket, text, detail)


def similar_to_report(session: Session, actor: Actor, report: ReportInput) -> SimilarTickets:
    """The tickets and problems similar to a report that the actor is about to make, in their own service."""
    service = service_by_code(session, report.service)
    if service.id not in actor.services():
        return SimilarTickets()
    programme = programme_by_code(session, service, report.programme)
    suggestion = suggest(report.text, report.reporter, report.service)
    ticket = Ticket(  # as it would be: nothing is stored
        number=0,
        reporter_id=0,
        due_at=clock.now(),
        service_id=service.id,
        programme_id=programme.id if programme else None,
        category=report.category,
        category_probabilities={
            candidate.category: candidate.confidence for candidate in suggestion.candidates
        },
    )
    return _find_similar(session, actor, ticket, report.text[:MAX_TEXT_LENGTH])


def _find_similar(
    session: Session, actor: Actor, ticket: Ticket, text: str, detail: TicketDetail | None = None
) -> SimilarTickets:
    topics = topics_of_ticket(ticket)
    if not topics:
        return SimilarTickets()
    rows = _newest_reports(session, actor, ticket, [*topics])
    scored = score_reports(session, topics, text, rows)
    ranked = _rank(scored, ticket)
    same_reporter = _of_same_reporter(detail, ranked) if detail else set()
    return SimilarTickets(
        problems=_problems(session, actor, ticket, scored),
        tickets=[_similar_ticket(row, ticket, same_reporter) for row in ranked],
        example=_example(scored, ticket.suggested_category),
    )


def _newest_reports(
    session: Session, actor: Actor, ticket: Ticket, categories: Sequence[str]
) -> Sequence[Row[Any]]:
    """The newest visible tickets of each likely category, and of those without a category."""
    parameters = parameters_of(ticket.service_id, categories, clock.now()) | {"number": ticket.number}
    return ask(session, _others_query(actor, len(categories), PER_CATEGORY), **parameters).all()


@lru_cache(maxsize=ACTORS)
def _others_query(actor: Actor, count: int, limit: int) -> Select[Any]:
    others = col(Ticket.number) != bindparam("number")
    return candidates_query(count, limit).where(others, visible_to(actor))


def _rank(scored: ScoredReports, ticket: Ticket) -> list[Row[Any]]:
    """The few most similar tickets, those of the same programme first."""
    likest = sorted(scored, key=lambda pair: -pair[1])[:MAX_TICKETS]
    return sorted((row for row, _ in likest), key=lambda row: row.programme_id != ticket.programme_id)


def _example(scored: ScoredReports, category: str | None) -> int | None:
    """The ticket that shows best why this category is suggested: alike in its words too, sorted or ended."""
    likest = sorted(scored, key=lambda pair: -pair[1])[:MAX_TICKETS]
    return next(
        (
            row.number
            for row, similarity in likest
            if similarity >= MIN_SIMILARITY_OF_EXAMPLE
            and row.category == category
            and (row.is_triaged or row.status in (Status.RESOLVED, Status.CLOSED))
        ),
        None,
    )


def _of_same_reporter(detail: TicketDetail, rows: Sequence[Any]) -> set[int]:
    """The numbers of those of the same person, for actors who may merge; split tickets are left out."""
    if detail.reporter is None or Action.MERGE not in detail.allowed:
        return set()
    split = {
        event.details.get(key)
        for event in detail.events
        if event.action == Action.SPLIT
        for key in ("into", "out_of")
    }
    claims = claims_of(detail.reporter)
    others = (row for row in rows if row.number not in split)
    return {other.number for other in others if not claims.isdisjoint(claims_of(other))}


def _similar_ticket(row: Row[Any], ticket: Ticket, same_reporter: set[int]) -> SimilarTicket:
    return SimilarTicket(
        number=row.number,
        category=row.category,
        status=row.status,
        reported_at=row.reported_at,
        problem_id=row.problem_id,
        words="" if row.had_review else row.text or "",
        is_of_programme=ticket.programme_id in (None, row.programme_id),
        is_same_reporter=row.number in same_reporter,
    )


def _problems(session: Session, actor: Actor, ticket: Ticket, scored: ScoredReports) -> list[Problem]:
    """The open problem that the ticket is linked to, and those likely behind it, of its programme."""
    reports = [pair for pair in scored if pair[0].programme_id == ticket.programme_id]
    ids = {row.problem_id for row, _ in reports if row.problem_id} | {ticket.problem_id} - {None}
    if not ids:
        return []
    query = select(Problem).where(
        col(Problem.id).in_(ids),
        col(Problem.programme_id) == ticket.programme_id,
        col(Problem.status) != ProblemStatus.CLOSED,
        or_(problem_visible_to(actor), col(Problem.is_public)),
    )
    problems = session.execute(query).scalars().all()
    own = [problem for problem in problems if problem.id == ticket.problem_id]
    likely = likely_problems(set(problems) - set(own), reports)
    return [*own, *likely][:MAX_PROBLEMS]
