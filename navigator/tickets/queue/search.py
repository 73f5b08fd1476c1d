"""Full-text search of tickets (FTS5 or tsvector), and by reference, support code or contact details."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, bindparam, false, func, literal, or_, text, union_all
from sqlmodel import Session, col, select

from navigator.people.actor import Actor
from navigator.people.reporter import Reporter, number_of
from navigator.phone_numbers import normalised
from navigator.search_words import AskedWord, asked_words, matches
from navigator.tickets.ticket import Audience, Message, Ticket
from navigator.tickets.visibility import may_read_notes, may_see_reporter, visible_to

MAX_RESULTS = 50
MAX_WORDS = 8
SNIPPET_RADIUS = 90
"""Characters shown before and after the first match."""

_FULL_TEXT_QUERIES = {
    "sqlite": (
        "SELECT rowid FROM message_words WHERE message_words MATCH :words ORDER BY rowid DESC LIMIT 2000",
    ),
    "postgresql": (
        "SELECT id FROM (SELECT id, words FROM message ORDER BY id DESC LIMIT 5000) AS newest"
        " WHERE words @@ CAST(:words AS tsquery)",
        "SELECT id FROM message WHERE words @@ CAST(:words AS tsquery) ORDER BY id DESC LIMIT 2000",
    ),
}
"""The ways to look, the quicker first; the last looks through the newest 2,000 messages with the words.

PostgreSQL's index gives all messages with a word before it can say which are the newest: where a word is
common, enough are among the newest of all. Limits are literal: it plans badly for one that it does not know.
"""
_QUERY_SYNTAX = {"sqlite": ('"{}"*', " AND ", " OR "), "postgresql": ("'{}':*", " & ", " | ")}
"""How each engine writes a prefix search, that all are wanted, and that one is enough."""


@dataclass(frozen=True)
class SearchResult:
    """A ticket that was found, and its snippet: parts of a message, each with whether it matches."""

    ticket: Ticket
    snippet: Sequence[tuple[str, bool]] = ()


def search(session: Session, actor: Actor, search_text: str) -> list[SearchResult]:
    """The tickets that an actor may see and that match, by reference first, then the newest."""
    query = select(Ticket).where(visible_to(actor), _by_reference(actor, search_text)).limit(MAX_RESULTS)
    exact = [SearchResult(ticket) for ticket in session.exec(query)]
    numbers = {result.ticket.number for result in exact}
    return exact + [
        result for result in _by_text(session, actor, search_text) if result.ticket.number not in numbers
    ]


def matches_text(session: Session, actor: Actor, search_text: str) -> ColumnElement[bool]:
    """The condition that a ticket matches in what an actor may read of it."""
    with_text = (
        select(Message.ticket_number)
        .join(Ticket, col(Ticket.number) == col(Message.ticket_number))
        .where(_text_conditions(session, search_text)[-1], may_read(actor))
        .correlate(None)  # once for all tickets, not for each
    )
    return or_(_by_reference(actor, search_text), col(Ticket.number).in_(with_text))


def may_read(actor: Actor) -> ColumnElement[bool]:
    """That an actor who sees a ticket may read a message of it."""
    return or_(col(Message.audience) == Audience.PUBLIC, may_read_notes(actor))


def _by_reference(actor: Actor, search_text: str) -> ColumnElement[bool]:
    """Tickets whose reference this is, or whose reporter gave this code, address or phone number."""
    typed = search_text.strip()
    claims = [col(Reporter.support_code) == typed]
    if "@" in typed:
        claims.append(func.lower(col(Reporter.email)) == typed.lower())
    elif phone := normalised(typed):
        claims.append(col(Reporter.phone) == phone)
    of_code = (
        select(col(Ticket.number))
        .join(Reporter, col(Reporter.id) == col(Ticket.reporter_id))
        .where(or_(*claims) if typed else false(), may_see_reporter(actor))
        .correlate(None)
    )
    # As one list of numbers and not as "or", for which every ticket would be looked at.
    return col(Ticket.number).in_(union_all(select(literal(number_of(search_text) or 0)), of_code))


def _by_text(session: Session, actor: Actor, search_text: str) -> list[SearchResult]:
    """Tickets with messages that have the words, each once, with the newest of these messages."""
    rows: Sequence[tuple[Ticket, str]] = ()
    for condition in _text_conditions(session, search_text):
        query = (
            select(Ticket, Message.body)
            .join(Message, col(Message.ticket_number) == col(Ticket.number))
            .where(condition, visible_to(actor), may_read(actor))
            .order_by(col(Message.id).desc())
            .limit(literal(MAX_RESULTS, literal_execute=True))
        )
        rows = session.exec(query).all()
        if len(rows) == MAX_RESULTS:
            break
    words, results = asked_words(search_text, MAX_WORDS), dict[int, SearchResult]()
    for ticket, body in rows:
        if ticket.number not in results:
            results[ticket.number] = SearchResult(ticket, tuple(_highlight(body, words)))
    return list(results.values())


def _text_conditions(session: Session, search_text: str) -> list[ColumnElement[bool]]:
    """That a message is one of the newest that have all of the words, the quicker way first."""
    words = asked_words(search_text, MAX_WORDS)
    if not words:
        return [false()]
    dialect = session.get_bind().dialect.name
    full_text_query = _QUERY_SYNTAX[dialect][1].join(_word_query(dialect, word) for word in words)
    return [_by_ids(sql, full_text_query) for sql in _FULL_TEXT_QUERIES[dialect]]


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
    found = list(matches(body, words))
    middle = found[0][0] if found else 0
    start, end = max(0, middle - SNIPPET_RADIUS), middle + 2 * SNIPPET_RADIUS
    yield "… " if start else "", False
    for match_start, match_end in found:
        if match_end > end:
            break
        yield body[start:match_start], False
        yield body[match_start:match_end], True
        start = match_end
    yield body[start:end], False
