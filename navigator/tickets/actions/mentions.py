"""Mentions: a colleague who is named with an @ in a note is told on their Today and by email."""

import re
from collections.abc import Iterator, Sequence

from sqlmodel import Session

from navigator.errors import Invalid
from navigator.people.actor import Actor
from navigator.tickets.notice import NoticeKind
from navigator.tickets.notices import note_readers, notify_by_email, staff_of
from navigator.tickets.ticket import Ticket

_MENTION = re.compile(r"(?<![\w@.])@(?=[^\W\d_])")
"""An @ before a name: none within an email address or before a time of day."""

MOST = 20
MAX_NAME_LENGTH = 250
"""Longer than any name."""

_WORD = re.compile(r"[^\W\d_][\w’'-]*")


def mentioned_in(session: Session, ticket: Ticket, text: str) -> Sequence[Actor]:
    """Whom a note names, each once; refused, in words, where it is not clear who that is."""
    places = [match.end() for match in _MENTION.finditer(text)]
    if not places:
        return ()
    if len(places) > MOST:
        raise _refused(f"Name no more than {MOST} people in one note.")
    names = _Names(note_readers(session, ticket), staff_of(session, ticket.service_id))
    people = [names.named(text[place : place + MAX_NAME_LENGTH]) for place in places]
    return [*{person.user_id: person for person in people}.values()]


def tell_mentioned(session: Session, actor: Actor, ticket: Ticket, people: Sequence[Actor]) -> None:
    """Tell those whom a note names."""
    for person in people:
        notify_by_email(session, actor, ticket, person.user_id or 0, NoticeKind.MENTIONED)


def mentionable_names(session: Session, ticket: Ticket) -> list[str]:
    """The names that can be written after an @ in a note on a ticket."""
    return [reader.name for reader in note_readers(session, ticket)]


class _Names:
    """The people of a ticket's service by what they are called: those who read its notes, and all of them."""

    def __init__(self, readers: Sequence[Actor], staff: Sequence[Actor]) -> None:
        self.readers, self.staff = readers, staff

    def named(self, text: str) -> Actor:
        """The one who is named at the beginning of a text: by the whole name, or by a first name alone."""
        readers = _called(text, self.readers)
        if len(readers) == 1:
            return readers[0]
        if readers:
            raise _refused(f"“{_first_word(text)}” may be {_either(readers)}. Write the whole name.")
        if others := _called(text, self.staff):
            raise _refused(f"{others[0].name} may not read notes on this ticket, so nobody was told.")
        name = _first_word(text)
        raise _refused(f"Nobody here is called “{name}”. Write a colleague’s name, or leave out the @.")


def _called(text: str, people: Sequence[Actor]) -> Sequence[Actor]:
    """Those of the longest whole name that a text begins with, else those of that first name."""
    people = [person for person in people if person.name.strip()]
    whole = [person for person in people if _begins_with(text, person.name)]
    if whole:
        longest = max(len(person.name) for person in whole)
        return [person for person in whole if len(person.name) == longest]
    return [person for person in people if _begins_with(text, person.name.split()[0])]


def _begins_with(text: str, name: str) -> bool:
    pattern = r"\s+".join(re.escape(word) for word in name.split())
    return re.match(rf"{pattern}(?!-?\w)", text, re.IGNORECASE) is not None


def _first_word(text: str) -> str:
    return next(iter(_WORD.findall(text[:60])), "")


def _either(people: Sequence[Actor]) -> str:
    names = list(_distinct(people))
    if len(names) == 1:
        return f"one of {len(people)} people called {names[0]}"
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _distinct(people: Sequence[Actor]) -> Iterator[str]:
    yield from dict.fromkeys(person.name for person in people)


def _refused(words: str) -> Invalid:
    return Invalid("There is a problem", {"body": words})
