"""Preferences of a member of staff, which they set themselves."""

from sqlmodel import Session

from navigator.people import directory
from navigator.people.actor import Actor


def use_single_keys(session: Session, actor: Actor, uses: bool) -> None:
    """Let single keys work on pages, or not: who dictates or presses keys by accident wants none."""
    directory.own_account(session, actor).user.uses_single_keys = uses
