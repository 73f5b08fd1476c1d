"""What the pages of deeds offer to choose from."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlmodel import Session

from navigator.catalogue.categories import Fixability
from navigator.people.person import Role
from navigator.problems.linking import fitting
from navigator.tickets.dossier import Dossier, colleagues
from navigator.tickets.snoozing import offered
from navigator.tickets.splitting import splittable
from navigator.tickets.terms import Came, PartOfDay, Resolution, Responsibility, Side
from web.phrases import words

SAFELY = "Leave one only if they said that this is safe."


def _people(role: Role) -> Callable[[Session, Dossier], list[tuple[Any, str]]]:
    def offer(session: Session, case: Dossier) -> list[tuple[Any, str]]:
        found = colleagues(session, case.service.id, role)
        return [(one.id, one.name + (" (away)" if one.is_away else "")) for one in found]

    return offer


def _problems(session: Session, case: Dossier) -> list[tuple[Any, str]]:
    return [(one.id, f"{one.title} ({words(one.status)})") for one in fitting(session, case.ticket)]


CAME = {
    Came.SPOKE: "We spoke",
    Came.NOT_FREE: "They could not talk then",
    Came.NO_ANSWER: "No answer",
    Came.LEFT_MESSAGE: "I left a message",
    Came.WRONG_NUMBER: "Wrong number",
}
FOR = {
    Responsibility.ACCESS: "Access: getting in",
    Responsibility.TECHNOLOGY: "Technology: putting a problem right",
    Responsibility.ENGAGEMENT: "Engagement: using the programme",
    Responsibility.FEEDBACK: "Feedback: what they think of it",
}
_OF_A_CALL: Mapping[str, Sequence[Any]] = {
    "came": [(one, said, SAFELY if one is Came.LEFT_MESSAGE else "") for one, said in CAME.items()],
    "responsibility": [*FOR.items()],
    "started_by": [(Side.US, "We did"), (Side.THEM, "They did")],
    "next_part": [(one, one.capitalize()) for one in PartOfDay],
}

CHOICES: Mapping[str, Callable[[Session, Dossier], Sequence[Any] | Mapping[str, Sequence[Any]]]] = {
    "calls": lambda *_: _OF_A_CALL,
    "assignment": _people(Role.NAVIGATOR),
    "practitioner": _people(Role.PWP),
    "problem": _problems,
    "snooze": lambda session, case: offered(session, case.ticket),
    "split": lambda session, case: splittable(session, case.ticket.number),
    "resolution": lambda *_: [(one, words(one).capitalize()) for one in Resolution],
    "triage": lambda *_: [(one, one.capitalize()) for one in Fixability],
}
"""By the name of a deed; its page knows what they are."""
