"""Spelling suggestions (“did you mean”): the nearest in spelling of the words that somebody may read."""

from collections import Counter

from rapidfuzz import fuzz, process
from sqlalchemy import literal
from sqlmodel import Session, col, select

from navigator.people.actor import Actor
from navigator.tickets.queue.search import MOST_WORDS, SearchResult, may_read, search, words_of
from navigator.tickets.ticket import Message, Ticket
from navigator.tickets.visibility import visible_to

MESSAGES_READ = 2_000
"""So many of the newest messages are read for their words: only when nothing was found as it was typed."""
SHORTEST = 4
"""A shorter word has too many neighbours."""
LIKENESS = 80
"""Percent of both words' letters that stand in both, in one order: one slip in five letters is forgiven, or
two in ten. With less, a word of four letters, which may lack one but have none wrong, could become any
other."""


def search_with_suggestion(session: Session, actor: Actor, sought: str) -> tuple[list[SearchResult], str]:
    """What is found as it was typed, else as it may have been meant, and then how that is spelt."""
    results = search(session, actor, sought) if sought.strip() else []
    respelling = "" if results else did_you_mean(session, actor, sought)
    meant = search(session, actor, respelling) if respelling else []
    return (meant, respelling) if meant else (results, "")


def did_you_mean(session: Session, actor: Actor, sought: str) -> str:
    """What is sought, each unknown word put as it is spelt in what an actor may read; "" if none is."""
    words = words_of(sought)[:MOST_WORDS]
    if not any(map(_can_be_mistyped, words)):
        return ""
    known = _known(session, actor)
    corrected = [_closest(word, known) if _can_be_mistyped(word) else word for word in words]
    return " ".join(corrected) if corrected != words else ""


def _can_be_mistyped(word: str) -> bool:
    return len(word) >= SHORTEST and word.isalpha()


def _known(session: Session, actor: Actor) -> Counter[str]:
    """How often each word was said in the newest messages that an actor may read."""
    query = (
        select(Message.body)
        .join(Ticket, col(Ticket.number) == col(Message.ticket_number))
        .where(visible_to(actor), may_read(actor))
        .order_by(col(Message.id).desc())
        .limit(literal(MESSAGES_READ, literal_execute=True))
    )
    return Counter(word for body in session.exec(query) for word in words_of(body) if len(word) >= SHORTEST)


def _closest(word: str, known: Counter[str]) -> str:
    """The known word nearest to this one, of several the commonest; the word itself if one begins with it."""
    if any(candidate.startswith(word) for candidate in known):
        return word
    near = process.extract(word, known.keys(), scorer=fuzz.ratio, score_cutoff=LIKENESS, limit=None)
    return max(near, key=lambda match: (match[1], known[match[0]]), default=(word,))[0]
