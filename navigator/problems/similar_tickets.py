"""Similar tickets, those of the same programme first, and the problems that are likely their cause.

However many tickets there are, a fixed number of the newest is read, by an index.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, bindparam, cast, func, or_, select, union_all
from sqlmodel import Session, col

from navigator import clock
from navigator.catalogue.lookups import programme_by_code, service_by_code
from navigator.database import ask
from navigator.people.actor import Actor
from navigator.people.reporter import Reporter
from navigator.problems.likely_problems import ScoredReports, likely_problems
from navigator.problems.problem import Problem, ProblemStatus
from navigator.problems.records import problem_visible_to
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.merge import claims_of
from navigator.tickets.detail import TicketDetail
from navigator.tickets.report_input import ReportInput
from navigator.tickets.ticket import LIVE, Author, Message, Status, Ticket
from navigator.tickets.visibility import ACTORS, visible_to
from navigator.triage.similarity import TopicVector, tfidf, topic_similarity, topic_vector, word_similarity
from navigator.triage.suggest import suggest

LOOK_BACK = timedelta(days=180)
PER_CATEGORY = 50
MAX_COMPARED = 40
MAX_TEXT_LENGTH = 600
MIN_SIMILARITY = 0.3
MIN_SIMILARITY_OF_EXAMPLE = 1.0
"""Topic and words each count up to 1: in topic alone many are alike."""
MAX_TICKETS = 5
MAX_PROBLEMS = 3

TOPIC_COLUMNS = (
    cast(Ticket.category_probabilities, String).label("likely"),
    Ticket.category, col(Ticket.triaged_at).is_not(None).label("is_triaged"), Ticket.suggestion_is_hidden,
)  # fmt: skip
_COLUMNS = (
    *TOPIC_COLUMNS, Ticket.number, Ticket.programme_id, Ticket.reporter_id, Ticket.status, Ticket.reported_at,
    Ticket.problem_id, col(Ticket.review_requested_at).is_not(None).label("had_review"),
)  # fmt: skip

# Each statement is built once, for that takes longer than to ask it.
_TEXTS = select(col(Message.ticket_number), func.substr(col(Message.body), 1, MAX_TEXT_LENGTH)).where(
    col(Message.ticket_number).in_(bindparam("numbers", expanding=True)),
    col(Message.action) == Action.REPORT,
    col(Message.author) == Author.REPORTER,
)
_CLAIMS = select(
    col(Reporter.id), col(Reporter.user_id), col(Reporter.email), col(Reporter.phone),
    col(Reporter.support_code),
).where(col(Reporter.id).in_(bindparam("ids", expanding=True)))  # fmt: skip


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
    scored, texts = score_reports(session, topics, text, rows)
    ranked = _rank(scored, ticket)
    reporter_ids = _same_reporter_ids(session, detail, ranked) if detail else set()
    return SimilarTickets(
        problems=_problems(session, actor, ticket, scored),
        tickets=[_similar_ticket(row, ticket, texts.get(row.number, ""), reporter_ids) for row in ranked],
        example=_example(scored, ticket.suggested_category),
    )


def topics_of_ticket(ticket: Ticket) -> TopicVector:
    """The topic vector of a ticket; empty while its suggestion is hidden from staff."""
    likely, is_triaged = json.dumps(ticket.category_probabilities), ticket.triaged_at is not None
    return _topics(likely, ticket.category, is_triaged, ticket.suggestion_is_hidden)


def topics_of(row: Any) -> TopicVector:
    """The topic vector of a row with `TOPIC_COLUMNS`."""
    return _topics(row.likely, row.category, row.is_triaged, row.suggestion_is_hidden)


@lru_cache(maxsize=5_000)
def _topics(likely: str, category: str | None, is_triaged: bool, is_hidden: bool) -> TopicVector:
    return topic_vector({} if is_hidden and not is_triaged else json.loads(likely), category, is_triaged)


def _newest_reports(
    session: Session, actor: Actor, ticket: Ticket, categories: Sequence[str]
) -> Sequence[Row[Any]]:
    """The newest visible tickets of each likely category, and of those without a category."""
    parameters = _parameters(ticket.service_id, categories, clock.now()) | {"number": ticket.number}
    return ask(session, _others_query(actor, len(categories), PER_CATEGORY), **parameters).all()


@lru_cache(maxsize=ACTORS)
def _others_query(actor: Actor, count: int, limit: int) -> Select[Any]:
    others = col(Ticket.number) != bindparam("number")
    return _candidates_query(count, limit).where(others, visible_to(actor))


def newest_reports(
    session: Session,
    service_id: int,
    categories: Sequence[str],
    until: datetime,
    *conditions: ColumnElement[bool],
) -> Sequence[Row[Any]]:
    """The newest tickets of a service at a moment, in each category and in none, under conditions."""
    query = _candidates_query(len(categories), PER_CATEGORY).where(*conditions)
    return ask(session, query, **_parameters(service_id, categories, until)).all()


def _parameters(service_id: int, categories: Sequence[str], until: datetime) -> dict[str, Any]:
    names = {f"category{index}": category for index, category in enumerate(categories)}
    return {"service": service_id, "since": until - LOOK_BACK, "until": until, **names}


@lru_cache
def _candidates_query(count: int, limit: int) -> Select[Any]:
    """The query for so many tickets of so many categories."""
    by_category = [
        _newest_where(col(Ticket.category) == bindparam(f"category{index}"), limit) for index in range(count)
    ]
    candidates = union_all(*by_category, _newest_where(col(Ticket.category).is_(None), limit))
    return select(*_COLUMNS).where(  # type: ignore[call-overload,no-any-return]
        col(Ticket.number).in_(candidates), col(Ticket.status) != Status.MERGED
    )


def _newest_where(condition: ColumnElement[bool], limit: int) -> Select[Any]:
    reported_at = col(Ticket.reported_at)
    numbers = select(col(Ticket.number)).where(
        col(Ticket.service_id) == bindparam("service"),
        condition,
        reported_at > bindparam("since"),
        reported_at <= bindparam("until"),
    )
    newest = numbers.order_by(col(Ticket.reported_at).desc(), col(Ticket.number).desc())
    return select(newest.limit(limit).subquery())


def score_reports(
    session: Session, topics: TopicVector, text: str, rows: Sequence[Row[Any]]
) -> tuple[ScoredReports, Mapping[int, str]]:
    """The reports that are about the same, each with how alike it is in topic and words; and their texts."""
    similar = _most_similar(topics, rows)
    texts = _report_texts(session, [row.number for row, _ in similar])
    words, *others = tfidf(text, *(texts.get(row.number, "") for row, _ in similar))
    alike = (base + word_similarity(words, other) for (_, base), other in zip(similar, others, strict=True))
    return list(zip((row for row, _ in similar), alike, strict=True)), texts


def _most_similar(topics: TopicVector, rows: Sequence[Row[Any]]) -> list[tuple[Row[Any], float]]:
    vectors = [topics_of(row) for row in rows]
    distinct = {id(vector): vector for vector in vectors}  # of many it is the very same
    likeness = {key: topic_similarity(topics, vector) for key, vector in distinct.items()}
    scored = [(row, likeness[id(vector)]) for row, vector in zip(rows, vectors, strict=True)]
    similar = [pair for pair in scored if pair[1] >= MIN_SIMILARITY]
    return sorted(similar, key=lambda pair: (-pair[1], -pair[0].number))[:MAX_COMPARED]


def _report_texts(session: Session, numbers: Sequence[int]) -> dict[int, str]:
    """The beginning of the report's text, by ticket number."""
    rows: Sequence[Any] = ask(session, _TEXTS, numbers=numbers).all() if numbers else ()
    return {number: text for number, text in rows}  # noqa: C416 - mypy knows no rows of pairs


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


def _same_reporter_ids(session: Session, detail: TicketDetail, rows: Sequence[Row[Any]]) -> set[int]:
    """The ids of reporter rows of the same person, for actors who may merge; split tickets are left out."""
    if detail.reporter is None or Action.MERGE not in detail.allowed:
        return set()
    split = {
        event.details.get(key)
        for event in detail.events
        if event.action == Action.SPLIT
        for key in ("into", "out_of")
    }
    ids, claims = [row.reporter_id for row in rows if row.number not in split], claims_of(detail.reporter)
    others: Iterable[Any] = ask(session, _CLAIMS, ids=ids).all() if ids and claims else ()
    return {reporter.id for reporter in others if not claims.isdisjoint(claims_of(reporter))}


def _similar_ticket(row: Row[Any], ticket: Ticket, text: str, reporter_ids: set[int]) -> SimilarTicket:
    return SimilarTicket(
        number=row.number,
        category=row.category,
        status=row.status,
        reported_at=row.reported_at,
        problem_id=row.problem_id,
        words="" if row.had_review else text,
        is_of_programme=ticket.programme_id in (None, row.programme_id),
        is_same_reporter=row.reporter_id in reporter_ids,
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
