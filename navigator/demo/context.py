"""The stage: what every play of the demonstration needs to know, and the chance by which it goes on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from typing import TypeVar

from sqlmodel import Session

from navigator import clock
from navigator.demo.dates import Dates, at
from navigator.demo.event_queue import EventQueue
from navigator.demo.people import DemoPeople
from navigator.demo.story import KnownProblem, Story
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.tickets.ticket import Ticket

One = TypeVar("One")

UP, ASLEEP = time(7, 30), time(22, 30)


@dataclass
class DemoContext:
    """Story, cast, days, diary, the `problems` known now by key, and the number of the `followed` ticket."""

    story: Story
    cast: DemoPeople
    dates: Dates
    diary: EventQueue
    chance: Random
    problems: dict[str, int] = field(default_factory=dict)
    followed: int = 0

    def lucky(self, share: float) -> bool:
        """True in so many of a hundred hundredths."""
        return self.chance.random() < share

    def one(self, of: Sequence[One]) -> One:
        """One of several."""
        return self.chance.choice(of)

    def at_work(self, service: str, least: int, most: int) -> datetime:
        """When somebody at work does something, so many working minutes from now."""
        minutes = round(self.chance.triangular(least, most, least))
        return self.cast.calendars[service].add(clock.now(), minutes)

    def at_home(self, least: float, most: float) -> datetime:
        """When a patient does something, so many hours from now and not at night."""
        moment = clock.now() + timedelta(hours=self.chance.triangular(least, most, least))
        wall = clock.local(moment)
        if wall.time() < UP:
            return at(wall.date(), UP) + timedelta(minutes=self.chance.randrange(90))
        if wall.time() > ASLEEP:
            return at(wall.date() + timedelta(days=1), UP) + timedelta(minutes=self.chance.randrange(90))
        return moment

    def navigator(self, ticket: Ticket, service: str) -> Actor:
        """Whoever has the ticket, else a navigator of its service."""
        return self.cast.known(ticket.assignee_id) or self.cast.of(service, Role.NAVIGATOR)[0]

    def home_of(self, ticket: Ticket) -> str:
        """The code of the service that a ticket is of."""
        return next(code for code, id in self.cast.services.items() if id == ticket.service_id)

    def behind(self, programme: str, category: str | None) -> KnownProblem | None:
        """The known problem that lies behind such a report, if there is one."""
        known = (one for one in self.story.problems if one.key in self.problems)
        return next((one for one in known if one.explains(programme, category)), None)


def ticket_in(session: Session, number: int) -> Ticket:
    """The ticket as it is now."""
    return session.get_one(Ticket, number)
