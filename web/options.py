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
from navigator.tickets.ticket import Resolution
from web.phrases import words


def _people(role: Role) -> Callable[[Session, Dossier], list[tuple[Any, str]]]:
    def offer(session: Session, case: Dossier) -> list[tuple[Any, str]]:
        found = colleagues(session, case.service.id, role)
        return [(one.id, one.name + (" (away)" if one.is_away else "")) for one in found]

    return offer


def _problems(session: Session, case: Dossier) -> list[tuple[Any, str]]:
    return [(one.id, f"{one.title} ({words(one.status)})") for one in fitting(session, case.ticket)]


CHOICES: Mapping[str, Callable[[Session, Dossier], Sequence[Any]]] = {
    "assignment": _people(Role.NAVIGATOR),
    "practitioner": _people(Role.PWP),
    "problem": _problems,
    "snooze": lambda session, case: offered(session, case.ticket),
    "split": lambda session, case: splittable(session, case.ticket.number),
    "resolution": lambda *_: [(one, words(one).capitalize()) for one in Resolution],
    "triage": lambda *_: [(one, one.capitalize()) for one in Fixability],
}
"""By the name of a deed; its page knows what they are."""
