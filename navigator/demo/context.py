"""Context of the simulation: what every scenario shares, and the random choices that it makes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from typing import TypeVar

from sqlmodel import Session

from navigator import clock
from navigator.clock import london_time
from navigator.demo.dates import Dates
from navigator.demo.event_queue import EventQueue
from navigator.demo.people import DemoPeople
from navigator.demo.story import KnownProblem, Story
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.tickets.ticket import Ticket

T = TypeVar("T")

WAKE_TIME, SLEEP_TIME = time(7, 30), time(22, 30)


@dataclass
class DemoContext:
    """Story, people, dates, event queue, random generator, ids of the problems known now by their key.

    `calendars` are the tokens of calendar addresses, by whose they are.
    """

    story: Story
    people: DemoPeople
    dates: Dates
    queue: EventQueue
    rng: Random
    problem_ids: dict[str, int] = field(default_factory=dict)
    followed_ticket: int = 0
    calendars: dict[str, str] = field(default_factory=dict)

    def happens(self, probability: float) -> bool:
        """Whether something happens, by its probability from 0 to 1."""
        return self.rng.random() < probability

    def choose(self, options: Sequence[T]) -> T:
        """One of several options, at random."""
        return self.rng.choice(options)

    def staff_time(self, service: str, at_least: int, at_most: int) -> datetime:
        """When a member of staff does something, so many working minutes from now."""
        minutes = round(self.rng.triangular(at_least, at_most, at_least))
        return self.people.calendars[service].add(clock.now(), minutes)

    def patient_time(self, at_least: float, at_most: float) -> datetime:
        """When a patient does something, so many hours from now and not at night."""
        moment = clock.now() + timedelta(hours=self.rng.triangular(at_least, at_most, at_least))
        local = clock.local(moment)
        if WAKE_TIME <= local.time() <= SLEEP_TIME:
            return moment
        day = local.date() + timedelta(days=local.time() > SLEEP_TIME)
        return london_time(day, WAKE_TIME) + timedelta(minutes=self.rng.randrange(90))

    def navigator_of(self, ticket: Ticket, service: str) -> Actor:
        """The ticket's assignee, else a navigator of its service."""
        return self.people.by_id(ticket.assignee_id) or self.people.with_role(service, Role.NAVIGATOR)[0]

    def service_of(self, ticket: Ticket) -> str:
        """The code of a ticket's service."""
        return next(code for code, id in self.people.service_ids.items() if id == ticket.service_id)

    def known_problem_for(self, programme: str, category: str | None) -> KnownProblem | None:
        """The known problem that matches a report, if there is one."""
        open_problems = (problem for problem in self.story.problems if problem.key in self.problem_ids)
        return next((problem for problem in open_problems if problem.matches(programme, category)), None)


def get_ticket(session: Session, number: int) -> Ticket:
    """The ticket as it is now."""
    return session.get_one(Ticket, number)
