"""Reports like a ticket, those of its programme first, and the problems that may lie behind all of them.

However many tickets there are, a fixed number of the newest is read, by an index.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, or_, select, union_all
from sqlmodel import Session, col

from navigator import clock
from navigator.catalogue.lookups import programme_by_code, service_by_code
from navigator.people.actor import Actor
from navigator.people.reporter import Reporter
from navigator.problems.problem import Problem, ProblemStatus
from navigator.problems.records import visible
from navigator.tickets.actions.merge import is_same_reporter
from navigator.tickets.detail import TicketDetail
from navigator.tickets.inputs import ReportInput
from navigator.tickets.ticket import LIVE, Action, Author, Message, Status, Ticket
from navigator.tickets.visibility import visible_to
from navigator.triage.similarity import Shares, tfidf, topic_similarity, topic_vector, word_similarity
from navigator.triage.suggest import suggest

SINCE = timedelta(days=180)
OF_A_KIND = 50
READ = 40
LONGEST = 600
LIKE_ENOUGH = 0.3
MOST = 5
MOST_PROBLEMS = 3

_COLUMNS = (
    Ticket.number, Ticket.category, Ticket.category_probabilities, Ticket.triaged_at,
    Ticket.suggestion_is_hidden,
    Ticket.programme_id, Ticket.reporter_id, Ticket.status, Ticket.reported_at, Ticket.problem_id,
    Ticket.review_requested_at,
)  # fmt: skip


@dataclass(frozen=True)
class SimilarTicket:
    """A report like another one: its beginning, and whether the same person told it.

    What was said in a report that a clinician had to read stands on its own page alone."""

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
    """What is like a ticket, and the problems that may lie behind it, those of like tickets first."""

    problems: Sequence[Problem] = ()
    tickets: Sequence[SimilarTicket] = ()


def similar_tickets(session: Session, actor: Actor, case: TicketDetail) -> SimilarTickets:
    """What an actor may see that is like a live ticket; nothing while its suggestion is hidden."""
    if case.ticket.status not in LIVE:
        return SimilarTickets()
    said = next((one.body[:LONGEST] for one in case.messages if one.action == Action.REPORT), "")
    return _like(session, actor, case.ticket, said, case)


def similar_to_report(session: Session, actor: Actor, told: ReportInput) -> SimilarTickets:
    """What an actor may see that is like what they are about to report, in a service of theirs."""
    service = service_by_code(session, told.service)
    if service.id not in actor.services():
        return SimilarTickets()
    programme = programme_by_code(session, service, told.programme)
    suggestion = suggest(told.text, told.reporter, told.programme)
    ticket = Ticket(  # as it would be: nothing is kept
        number=0,
        reporter_id=0,
        due_at=clock.now(),
        service_id=service.id,
        programme_id=programme.id if programme else None,
        category=told.category,
        category_probabilities={one.category: one.confidence for one in suggestion.candidates},
    )
    return _like(session, actor, ticket, told.text[:LONGEST])


def _like(
    session: Session, actor: Actor, ticket: Ticket, said: str, case: TicketDetail | None = None
) -> SimilarTickets:
    leaves = likely_about(ticket)
    if not leaves:
        return SimilarTickets()
    rows = _likest(leaves, _newest(session, actor, ticket, [*leaves]))
    texts = _texts(session, [row.number for row, _ in rows])
    found = sorted(_ranked(said, rows, texts), key=lambda row: row.programme_id != ticket.programme_id)
    same = _same_reporter(session, case, found) if case else set()
    return SimilarTickets(
        problems=_problems(session, actor, ticket, leaves, found),
        tickets=[_told(row, ticket, texts.get(row.number, ""), same) for row in found],
    )


def likely_about(row: Any) -> Shares:
    """What a ticket is likely about, as far as staff may know by now."""
    is_hidden = row.suggestion_is_hidden and row.triaged_at is None
    return topic_vector(
        {} if is_hidden else row.category_probabilities, row.category, row.triaged_at is not None
    )


def _newest(session: Session, actor: Actor, ticket: Ticket, leaves: Sequence[str]) -> Sequence[Row[Any]]:
    """The newest few of each likely kind and of those that nobody could sort, as far as an actor may see."""
    query = _of_kinds(len(leaves), OF_A_KIND).where(col(Ticket.number) != ticket.number, visible_to(actor))
    named = {f"leaf{at}": leaf for at, leaf in enumerate(leaves)}
    since = clock.now() - SINCE
    return session.execute(query, {"service": ticket.service_id, "since": since, **named}).all()


@lru_cache
def _of_kinds(leaves: int, most: int) -> Select[Any]:
    """Asks for so many of each of so many kinds; made once, as making it takes longer than the answer."""
    named = [_of_kind(col(Ticket.category) == bindparam(f"leaf{at}"), most) for at in range(leaves)]
    kinds = union_all(*named, _of_kind(col(Ticket.category).is_(None), most))
    return select(*_COLUMNS).where(  # type: ignore[call-overload,no-any-return]
        col(Ticket.number).in_(kinds), col(Ticket.status) != Status.MERGED
    )


def _of_kind(is_of_kind: ColumnElement[bool], most: int) -> Select[Any]:
    since = col(Ticket.reported_at) > bindparam("since")
    kind = select(col(Ticket.number)).where(col(Ticket.service_id) == bindparam("service"), is_of_kind, since)
    newest = kind.order_by(col(Ticket.reported_at).desc(), col(Ticket.number).desc())
    return select(newest.limit(most).subquery())


def _likest(leaves: Shares, rows: Sequence[Row[Any]]) -> list[tuple[Row[Any], float]]:
    scored = [(row, topic_similarity(leaves, likely_about(row))) for row in rows]
    enough = [one for one in scored if one[1] >= LIKE_ENOUGH]
    return sorted(enough, key=lambda one: (-one[1], -one[0].number))[:READ]


def _texts(session: Session, numbers: Sequence[int]) -> dict[int, str]:
    """How the reports of these tickets begin."""
    query = select(col(Message.ticket_number), func.substr(col(Message.body), 1, LONGEST)).where(
        col(Message.ticket_number).in_(numbers),
        col(Message.action) == Action.REPORT,
        col(Message.author) == Author.REPORTER,
    )
    return {row[0]: row[1] for row in session.execute(query)} if numbers else {}


def _ranked(said: str, rows: list[tuple[Row[Any], float]], texts: Mapping[int, str]) -> list[Row[Any]]:
    """The few that are likest in matter and words together."""
    words = tfidf(said)
    score = {
        row.number: base + word_similarity(words, tfidf(texts.get(row.number, ""))) for row, base in rows
    }
    return sorted((row for row, _ in rows), key=lambda row: -score[row.number])[:MOST]


def _same_reporter(session: Session, case: TicketDetail, rows: Sequence[Row[Any]]) -> set[int]:
    """The ids of the reporters who are this ticket's, for whoever may merge; what was split stays apart."""
    if case.reporter is None or Action.MERGE not in case.allowed or not rows:
        return set()
    split = {
        one.details.get(way)
        for one in case.events
        if one.action == Action.SPLIT
        for way in ("into", "out_of")
    }
    rows = [row for row in rows if row.number not in split]
    query = select(Reporter).where(col(Reporter.id).in_([row.reporter_id for row in rows]))
    return {one.id for one in session.execute(query).scalars() if is_same_reporter(case.reporter, one)}


def _told(row: Row[Any], ticket: Ticket, words: str, same: set[int]) -> SimilarTicket:
    return SimilarTicket(
        number=row.number,
        category=row.category,
        status=row.status,
        reported_at=row.reported_at,
        problem_id=row.problem_id,
        words="" if row.review_requested_at else words,
        is_of_programme=ticket.programme_id in (None, row.programme_id),
        is_same_reporter=row.reporter_id in same,
    )


def _problems(
    session: Session, actor: Actor, ticket: Ticket, leaves: Shares, rows: Sequence[Row[Any]]
) -> list[Problem]:
    """Open problems of the programme that like tickets are linked to, or that are of a likely kind."""
    linked = [row.problem_id for row in rows if row.problem_id]
    query = select(Problem).where(
        col(Problem.programme_id) == ticket.programme_id,
        col(Problem.status) != ProblemStatus.CLOSED,
        or_(visible(actor), col(Problem.is_public)),
        or_(col(Problem.category).in_(leaves), col(Problem.id).in_(linked)),
    )
    found = session.execute(query.order_by(col(Problem.id).desc()).limit(READ)).scalars()
    return sorted(found, key=lambda one: (-linked.count(one.id), -leaves.get(one.category, 0.0)))[
        :MOST_PROBLEMS
    ]
