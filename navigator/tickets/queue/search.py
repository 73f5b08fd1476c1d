"""Full-text search of tickets (FTS5 or tsvector), after those named by reference, contact or practitioner."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    String,
    and_,
    bindparam,
    exists,
    false,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from navigator.catalogue.service import Service
from navigator.people.actor import Actor
from navigator.search_words import AskedWord, asked_words, matches
from navigator.tickets.held_send import has_left
from navigator.tickets.queue.held_rows import as_reader_knows
from navigator.tickets.queue.identifiers import (
    COLUMNS,
    MAX_RESULTS,
    find_by_practitioner,
    find_identified,
    has_identifier,
    identifiers,
    once_each,
)
from navigator.tickets.queue.views import NOW
from navigator.tickets.ticket import Audience, Message, Ticket
from navigator.tickets.visibility import ACTORS, may_read_notes, visible_to

MAX_WORDS = 8
SNIPPET_RADIUS = 90
"""Characters shown before and after the first match."""

_FULL_TEXT_QUERIES = {
    "sqlite": (
        "SELECT rowid AS id FROM message_words WHERE message_words MATCH :words ORDER BY id DESC LIMIT 200",
        "SELECT rowid AS id FROM message_words WHERE message_words MATCH :words ORDER BY id DESC LIMIT 2000",
    ),
    "postgresql": (
        "SELECT id FROM (SELECT id, words FROM message ORDER BY id DESC LIMIT 5000) AS newest"
        " WHERE words @@ CAST(:words AS tsquery) AND (SELECT count(*) FROM (SELECT 1 FROM"
        " (SELECT words FROM message ORDER BY id DESC LIMIT 500) AS last"
        " WHERE words @@ CAST(:words AS tsquery) LIMIT 5) AS few) = 5",
        "WITH found AS MATERIALIZED (SELECT id FROM message WHERE words @@ CAST(:words AS tsquery))"
        " SELECT id FROM found ORDER BY id DESC LIMIT 2000",
    ),
}
"""The ways to look, the quicker first; the last looks through the newest 2,000 messages with the words.

PostgreSQL's index gives all messages with a word before it can say which are the newest: where a word is
common, enough are among the newest of all. Where not even five of the newest 500 have it, as many would have
to be among ten times as many, and these are not looked through. Limits are literal: it plans badly for one
that it does not know. For a rare word it must be made to ask the index alone, or it may look through every
message there is.
"""
_Origin = aliased(Ticket)
_IS_OF_MERGED = exists().where(
    col(_Origin.number) == col(Message.origin_number), col(_Origin.merged_into).is_not(None)
)
IS_OF_ITS_REPORTER = or_(col(Message.origin_number) == col(Message.ticket_number), ~_IS_OF_MERGED)
"""That a message is of the ticket's own reporter, or to them, and not of whoever's was merged with it."""
_QUERY_SYNTAX = {"sqlite": ('"{}"*', " AND ", " OR "), "postgresql": ("'{}':*", " & ", " | ")}
"""How each engine writes a prefix search, that all are wanted, and that one is enough."""


@dataclass(frozen=True)
class SearchResult:
    """A ticket that was found, and its snippet: parts of a message, each with whether it matches.

    `ticket` has what a list shows of one, and the name of its service. `fields` say what it was found by:
    number, email, phone, support_code; of the practitioner `person`, practitioner, reported_by or named; none
    is for words that were said."""

    ticket: Row[Any]
    snippet: Sequence[tuple[str, bool]] = ()
    fields: tuple[str, ...] = ()
    person: str = ""


def search(session: Session, actor: Actor, search_text: str) -> list[SearchResult]:
    """The tickets that an actor may see and that match: by reference, contact, practitioner, then words."""
    named = identifiers(search_text)
    rows = find_identified(session, actor, named)
    by_person = find_by_practitioner(session, actor, search_text)
    ways = (_by_field(rows), _by_field(by_person), _by_text(session, actor, search_text))
    results: dict[int, SearchResult] = {}
    for result in chain(*ways):
        results.setdefault(result.ticket.number, result)
    known = as_reader_knows(session, actor, [result.ticket for result in results.values()])
    return [replace(result, ticket=row) for result, row in zip(results.values(), known, strict=True)]


def _by_field(rows: Sequence[Row[Any]]) -> list[SearchResult]:
    return [
        SearchResult(ticket, fields=fields, person=getattr(ticket, "person", ""))
        for ticket, fields in once_each(rows)
    ]


def matches_text(session: Session, actor: Actor, search_text: str) -> ColumnElement[bool]:
    """The condition that a ticket matches in what an actor may read of it."""
    with_text = (
        select(col(Message.ticket_number))
        .join(Ticket, col(Ticket.number) == col(Message.ticket_number))
        .where(_has_words(session, search_text), may_read(actor))
        .correlate(None)  # once for all tickets, not for each
    )
    return or_(has_identifier(actor, search_text), col(Ticket.number).in_(with_text))


def may_read(actor: Actor) -> ColumnElement[bool]:
    """That an actor who sees a ticket may read a message of it: of what can be taken back staff alone.

    A reporter reads nothing of whoever's ticket was merged with theirs."""
    is_practitioner = and_(col(Ticket.pwp_id) == (actor.user_id or 0), col(Ticket.practitioner_is_confirmed))
    is_of_theirs = or_(IS_OF_ITS_REPORTER, is_practitioner)
    has_reached_them = and_(col(Message.audience) == Audience.PUBLIC, has_left(NOW), is_of_theirs)
    return or_(has_reached_them, may_read_notes(actor))


def _by_text(session: Session, actor: Actor, search_text: str) -> list[SearchResult]:
    """Tickets with messages that have the words, each once, with the newest of these messages."""
    words = asked_words(search_text, MAX_WORDS)
    rows: Sequence[Row[Any]] = ()
    dialect = session.get_bind().dialect.name
    for sql in _FULL_TEXT_QUERIES[dialect] if words else ():
        rows = session.execute(_text_query(actor, sql), {"words": _full_text_query(dialect, words)}).all()
        if len(rows) == MAX_RESULTS:
            break
    results = dict[int, SearchResult]()
    for row in rows:
        if row.number not in results:
            results[row.number] = SearchResult(row, tuple(_highlight(row.body, words)))
    return list(results.values())


@lru_cache(maxsize=ACTORS)
def _text_query(actor: Actor, sql: str) -> Select[Any]:
    """The newest messages with the words: as many as are shown are looked at, where these are enough."""
    found = text(sql).bindparams(bindparam("words", type_=String())).columns(id=Integer).subquery()
    query = select(*COLUMNS, col(Message.body)).select_from(found)
    query = query.join(Message, col(Message.id) == found.c.id)
    query = query.join(Ticket, col(Ticket.number) == col(Message.ticket_number))
    query = query.join(Service, col(Service.id) == col(Ticket.service_id))
    query = query.where(visible_to(actor), may_read(actor)).order_by(found.c.id.desc())
    many: Any = literal_column(str(MAX_RESULTS))  # a parameter of its own would be written in at each look
    return query.limit(many)


def _has_words(session: Session, search_text: str) -> ColumnElement[bool]:
    """That a message is one of the newest that have all of the words."""
    words = asked_words(search_text, MAX_WORDS)
    dialect = session.get_bind().dialect.name
    return _by_ids(_FULL_TEXT_QUERIES[dialect][-1], _full_text_query(dialect, words)) if words else false()


def _full_text_query(dialect: str, words: Sequence[AskedWord]) -> str:
    return _QUERY_SYNTAX[dialect][1].join(_word_query(dialect, word) for word in words)


def _word_query(dialect: str, word: AskedWord) -> str:
    """What asks an engine for one word: of letters, digits and their marks, so there is nothing to escape."""
    prefix, both, either = _QUERY_SYNTAX[dialect]
    ways = [prefix.format(word.joined)]
    if word.parts:
        ways.append(f"({both.join(map(prefix.format, word.parts))})")
    return f"({either.join(ways)})"


def _by_ids(sql: str, full_text_query: str) -> ColumnElement[bool]:
    # Unique, so that one statement can look for other words beside these.
    words: Any = bindparam("words", full_text_query, unique=True)
    return col(Message.id).in_(text(sql).bindparams(words))


def _highlight(body: str, words: Sequence[AskedWord]) -> Iterator[tuple[str, bool]]:
    """The snippet of a text around its first match, cut where matches begin and end."""
    found = matches(body, words)
    first = next(found, None)
    middle = first[0] if first else 0
    start, end = max(0, middle - SNIPPET_RADIUS), middle + 2 * SNIPPET_RADIUS
    start = start and (body.find(" ", start, middle) + 1 or start)  # with a whole word, where there is one
    yield "… " if start else "", False
    for match_start, match_end in chain([first] if first else (), found):
        if match_end > end:
            break
        yield body[start:match_start], False
        yield body[match_start:match_end], True
        start = match_end
    yield body[start:end], False
