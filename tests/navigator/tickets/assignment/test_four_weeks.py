"""Four weeks of a desk with part-time navigators, one away for a week: nobody carries more than their share.

What is measured: the tickets that somebody has as a share of what they can carry, looked at every hour that
they are at work, over four weeks. Nobody's mean may stray more than a tenth from that of all.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from statistics import mean

import pytest
from sqlmodel import Session, col, func, select

from navigator import clock
from navigator.catalogue.routing_rule import RoutingRule
from navigator.clock import LONDON
from navigator.people import absence
from navigator.people.absence import Absence
from navigator.people.actor import Actor
from navigator.people.user import Membership, Role
from navigator.tickets.actions import staff
from navigator.tickets.assignment.candidates import IS_BUSY
from navigator.tickets.inputs import AssignInput, ResolveInput
from navigator.tickets.queue.queue import live_tickets_of
from navigator.tickets.ticket import Resolution, Ticket
from tests.navigator.tickets.report_factory import tell
from tests.people import People, join

pytestmark = pytest.mark.slow

HOURS = {"amina": None, "tom": 22.5, "ida": 15.0, "una": 30.0}
"""Hours a week, of 37.5 and with 20 tickets at a time for full time."""
CAPACITY = {"amina": 20, "tom": 12, "ida": 8, "una": 16}
"""Their shares of it, worked out by hand."""
FIRST = date(2026, 6, 8)
AWAY = (FIRST + timedelta(days=7), FIRST + timedelta(days=13))
"""Tom's week; Una covers."""
ACCESS = "access.forgotten_password"


@pytest.fixture
def team(session: Session, people: People) -> dict[str, Actor]:
    """Four navigators by name; a rule gives what is about getting in to Tom, in whose stead is Una."""
    team = {"amina": people.amina, "tom": people.tom}
    for name in ("ida", "una"):
        team[name] = join(session, name.title(), f"{name}@north.example", people.north, Role.NAVIGATOR)
    for name, actor in team.items():
        membership = session.exec(select(Membership).where(Membership.user_id == actor.user_id)).one()
        membership.capacity, membership.hours = 20, HOURS[name]
    rule = RoutingRule(service_id=people.north, code="in", title="Getting in", category=ACCESS)
    rule.people = [people.tom.user_id or 0]
    session.add(rule)
    session.flush()
    return team


def hours() -> Iterator[datetime]:
    """Every working hour of four weeks."""
    for days in range(28):
        day = FIRST + timedelta(days=days)
        for hour in range(9, 17) if day.weekday() < 5 else ():
            yield datetime(day.year, day.month, day.day, hour, 30, tzinfo=LONDON)


def test_over_four_weeks_nobody_carries_more_than_their_share(
    session: Session, people: People, team: dict[str, Actor]
):
    chance = Random(7)  # noqa: S311 - the same weeks every time
    ends: dict[int, int] = {}
    carried: dict[str, list[float]] = defaultdict(list)
    for hour, moment in enumerate(hours()):
        clock.set_to(moment)
        if (moment.date(), moment.hour) == (AWAY[0], 9):
            _go_away(session, team)
        _resolve(session, people, [number for number, at in ends.items() if at <= hour], ends)
        for _ in range(chance.choice((0, 1, 1, 2))):
            # One report in nine is for Tom, whatever he has.
            category = ACCESS if chance.random() < 1 / 9 else "use.how_to"
            ends[tell(session, category=category, text="").number] = hour + chance.randint(8, 48)
        for name, actor in team.items():
            if not (name == "tom" and AWAY[0] <= moment.date() <= AWAY[1]):
                carried[name].append(_load(session, actor) / CAPACITY[name])
    shares = {name: mean(each) for name, each in carried.items()}
    assert len(carried["tom"]) == 15 * 8, "Tom was away for a week"
    assert min(shares.values()) > 0.3, "they were not idle"
    fair = mean(shares.values())
    assert all(abs(share - fair) <= fair / 10 for share in shares.values()), shares


def _load(session: Session, actor: Actor) -> int:
    return session.exec(select(func.count()).where(IS_BUSY, col(Ticket.assignee_id) == actor.user_id)).one()


def _go_away(session: Session, team: dict[str, Actor]) -> None:
    """Tom leaves for a week: Una covers, and gets what he has."""
    tom, una = team["tom"], team["una"]
    days = Absence(away_from_on=AWAY[0], away_until_on=AWAY[1], cover_id=una.user_id)
    absence.set_absence(session, tom, tom.user_id or 0, days)
    for number in live_tickets_of(session, tom, tom.user_id or 0, tom.services()):
        staff.assign(session, tom, number, AssignInput(assignee_id=una.user_id))
    session.flush()


def _resolve(session: Session, people: People, numbers: list[int], ends: dict[int, int]) -> None:
    for number in numbers:
        said = ResolveInput(resolution=Resolution.FIXED, body="It works again")
        staff.resolve(session, people.amina, number, said)
        ends.pop(number)
    session.flush()
    assert not session.exec(select(Ticket.number).where(IS_BUSY, col(Ticket.assignee_id).is_(None))).all()
