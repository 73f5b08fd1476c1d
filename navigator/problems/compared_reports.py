"""The newest reports of a service, compared by what they are about and by their words.

However many tickets there are, a fixed number of the newest is read, by an index.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    select,
    union_all,
)
from sqlmodel import Session, col

from navigator.database import ask
from navigator.people.reporter import Reporter, ReporterKind
from navigator.problems.likely_problems import ScoredReports
from navigator.tickets.action_rules import Action
from navigator.tickets.ticket import Author, Message, Status, Ticket
from navigator.triage.similarity import TopicVector, tfidf, topic_similarity, topic_vector, word_similarity

LOOK_BACK = timedelta(days=180)
PER_CATEGORY = 50
MAX_COMPARED = 40
_PLACES = range(MAX_COMPARED)
MAX_TEXT_LENGTH = 600
MIN_SIMILARITY = 0.3

TOPIC_COLUMNS = (
    cast(Ticket.category_probabilities, String).label("likely"),
    Ticket.category, col(Ticket.triaged_at).is_not(None).label("is_triaged"), Ticket.suggestion_is_hidden,
)  # fmt: skip

_IS_OF_PRACTITIONER = col(Reporter.kind) == ReporterKind.PWP  # what is given is hers, of whomever it is
PERSON = case(
    (and_(~_IS_OF_PRACTITIONER, col(Reporter.email) != ""), func.lower(col(Reporter.email))),
    (and_(~_IS_OF_PRACTITIONER, col(Reporter.phone) != ""), col(Reporter.phone)),
    (col(Reporter.support_code) != "", func.lower(col(Reporter.support_code))),
    (
        and_(_IS_OF_PRACTITIONER, col(Reporter.known_as) != ""),
        func.lower(col(Reporter.email) + " " + col(Reporter.known_as)),
    ),
    (col(Reporter.email) != "", func.lower(col(Reporter.email))),
    else_=cast(col(Ticket.number), String),
).label("person")
"""Whom a report is of, as far as it says: of a practitioner’s, which patient. Else each is somebody else."""

# Built once: that takes longer than to ask it.
_SHOWN: Any = (
    select(  # type: ignore[call-overload]
        col(Ticket.number), Ticket.category, Ticket.programme_id, Ticket.status, Ticket.reported_at,
        Ticket.problem_id, col(Ticket.triaged_at).is_not(None).label("is_triaged"),
        col(Ticket.review_requested_at).is_not(None).label("had_review"),
        func.substr(col(Message.body), 1, MAX_TEXT_LENGTH).label("text"),
        col(Reporter.user_id), col(Reporter.email), col(Reporter.phone), col(Reporter.support_code),
    )
    .select_from(Ticket)
    .join(Reporter, col(Reporter.id) == col(Ticket.reporter_id))
    .outerjoin(
        Message,
        and_(
            col(Message.ticket_number) == col(Ticket.number),
            col(Message.action) == Action.REPORT,
            col(Message.author) == Author.REPORTER,
        ),
    )
    # Each a parameter of its own: a list is written anew each time that a statement runs.
    .where(col(Ticket.number).in_([bindparam(f"number{place}", type_=Integer()) for place in _PLACES]))
)  # fmt: skip
"""What is shown of the few that are about the same, the beginning of their text, and whom they may be of."""


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
    return select(*TOPIC_COLUMNS, Ticket.number).where(  # type: ignore[call-overload,no-any-return]
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
) -> ScoredReports:
    """The reports that are about the same, with what is shown of them and how alike they are."""
    similar = _most_similar(topics, rows)
    shown = _shown(session, [number for number, _ in similar])
    similar = [pair for pair in similar if pair[0] in shown]  # one may be deleted between two statements
    words, *others = tfidf(text, *(shown[number].text or "" for number, _ in similar))
    alike = (base + word_similarity(words, other) for (_, base), other in zip(similar, others, strict=True))
    return list(zip((shown[number] for number, _ in similar), alike, strict=True))


def _most_similar(topics: TopicVector, rows: Sequence[Row[Any]]) -> list[tuple[int, float]]:
    """The numbers of those that are most about the same, and how much they are."""
    vectors = {row[-1]: _topics(*row[:-1]) for row in rows}
    distinct = {id(vector): vector for vector in vectors.values()}  # of many it is the very same
    likeness = {key: topic_similarity(topics, vector) for key, vector in distinct.items()}
    scored = ((number, likeness[id(vector)]) for number, vector in vectors.items())
    similar = [pair for pair in scored if pair[1] >= MIN_SIMILARITY]
    return sorted(similar, key=lambda pair: (-pair[1], -pair[0]))[:MAX_COMPARED]


def _shown(session: Session, numbers: Sequence[int]) -> dict[int, Row[Any]]:
    filled = [*numbers, *(0 for _ in _PLACES[len(numbers) :])]  # with no ticket’s number
    asked = {f"number{place}": number for place, number in zip(_PLACES, filled, strict=True)}
    rows = ask(session, _SHOWN, **asked).all() if numbers else ()
    return {row.number: row for row in rows}


def close_together(rows: Sequence[Row[Any]], within: timedelta, people: int) -> list[int]:
    """The numbers of the reports, oldest first, that came so close together with those of so many people."""
    windows = (
        [row for row in rows[n:] if row.reported_at - rows[n].reported_at <= within] for n in range(len(rows))
    )
    of_several = [window for window in windows if len({row.person for row in window}) >= people]
    return sorted({row.number for window in of_several for row in window})
