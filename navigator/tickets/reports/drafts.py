"""A report being written without an account: kept for an hour, screened at each step, cleared when sent."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.lookups import programme_by_code, service_by_code
from navigator.people import private_links
from navigator.people.actor import ANONYMOUS
from navigator.people.tokens import hashed, mint
from navigator.tickets.actions.staff import report
from navigator.tickets.inputs import ReportInput
from navigator.tickets.report_draft import Draft, SolvedWithout
from navigator.triage.safety_screen import screen

KEPT_FOR = timedelta(hours=1)
TYPED = frozenset({"text", "practitioner", "needs", "language"})
"""The boxes that take words: a screen that learned from sentences would hear things in the codes of lists."""


def begin(session: Session) -> tuple[Draft, str]:
    """Start a draft; its token belongs in the reporter's cookie alone."""
    token = mint()
    draft = Draft(token_hash=hashed(token))
    session.add(draft)
    return draft, token


def draft_of(session: Session, token: str | None, lock: bool = False) -> Draft | None:
    """The draft of a token, unless it is over an hour old."""
    if not token:
        return None
    query = select(Draft).where(
        Draft.token_hash == hashed(token), col(Draft.updated_at) > clock.now() - KEPT_FOR
    )
    return session.exec(query.with_for_update() if lock else query).one_or_none()


def keep(draft: Draft, answers: dict[str, Any]) -> bool:
    """Keep what was answered so far; True when its words are ones that a person must read."""
    draft.answers = answers
    draft.updated_at = clock.now()
    hit = screen(*typed(answers)).hit
    draft.is_of_concern = draft.is_of_concern or hit
    return hit


def typed(answers: dict[str, Any]) -> Iterator[str]:
    """What was written rather than chosen, in every step."""
    for given in answers.values():
        yield from (value for box, value in given.items() if box in TYPED and value)


def send(session: Session, draft: Draft, told: ReportInput) -> None:
    """Send a draft as a report; what was typed is kept in the ticket alone."""
    draft.sent_number = report(session, ANONYMOUS, told).ticket.number
    draft.answers, draft.is_of_concern = {}, False


def link(session: Session, draft: Draft) -> str:
    """A private link's token for the ticket that a draft became."""
    return private_links.mint(session, draft.sent_number or 0)


def solved(session: Session, draft: Draft, service: str, programme: str, category: str) -> None:
    """Count that the usual fix helped, and forget the draft: there is no ticket."""
    place = service_by_code(session, service)
    chosen = programme_by_code(session, place, programme)
    session.add(
        SolvedWithout(service_id=place.id, programme_id=chosen.id if chosen else None, category=category)
    )
    session.delete(draft)


def clear(session: Session, draft: Draft) -> None:
    """Forget what was typed, at the reporter's wish."""
    session.delete(draft)
