"""Who comes and how many answers wait for them, in one question of whoever came before.

What somebody may see follows from their roles, which are read at each visit. So it is counted by the roles
of the visit before, in the question for those of now, and again where these differ.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from sqlmodel import Session

from navigator import clock
from navigator.catalogue.reference_data import TOKEN, note_token
from navigator.people import login, tokens
from navigator.people.actor import Actor
from navigator.people.login import Standing
from navigator.people.rights import Area
from navigator.tickets.queue.counts import answers_due, count_of_answers
from navigator.tickets.queue.queue import STATEMENTS_KEPT
from navigator.tickets.visibility import ACTORS

_ROLES: dict[str, Actor] = {}
"""Whoever came last with a session, by the hash of its token: as they act on tickets."""


class Visit(NamedTuple):
    """How somebody’s session stands, None if it has ended; and how many answers wait for them."""

    standing: Standing | None
    answers_due: int = 0


@clock.one_moment()
def visit(session: Session, token: str) -> Visit:
    """Who comes with the token of a session, and how many answers wait for them."""
    hashed = tokens.hashed(token)
    if (before := _ROLES.get(hashed)) is None:
        standing, beside = login.standing_of(session, token), None
    else:
        standing, beside = login.standing_and(session, token, _beside(before))
    if standing is None or standing.is_locked:
        return Visit(standing)
    now = standing.actor.within(Area.TICKETS)
    if beside is not None and now == before:
        note_token(session, beside[1])
        return Visit(standing, beside[0])
    if len(_ROLES) >= ACTORS:
        _ROLES.clear()
    _ROLES[hashed] = now
    return Visit(standing, answers_due(session, now))


@lru_cache(maxsize=STATEMENTS_KEPT)
def _beside(actor: Actor) -> Any:
    return login.BY_TOKEN.add_columns(count_of_answers(actor), TOKEN)
