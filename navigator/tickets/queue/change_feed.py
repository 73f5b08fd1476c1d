"""That something changed, and where: what wakes the pages that show it. Never what was changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlmodel import Session, col, func, select

from navigator.tickets.ticket import Event, Ticket

LOOKS_BACK = 200
"""Events are numbered when they are written and seen when they are committed: so many may still come late."""


@dataclass
class ChangeFeed:
    """How far somebody has seen; `beat` says which tickets of which services changed since."""

    newest: int
    seen: set[int] = field(default_factory=set)

    def poll(self, session: Session) -> Mapping[int, frozenset[int]]:
        """The numbers of the tickets changed since the last beat, by service id."""
        query = select(Event.id, Ticket.service_id, Event.ticket_number).join(
            Ticket, col(Ticket.number) == col(Event.ticket_number)
        )
        rows = list(session.exec(query.where(col(Event.id) > self.newest - LOOKS_BACK)))
        fresh = [row for row in rows if row[0] not in self.seen]
        self.seen = {row[0] for row in rows}
        self.newest = max(self.seen, default=self.newest)
        return {service: frozenset(one[2] for one in fresh if one[1] == service) for _, service, _ in fresh}


def start(session: Session) -> ChangeFeed:
    """A pulse that has seen all there is."""
    pulse = ChangeFeed(session.exec(select(func.max(Event.id))).one() or 0)
    pulse.poll(session)
    return pulse
