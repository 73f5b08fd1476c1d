"""A report being written without an account: kept for an hour, screened at each step, cleared when sent."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, select

from navigator import clock
from navigator.people.actor import ANONYMOUS
from navigator.people.tokens import hashed, mint
from navigator.tickets.desk import Receipt, report
from navigator.tickets.inputs import ReportInput
from navigator.tickets.slip import Draft
from navigator.triage.screen import screen

KEPT_FOR = timedelta(hours=1)


def begin(session: Session, answers: dict[str, Any]) -> str:
    """Start a draft; the token that comes back belongs in the reporter's cookie alone."""
    token = mint()
    session.add(Draft(token_hash=hashed(token), answers=answers))
    return token


def draft_of(session: Session, token: str | None, lock: bool = False) -> Draft | None:
    """The draft of a token, unless it is over an hour old."""
    if not token:
        return None
    query = select(Draft).where(
        Draft.token_hash == hashed(token), col(Draft.updated_at) > clock.now() - KEPT_FOR
    )
    return session.exec(query.with_for_update() if lock else query).one_or_none()


def keep(draft: Draft, step: dict[str, Any]) -> bool:
    """Keep one step's answers; True when the words of the draft are ones that a person must read."""
    draft.answers = {**draft.answers, **step}
    draft.updated_at = clock.now()
    hit = screen(*(value for value in draft.answers.values() if isinstance(value, str) and value)).hit
    draft.is_of_concern = draft.is_of_concern or hit
    return hit


def send(session: Session, draft: Draft, told: ReportInput) -> Receipt | None:
    """Send a draft as a report, once: None when it was sent before."""
    if draft.sent_number is not None:
        return None
    receipt = report(session, ANONYMOUS, told)
    draft.answers, draft.is_of_concern = {}, False
    draft.sent_number = receipt.ticket.number
    return receipt


def clear(session: Session, draft: Draft) -> None:
    """Forget what was typed, at the reporter's wish."""
    session.delete(draft)
