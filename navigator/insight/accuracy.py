"""How good the desk's suggestions are: counted on the tickets of which a person said what they were."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import sqrt
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.engine import Row
from sqlmodel import Session, col

from navigator import clock
from navigator.catalogue.catalogue import catalogue
from navigator.insight.table import Bar
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.tickets.metrics import Period, reported
from navigator.tickets.ticket import Status, Ticket
from navigator.tickets.visibility import visible_to
from navigator.triage import model_versions

LENGTH = 90
TOP, NUMBERS, NEWEST = 10, 3, 500
STEPS = (0.35, 0.5, 0.65, 0.8, 0.95, 1.01)
Z = 1.96
"""Half the width, in standard errors, of what holds the truth in 95 of 100 cases."""

_RIGHT = col(Ticket.suggested_category) == col(Ticket.category)
_HIDDEN = and_(col(Ticket.suggestion_is_hidden), col(Ticket.triaged_at).is_not(None))
_SEEN = and_(
    col(Ticket.suggestion_is_hidden).is_(False),
    or_(col(Ticket.triaged_at).is_not(None), col(Ticket.status).in_((Status.RESOLVED, Status.CLOSED))),
)
_NAMED = and_(col(Ticket.suggested_category).is_not(None), col(Ticket.category).is_not(None))
_JUDGED = and_(_NAMED, or_(_HIDDEN, _SEEN))


@dataclass(frozen=True)
class Rate:
    """A part of a whole, and between which shares the truth lies in 95 of 100 cases (Wilson)."""

    part: int
    of: int

    @property
    def share(self) -> float:
        """The part of the whole, from 0 to 1."""
        return self.part / self.of if self.of else 0.0

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and the highest share that fit."""
        if not self.of:
            return 0.0, 1.0
        spread = Z * sqrt(self.share * (1 - self.share) / self.of + Z * Z / (4 * self.of * self.of))
        middle, width = self.share + Z * Z / (2 * self.of), 1 + Z * Z / self.of
        return max(0.0, (middle - spread) / width), min(1.0, (middle + spread) / width)


@dataclass(frozen=True)
class Step:
    """Suggestions that were about equally sure: how sure on average, and how many were right."""

    low: float
    high: float
    said: float
    right: Rate


@dataclass(frozen=True)
class Confusion:
    """One category suggested where it was another: how often, and the newest tickets."""

    suggested: str
    was: str
    times: int
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Accuracy:
    """What is known of the suggestions of some days; `version` is 0 for the one that ships with the desk."""

    days: Period
    spoke: Rate
    hidden: Rate
    seen: Rate
    steps: Sequence[Step]
    confusions: Sequence[Confusion]
    version: int
    since: datetime | None

    @property
    def bars(self) -> list[Bar]:
        """How many of a hundred were right, beside how many should have been."""
        return [
            Bar(f"{_per_cent(step.low)} to {_per_cent(min(step.high, 1))}% sure", *_pair(step))
            for step in self.steps
        ]


def _pair(step: Step) -> tuple[int, int]:
    return _per_cent(step.right.share), _per_cent(step.said)


def _per_cent(share: float) -> int:
    return round(100 * share)


def accuracy(session: Session, actor: Actor) -> Accuracy:
    """How good suggestions were on the tickets that an actor sorts or manages, in the last 90 days."""
    days = Period(clock.today() - timedelta(days=LENGTH - 1), clock.today())
    its = _its(actor, days)
    row = session.execute(select(*_columns()).where(its)).one()
    used = model_versions.version_in_use(session)
    return Accuracy(
        days=days,
        spoke=Rate(row[0], row[1]),
        hidden=Rate(row[2], row[3]),
        seen=Rate(row[4], row[5]),
        steps=[*_steps(row[6:])],
        confusions=_confusions(session, its),
        version=used.version,
        since=used.created_at if used.version else None,
    )


def _its(actor: Actor, days: Period) -> ColumnElement[bool]:
    theirs = col(Ticket.service_id).in_(sorted(actor.services(Role.NAVIGATOR, Role.MANAGER)))
    return and_(visible_to(actor), theirs, col(Ticket.status) != Status.MERGED, reported(days))


def _columns() -> list[Any]:
    confidence, count = col(Ticket.suggested_confidence), func.count()
    columns: list[Any] = [
        count.filter(col(Ticket.suggested_category).is_not(None)),
        count.filter(confidence > 0),
    ]
    for which in (_HIDDEN, _SEEN):
        columns += [count.filter(_NAMED, which, _RIGHT), count.filter(_NAMED, which)]
    for low, high in pairwise(STEPS):
        within = and_(_JUDGED, confidence >= low, confidence < high)
        columns += [count.filter(within, _RIGHT), count.filter(within), func.avg(confidence).filter(within)]
    return columns


def _steps(found: Sequence[Any]) -> list[Step]:
    steps = zip(pairwise(STEPS), found[::3], found[1::3], found[2::3], strict=True)
    return [Step(low, high, said, Rate(right, of)) for (low, high), right, of, said in steps if of]


def _confusions(session: Session, its: ColumnElement[bool]) -> list[Confusion]:
    pair = (col(Ticket.suggested_category), col(Ticket.category))
    wrong = and_(its, _JUDGED, ~_RIGHT)
    most = select(*pair, func.count().label("times")).where(wrong).group_by(*pair)
    newest = session.execute(
        select(*pair, col(Ticket.number)).where(wrong).order_by(col(Ticket.number).desc()).limit(NEWEST)
    ).all()
    found = session.execute(most.order_by(func.count().desc(), *pair).limit(TOP))
    return [Confusion(_label(one[0]), _label(one[1]), one[2], _numbers(newest, one)) for one in found]


def _numbers(newest: Sequence[Row[Any]], pair: Row[Any]) -> tuple[int, ...]:
    return tuple(row.number for row in newest if row[:2] == pair[:2])[:NUMBERS]


def _label(category: str) -> str:
    return catalogue().category(category).staff_label
