"""The newest reports of a service, compared by what they are about and by their words.

However many tickets there are, a fixed number of the newest is read, by an index.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, and_, bindparam, cast, func, select, union_all
from sqlmodel import Session, col

from navigator.database import ask
from navigator.people.reporter import Reporter
from navigator.problems.likely_problems import ScoredReports
from navigator.tickets.action_rules import Action
from navigator.tickets.ticket import Author, Message, Status, Ticket
from navigator.triage.similarity import TopicVector, tfidf, topic_similarity, topic_vector, word_similarity

LOOK_BACK = timedelta(days=180)
PER_CATEGORY = 50
MAX_COMPARED = 40
MAX_TEXT_LENGTH = 600
MIN_SIMILARITY = 0.3

TOPIC_COLUMNS = (
    cast(Ticket.category_probabilities, String).label("likely"),
    Ticket.category, col(Ticket.triaged_at).is_not(None).label("is_triaged"), Ticket.suggestion_is_hidden,
)  # fmt: skip

_COLUMNS = (
    *TOPIC_COLUMNS, Ticket.number, Ticket.programme_id, Ticket.status, Ticket.reported_at,
    Ticket.problem_id, col(Ticket.review_requested_at).is_not(None).label("had_review"),
)  # fmt: skip

# Built once: that takes longer than to ask it.
_TOLD = (
    select(
        col(Ticket.number), func.substr(col(Message.body), 1, MAX_TEXT_LENGTH).label("text"),
        col(Reporter.user_id), col(Reporter.email), col(Reporter.phone), col(Reporter.support_code),
    )
    .join(Reporter, col(Reporter.id) == col(Ticket.reporter_id))
    .outerjoin(
        Message,
        and_(
            col(Message.ticket_number) == col(Ticket.number),
            col(Message.action) == Action.REPORT,
            col(Message.author) == Author.REPORTER,
        ),
    )
    .where(col(Ticket.number).in_(bindparam("numbers", expanding=True)))
)  # fmt: skip


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


def newest_reports(
    session: Session,
    service_id: int,
    categories: Sequence[str],
    until: datetime,
    *conditions: ColumnElement[bool],
) -> Sequence[Row[Any]]:
    """The newest tickets of a service at a moment, in each category and in none, under conditions."""
    query = candidates_query(len(categories), PER_CATEGORY).where(*conditions)
    return ask(session, query, **parameters_of(service_id, categories, until)).all()


def parameters_of(service_id: int, categories: Sequence[str], until: datetime) -> dict[str, Any]:
    """What `candidates_query` is asked with."""
    names = {f"category{index}": category for index, category in enumerate(categories)}
    return {"service": service_id, "since": until - LOOK_BACK, "until": until, **names}


@lru_cache
def candidates_query(count: int, limit: int) -> Select[Any]:
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
) -> tuple[ScoredReports, Mapping[int, Row[Any]]]:
    """The reports that are about the same, each with how alike it is in topic and words.

    And by their numbers what was told: the beginning of the `text`, and by what its reporter is known."""
    similar = _most_similar(topics, rows)
    told = _told(session, [row.number for row, _ in similar])
    words, *others = tfidf(text, *(told[row.number].text or "" for row, _ in similar))
    alike = (base + word_similarity(words, other) for (_, base), other in zip(similar, others, strict=True))
    return list(zip((row for row, _ in similar), alike, strict=True)), told


def _most_similar(topics: TopicVector, rows: Sequence[Row[Any]]) -> list[tuple[Row[Any], float]]:
    vectors = [topics_of(row) for row in rows]
    distinct = {id(vector): vector for vector in vectors}  # of many it is the very same
    likeness = {key: topic_similarity(topics, vector) for key, vector in distinct.items()}
    scored = [(row, likeness[id(vector)]) for row, vector in zip(rows, vectors, strict=True)]
    similar = [pair for pair in scored if pair[1] >= MIN_SIMILARITY]
    return sorted(similar, key=lambda pair: (-pair[1], -pair[0].number))[:MAX_COMPARED]


def _told(session: Session, numbers: Sequence[int]) -> dict[int, Row[Any]]:
    """The beginning of the report's text and the reporter's claims, by ticket number."""
    rows = ask(session, _TOLD, numbers=numbers).all() if numbers else ()
    return {row.number: row for row in rows}
