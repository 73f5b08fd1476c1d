"""Change feed for live pages (server-sent events): which tickets changed, never what was changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlmodel import Session, col, func, select

from navigator.tickets.ticket import Event, Ticket

LOOK_BACK = 200
"""Events are numbered when they are written and seen when they are committed: so many may still come late."""


@dataclass
class ChangeFeed:
    """How far the events have been read; `poll` says which tickets of which services changed since."""

    newest: int
    seen: set[int] = field(default_factory=set)

    def poll(self, session: Session) -> Mapping[int, frozenset[int]]:
        """The numbers of the tickets changed since the last poll, by service id."""
        query = select(Event.id, Ticket.service_id, Event.ticket_number).join(
            Ticket, col(Ticket.number) == col(Event.ticket_number)
        )
        rows = list(session.exec(query.where(col(Event.id) > self.newest - LOOK_BACK)))
        new_rows = [row for row in rows if row[0] not in self.seen]
        self.seen = {row[0] for row in rows}
        self.newest = max(self.seen, default=self.newest)
        return {
            service: frozenset(row[2] for row in new_rows if row[1] == service) for _, service, _ in new_rows
        }


def start_feed(session: Session) -> ChangeFeed:
    """A change feed that has read all events there are."""
    feed = ChangeFeed(session.exec(select(func.max(Event.id))).one() or 0)
    feed.poll(session)
    return feed
