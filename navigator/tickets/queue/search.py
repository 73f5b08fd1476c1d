"""Finding tickets by a reference, a support code, or the beginnings of words that were said."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, bindparam, false, literal, or_, text, union_all
from sqlmodel import Session, col, select

from navigator.people.actor import Actor
from navigator.people.reporter import Reporter, number_of
from navigator.tickets.ticket import Audience, Message, Ticket
from navigator.tickets.visibility import knows_how_to_reach, reads_notes, visible_to

MOST = 50
MOST_WORDS = 8
AROUND = 90
"""Characters shown before and after the first word found."""

_BY_WORDS = {
    "sqlite": (
        "SELECT rowid FROM message_words WHERE message_words MATCH :words ORDER BY rowid DESC LIMIT 2000",
    ),
    "postgresql": (
        "SELECT id FROM (SELECT id, words FROM message ORDER BY id DESC LIMIT 5000) AS newest"
        " WHERE words @@ to_tsquery('simple', :words)",
        "SELECT id FROM message WHERE words @@ to_tsquery('simple', :words) ORDER BY id DESC LIMIT 2000",
    ),
}
"""The ways to look, the quicker first; the last looks through the newest 2,000 messages with the words.

PostgreSQL's index gives all messages with a word before it can say which are the newest: where a word is
common, enough are among the newest of all. Limits are literal: it plans badly for one that it does not know.
"""
_QUERY_SYNTAX = {"sqlite": ('"{}"*', " "), "postgresql": ("{}:*", " & ")}
"""How each engine is asked for a word by its beginning, and for all of several."""


@dataclass(frozen=True)
class SearchResult:
    """A ticket, and what was found in it: parts of what was said, each with whether it is a word sought."""

    ticket: Ticket
    said: Sequence[tuple[str, bool]] = ()


def search(session: Session, actor: Actor, sought: str) -> list[SearchResult]:
    """The tickets that an actor may see and that have what is sought, by reference first, then the newest."""
    named = select(Ticket).where(visible_to(actor), _named(actor, sought)).limit(MOST)
    exact = [SearchResult(ticket) for ticket in session.exec(named)]
    known = {found.ticket.number for found in exact}
    return exact + [found for found in _said(session, actor, sought) if found.ticket.number not in known]


def matches_text(session: Session, actor: Actor, sought: str) -> ColumnElement[bool]:
    """The condition that a ticket has what is sought in what an actor may read of it."""
    said = (
        select(Message.ticket_number)
        .join(Ticket, col(Ticket.number) == col(Message.ticket_number))
        .where(_text_conditions(session, sought)[-1], may_read(actor))
        .correlate(None)  # once for all tickets, not for each
    )
    return or_(_named(actor, sought), col(Ticket.number).in_(said))


def may_read(actor: Actor) -> ColumnElement[bool]:
    """That an actor who sees a ticket may read a message of it."""
    return or_(col(Message.audience) == Audience.PUBLIC, reads_notes(actor))


def _named(actor: Actor, sought: str) -> ColumnElement[bool]:
    """Tickets whose reference or support code this is."""
    of_code = (
        select(col(Ticket.number))
        .join(Reporter, col(Reporter.id) == col(Ticket.reporter_id))
        .where(
            Reporter.support_code == sought.strip(), Reporter.support_code != "", knows_how_to_reach(actor)
        )
        .correlate(None)
    )
    # As one list of numbers and not as "or", for which every ticket would be looked at.
    return col(Ticket.number).in_(union_all(select(literal(number_of(sought) or 0)), of_code))


def _said(session: Session, actor: Actor, sought: str) -> list[SearchResult]:
    """Tickets in which the words were said, each once, with the newest message that has them."""
    said: Sequence[tuple[Ticket, str]] = ()
    for way in _text_conditions(session, sought):
        query = (
            select(Ticket, Message.body)
            .join(Message, col(Message.ticket_number) == col(Ticket.number))
            .where(way, visible_to(actor), may_read(actor))
            .order_by(col(Message.id).desc())
            .limit(literal(MOST, literal_execute=True))
        )
        said = session.exec(query).all()
        if len(said) == MOST:
            break
    found: dict[int, SearchResult] = {}
    for ticket, body in said:
        found.setdefault(
            ticket.number, SearchResult(ticket, tuple(_highlight(body, words_of(sought)[:MOST_WORDS])))
        )
    return list(found.values())


def words_of(text: str) -> list[str]:
    """The words of a text as they are sought."""
    return re.findall(r"[^\W_]+", text.lower())


def _text_conditions(session: Session, sought: str) -> list[ColumnElement[bool]]:
    """That a message is one of the newest in which all of the words were said, the quicker way first."""
    words = words_of(sought)[:MOST_WORDS]
    if not words:
        return [false()]
    dialect = session.get_bind().dialect.name
    begin, between = _QUERY_SYNTAX[dialect]
    asked = between.join(begin.format(word) for word in words)
    return [_by_ids(way, asked) for way in _BY_WORDS[dialect]]


def _by_ids(way: str, asked: str) -> ColumnElement[bool]:
    # Unique, so that one statement can look for other words beside these.
    words: Any = bindparam("words", asked, unique=True)
    return col(Message.id).in_(text(way).bindparams(words))


def _highlight(body: str, words: Sequence[str]) -> Any:
    """The part of a text around the first word sought, cut where words sought begin and end."""
    pattern = re.compile(r"\b(?:" + "|".join(map(re.escape, words)) + r")\w*", re.I)
    first = pattern.search(body)
    at = first.start() if first else 0
    shown = ("… " if at > AROUND else "") + body[max(0, at - AROUND) : at + 2 * AROUND]
    end = 0
    for match in pattern.finditer(shown):
        yield shown[end : match.start()], False
        yield match.group(), True
        end = match.end()
    yield shown[end:], False
