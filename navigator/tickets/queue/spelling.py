"""Spelling suggestions (“did you mean”): the nearest in spelling of the words that somebody may read."""

from collections import Counter

from rapidfuzz import fuzz, process
from sqlalchemy import literal
from sqlmodel import Session, col, select

from navigator.people.actor import Actor
from navigator.search_words import plain_words
from navigator.tickets.queue.search import MAX_WORDS, SearchResult, may_read, search
from navigator.tickets.ticket import Message, Ticket
from navigator.tickets.visibility import visible_to

MESSAGES_READ = 2_000
"""So many of the newest messages are read for their words: only when nothing was found as it was typed."""
MIN_LENGTH = 4
"""A shorter word has too many neighbours."""
MIN_SIMILARITY = 80
"""Percent of both words' letters that stand in both, in one order: one slip in five letters is forgiven, or
two in ten. With less, a word of four letters, which may lack one but have none wrong, could become any
other."""


def search_with_suggestion(
    session: Session, actor: Actor, search_text: str
) -> tuple[list[SearchResult], str]:
    """The search results as typed, else those of the spelling suggestion, and then that suggestion."""
    results = search(session, actor, search_text) if search_text.strip() else []
    respelling = "" if results else did_you_mean(session, actor, search_text)
    respelt_results = search(session, actor, respelling) if respelling else []
    return (respelt_results, respelling) if respelt_results else (results, "")


def did_you_mean(session: Session, actor: Actor, search_text: str) -> str:
    """The search text with each unknown word as it is spelt in what an actor may read; "" if none is."""
    words = [] if "@" in search_text else plain_words(search_text)[:MAX_WORDS]  # no address is like another
    if not any(map(_can_be_mistyped, words)):
        return ""
    known = _known_words(session, actor)
    corrected = [_closest(word, known) if _can_be_mistyped(word) else word for word in words]
    return " ".join(corrected) if corrected != words else ""


def _can_be_mistyped(word: str) -> bool:
    return len(word) >= MIN_LENGTH and not any(map(str.isdigit, word))


def _known_words(session: Session, actor: Actor) -> Counter[str]:
    """How often each word stands in the newest messages that an actor may read."""
    query = (
        select(Message.body)
        .join(Ticket, col(Ticket.number) == col(Message.ticket_number))
        .where(visible_to(actor), may_read(actor))
        .order_by(col(Message.id).desc())
        .limit(literal(MESSAGES_READ, literal_execute=True))
    )
    bodies = session.exec(query).all()
    # Those in ASCII together: they are quickly split.
    texts = ("\n".join(body for body in bodies if body.isascii() is plain) for plain in (True, False))
    words = Counter(word for text in texts for word in plain_words(text))
    return Counter({word: count for word, count in words.items() if len(word) >= MIN_LENGTH})


def _closest(word: str, known: Counter[str]) -> str:
    """The known word nearest to this one, of several the commonest; the word itself if one begins with it."""
    if any(candidate.startswith(word) for candidate in known):
        return word
    near = process.extract(word, known.keys(), scorer=fuzz.ratio, score_cutoff=MIN_SIMILARITY, limit=None)
    return max(near, key=lambda match: (match[1], known[match[0]]), default=(word,))[0]
