"""Search of the audit log for administrators: of their services and people, by person, act, day, ticket."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import time, timedelta
from types import MappingProxyType
from typing import Annotated

from pydantic import Field
from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, or_, select, true

from navigator.administration.apply_change import administers_all
from navigator.clock import london_time
from navigator.errors import Invalid
from navigator.fields import MAX_ID, STORED, Day, Id, Input
from navigator.people.actor import Actor
from navigator.people.audit_log import Act, AuditEntry
from navigator.people.reporter import number_of
from navigator.people.user import Membership, Role

PAGE_SIZE = 50

ACTS: Mapping[Act, str] = MappingProxyType(
    {
        Act.LOGGED_IN: "Logged in",
        Act.LOG_IN_FAILED: "Log-in failed",
        Act.LOGGED_OUT: "Logged out",
        Act.PASSWORD: "Password",
        Act.FACTOR: "Second factor",
        Act.OPENED_TICKET: "Opened a ticket",
        Act.OPENED_FILE: "Opened a file",
        Act.OPENED_MAIL: "Opened a mail that came in",
        Act.SET_ASIDE_MAIL: "Set aside a mail that came in",
        Act.OPENED_LINK: "Private link opened",
        Act.EXPORTED: "Downloaded",
        Act.KEY_USED: "Calls with a key",
        Act.CHANGED: "Changed",
        Act.COMMAND: "Command line",
        Act.REFUSED: "Refused: may not do this",
        Act.CUT: "Old rows deleted",
    }
)
"""The acts in words, in the order in which a filter offers them."""


class AuditFilter(Input):
    """What is looked for in the audit log; empty: all that one may see. People stand in it by number."""

    person: Id | None = Field(default=None, title="who did it")
    act: Act | None = Field(default=None, title="what was done")
    since: Day | None = Field(default=None, title="the first day")
    until: Day | None = Field(default=None, title="the last day")
    ticket: Annotated[str, Field(max_length=20), STORED] = Field(default="", title="a ticket’s reference")

    def ticket_number(self) -> int | None:
        """The number of the ticket that is looked for; one that cannot be is refused."""
        if not self.ticket:
            return None
        number = int(self.ticket) if self.ticket.isdecimal() else number_of(self.ticket)
        if number is None or number > MAX_ID:
            raise Invalid("There is a problem", {"ticket": "Enter a reference like DN-000123, or a number"})
        return number


def search(
    session: Session, actor: Actor, asked: AuditFilter, before: int | None = None, limit: int = PAGE_SIZE
) -> Sequence[AuditEntry]:
    """One page of the audit entries that an administrator may see, newest first."""
    query = select(AuditEntry).where(_visible_to(session, actor), *_conditions(asked))
    if before:
        query = query.where(col(AuditEntry.id) < before)
    return session.exec(query.order_by(col(AuditEntry.id).desc()).limit(limit)).all()


def _visible_to(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Rows of the actor's services; of no service, what all share and what their own people did.

    Commands, unknown accounts and rows of nobody are for who administers every service.
    """
    if administers_all(session, actor):
        return true()
    own = actor.services(Role.ADMIN)
    entry_of = col(AuditEntry.service_id)
    people = select(Membership.user_id).where(col(Membership.service_id).in_(own))
    is_shared = or_(col(AuditEntry.act) == Act.CHANGED, col(AuditEntry.actor_id).in_(people))
    return or_(entry_of.in_(own), and_(entry_of.is_(None), is_shared))


def _conditions(asked: AuditFilter) -> Iterator[ColumnElement[bool]]:
    at = col(AuditEntry.created_at)
    if asked.person:
        yield col(AuditEntry.actor_id) == asked.person
    if asked.act:
        yield col(AuditEntry.act) == asked.act
    if asked.since:
        yield at >= london_time(asked.since, time(0))
    if asked.until:
        yield at < london_time(asked.until + timedelta(days=1), time(0))
    if (number := asked.ticket_number()) is not None:
        yield col(AuditEntry.ticket_number) == number


def in_words(entry: AuditEntry) -> str:
    """What was done, in words: the act, and what is said of it; what is of no setting is said alone."""
    act = ACTS.get(Act(entry.act), entry.act) if entry.act in set(Act) else entry.act
    said = ": ".join(filter(None, (entry.title, entry.key)))
    if entry.act == Act.CHANGED and said and not entry.key:
        return said
    times = f" ({entry.count} times)" if entry.count > 1 and entry.act != Act.CUT else ""
    return (f"{act}: {said}" if said else act) + times
