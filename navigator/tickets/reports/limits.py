"""Rate limits on reports: not too many from one address. Letters about them are limited in `messages`."""

from datetime import timedelta

from sqlmodel import Session

from navigator.errors import TooMany
from navigator.people.rate_limit import Limit, hit, is_used_up

PER_ADDRESS = Limit(30, timedelta(hours=1))
DRAFTS_PER_ADDRESS = Limit(120, timedelta(hours=1))
"""Reports begun: four for each that may be sent, since many people begin one and stop."""
STEPS_PER_ADDRESS = Limit(1200, timedelta(hours=1))
"""Answers kept in drafts: ten for each draft."""


def check_rate_limits(session: Session, address: str | None) -> None:
    """Refuse reports over a rate limit: a flood from one address, which is None for a caller with a key."""
    if address is not None and not hit(session, "report", address, PER_ADDRESS):
        raise TooMany("There were too many reports from your connection. Try again in an hour.")


def check_draft_limits(session: Session, address: str, is_new: bool) -> None:
    """Refuse an answer in a draft over a rate limit, and a new draft."""
    is_within = hit(session, "draft step", address, STEPS_PER_ADDRESS)
    if not is_within or (is_new and not hit(session, "draft", address, DRAFTS_PER_ADDRESS)):
        raise TooMany("There were too many reports from your connection. Try again in an hour.")


def are_drafts_used_up(session: Session, address: str) -> bool:
    """Whether no more answers are taken from an address for now."""
    return is_used_up(session, "draft step", address, STEPS_PER_ADDRESS)
