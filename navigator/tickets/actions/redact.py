"""Redaction: words that a reporter wrote are removed for good, wherever the desk keeps them.

That a clinician must read a ticket, and what the safety screen noticed, stays as it is.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import column, table
from sqlmodel import Session, col, func, or_, select

from navigator import clock, database
from navigator.errors import Conflict, Forbidden, Invalid, NotFound
from navigator.people.actor import Actor
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.redacted_places import (
    Removal,
    redact_message,
    redact_places,
    words_of,
)
from navigator.tickets.actions.send_checks import nhs_numbers, passwords
from navigator.tickets.inputs import RedactInput
from navigator.tickets.lifecycle import act, record
from navigator.tickets.redaction import REMOVED, Redaction, RedactionReason
from navigator.tickets.ticket import Audience, Author, Message, Ticket
from navigator.tickets.training_examples import remember_sorting
from navigator.tickets.visibility import find, joined_tickets, lock_tickets
from navigator.triage.forget_texts import forget_texts
from navigator.triage.safety_screen import screen


@dataclass(frozen=True)
class FoundSecret:
    """What is likely not meant to be kept: the message, the words, and why."""

    message: Message
    words: str
    reason: RedactionReason


@dataclass(frozen=True)
class RedactionPreview:
    """A message as it would be, and how many other messages have the words too."""

    message: Message
    text: str
    others: int


def redact(session: Session, actor: Actor, number: int, redact_input: RedactInput) -> Ticket:
    """Remove words of a reporter's message for good, and record that, but not which."""
    if actor.user_id is None:
        raise Forbidden("Words are removed by a person who has looked at them.")
    find(session, actor, number)
    related = _lock_related(session, actor, number)
    message, removal = _find_words(session, number, redact_input)
    facts = _facts(message, removal, redact_input.reason)
    ticket = act(session, actor, Action.REDACT, number, redact_input.version, **facts)
    places = 0
    for other in related:
        changed = _redact_ticket(session, other, removal)
        if changed and other != number:
            record(session, actor, Action.REDACT, find(session, actor, other), **facts)
        places += changed
    session.add(
        Redaction(
            ticket_number=number,
            message_id=message.id,
            user_id=actor.user_id,
            created_at=clock.now(),
            characters=facts["characters"],
            places=places,
            reason=redact_input.reason,
        )
    )
    forget_texts()
    return ticket


def redaction_preview(
    session: Session, actor: Actor, number: int, redact_input: RedactInput
) -> RedactionPreview:
    """What would be removed; refused as the removal itself would be."""
    find(session, actor, number)
    message, removal = _find_words(session, number, redact_input)
    others = [
        one.id
        for one in _messages(session, sorted(related_tickets(session, number)))
        if one.id != message.id and removal.pattern.search(one.body)
    ]
    return RedactionPreview(message, removal.without(message.body), len(others))


def redactable(session: Session, number: int) -> Sequence[Message]:
    """What reporters wrote on a ticket, oldest first."""
    query = select(Message).where(
        Message.ticket_number == number,
        Message.author == Author.REPORTER,
        Message.audience == Audience.PUBLIC,
        Message.body != "",
    )
    return session.exec(query.order_by(col(Message.id))).all()


def found_secrets(messages: Sequence[Message]) -> list[FoundSecret]:
    """NHS numbers and passwords that reporters seem to have written."""
    return [*_secrets(messages)]


def _secrets(messages: Sequence[Message]) -> Iterator[FoundSecret]:
    for message in messages:
        for words in dict.fromkeys(nhs_numbers(message.body)):
            yield FoundSecret(message, words, RedactionReason.NHS_NUMBER)
        for words in dict.fromkeys(passwords(message.body)):
            yield FoundSecret(message, words, RedactionReason.PASSWORD)


def _find_words(session: Session, number: int, redact_input: RedactInput) -> tuple[Message, Removal]:
    """The message and what finds the words in it; refused where they are not there, or must be read."""
    found = [one for one in redactable(session, number) if one.id == redact_input.message]
    if not found:
        raise NotFound("We cannot find that message.")
    pattern = pattern_of(redact_input.words)
    if pattern is None or not pattern.search(found[0].body):
        words = "These words are not in that message. Copy whole words, as they stand there."
        raise Invalid("There is a problem", {"words": words})
    related = _messages(session, sorted(related_tickets(session, number)))
    if any(_hides_risk(pattern, one.body) for one in related):
        words = "These words may speak of risk, so a clinician must be able to read them. Choose fewer words."
        raise Invalid("There is a problem", {"words": words})
    removed = " ".join(match.group() for match in pattern.finditer(found[0].body))
    return found[0], Removal(pattern, words_of(removed))


def _hides_risk(pattern: re.Pattern[str], body: str) -> bool:
    """Whether the safety screen would notice less in a text without the words."""
    left = pattern.sub(REMOVED, body)
    return left != body and bool(set(screen(body).why) - set(screen(left).why))


_OF_PASSWORDS = re.compile(r"[\d@#$%&*_+=]")
_SHORTEST_PASSWORD = 4


def pattern_of(words: str) -> re.Pattern[str] | None:
    """What finds words wherever they are written: in any case, with any space; digits with none, too."""
    parts = words.replace(REMOVED, " ").split()
    text = "".join(parts)
    if len(text) < 2:
        return None
    if re.fullmatch(r"[\d\s-]+", words):
        body = r"[\s-]*".join(re.findall(r"\d", words))
    elif len(parts) == 1 and (stem := _password_in_sentence(text)):
        body = f"{re.escape(stem)}(?:{re.escape(text.removeprefix(stem))}|(?!\\w))"
    else:
        body = r"\s+".join(map(re.escape, parts))
    starts, ends = (r"(?<!\w)" if text[0].isalnum() else ""), (r"(?!\w)" if text[-1].isalnum() else "")
    return re.compile(f"{starts}{body}{ends}", re.IGNORECASE)


def _password_in_sentence(text: str) -> str:
    """A password that ends in what may end its sentence, without that: nobody can tell, so both go."""
    stem = text.rstrip("!?")
    is_one = stem != text and len(stem) >= _SHORTEST_PASSWORD and _OF_PASSWORDS.search(stem)
    return stem if is_one else ""


def _facts(message: Message, removal: Removal, reason: RedactionReason) -> dict[str, Any]:
    characters = sum(len(match.group()) for match in removal.pattern.finditer(message.body))
    return {"message": message.id, "characters": characters, "reason": reason}


def _lock_related(session: Session, actor: Actor, number: int) -> list[int]:
    """Those tickets, locked; refused where one was merged or split meanwhile: words may be there, too."""
    related = related_tickets(session, number)
    lock_tickets(session, actor, related)
    if related_tickets(session, number) != related:
        raise Conflict(
            "Somebody has just merged or split this ticket. Nothing was removed. Look at it again."
        )
    return sorted(related)


def related_tickets(session: Session, number: int) -> set[int]:
    """The tickets on which words of one may stand: merged with it, or split from it, and so on."""
    found: set[int] = set()
    frontier = {number}
    while frontier:
        found |= frontier
        joined = {other for one in frontier for other in joined_tickets(session, one)}
        is_of = or_(col(Message.ticket_number).in_(joined), col(Message.origin_number).in_(joined))
        rows = session.exec(select(Message.ticket_number, Message.origin_number).where(is_of).distinct())
        frontier = ({one for row in rows for one in row} | joined) - found
    return found


def _messages(session: Session, numbers: Sequence[int]) -> Sequence[Message]:
    return session.exec(select(Message).where(col(Message.ticket_number).in_(numbers))).all()


def _redact_ticket(session: Session, number: int, removal: Removal) -> int:
    """Remove the words from all that is kept of a ticket; in how many places they stood."""
    messages = [one for one in _messages(session, [number]) if removal.pattern.search(one.body)]
    origins = {message.origin_number for message in messages if message.action == Action.REPORT}
    for message in messages:
        redact_message(session, message, removal)
    places = redact_places(session, session.get_one(Ticket, number), removal)
    for origin in origins:
        remember_sorting(session, origin)
    return len(messages) + places


class _Known:
    """The newest removals of words that this process knows of."""

    ids: tuple[int | None, ...] = ()


# Records are above: of what they removed, only the newest is asked for here.
_ERASED = [table(name, column("id")) for name in ("erasure", "retentionrun")]
_NEWEST = select(func.max(Redaction.id), *(select(func.max(each.c.id)).scalar_subquery() for each in _ERASED))


def refresh() -> None:
    """Forget what this process read lately, if words were removed since, perhaps by another process."""
    with database.reading() as session:
        newest = tuple(session.execute(_NEWEST).one())
    if newest != _Known.ids:
        _Known.ids = newest
        forget_texts()
