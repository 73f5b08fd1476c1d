"""Accuracy of suggestions: coverage, calibration and confusions, on tickets that a person judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.engine import Row
from sqlmodel import Session, col

from navigator.catalogue.catalogue import catalogue
from navigator.insight.rate import Rate
from navigator.insight.table import Bar
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.tickets.metrics import Period, reported_in
from navigator.tickets.ticket import Status, Ticket
from navigator.tickets.visibility import visible_to
from navigator.triage import model_versions

DAYS = 90
TOP, NUMBERS, NEWEST = 10, 3, 500
BIN_EDGES = (0.35, 0.5, 0.65, 0.8, 0.95, 1.01)

_RIGHT = col(Ticket.suggested_category) == col(Ticket.category)
_HIDDEN = and_(col(Ticket.suggestion_is_hidden), col(Ticket.triaged_at).is_not(None))
_SEEN = and_(
    col(Ticket.suggestion_is_hidden).is_(False),
    or_(col(Ticket.triaged_at).is_not(None), col(Ticket.status).in_((Status.RESOLVED, Status.CLOSED))),
)
_NAMED = and_(col(Ticket.suggested_category).is_not(None), col(Ticket.category).is_not(None))
_JUDGED = and_(_NAMED, or_(_HIDDEN, _SEEN))


@dataclass(frozen=True)
class CalibrationBin:
    """Calibration of suggestions that were about equally sure: mean confidence, and how many were right."""

    low: float
    high: float
    mean_confidence: float
    accuracy: Rate


@dataclass(frozen=True)
class Confusion:
    """One category suggested where another was right: how often, and the newest tickets."""

    suggested: str
    actual: str
    count: int
    tickets: tuple[int, ...]


@dataclass(frozen=True)
class Accuracy:
    """Accuracy of the suggestions of a period; `version` is 0 for the model that ships with the desk."""

    period: Period
    coverage: Rate
    hidden: Rate
    seen: Rate
    calibration_bins: Sequence[CalibrationBin]
    confusions: Sequence[Confusion]
    version: int
    since: datetime | None
    heeds_corrections: bool

    @property
    def bars(self) -> list[Bar]:
        """How many of a hundred were right, beside how many should have been."""
        return [
            Bar(f"{_percent(bin_.low)} to {_percent(min(bin_.high, 1))}% sure", *_percentages(bin_))
            for bin_ in self.calibration_bins
        ]


def _percentages(bin_: CalibrationBin) -> tuple[int, int]:
    return _percent(bin_.accuracy.share), _percent(bin_.mean_confidence)


def _percent(share: float) -> int:
    return round(100 * share)


def accuracy(session: Session, actor: Actor) -> Accuracy:
    """How good suggestions were on the tickets that an actor sorts or manages, in the last 90 days."""
    period = Period.last_days(DAYS)
    conditions = _conditions(actor, period)
    row = session.execute(select(*_columns()).where(conditions)).one()
    in_use = model_versions.version_in_use(session)
    return Accuracy(
        period=period,
        coverage=Rate(row[0], row[1]),
        hidden=Rate(row[2], row[3]),
        seen=Rate(row[4], row[5]),
        calibration_bins=[*_calibration_bins(row[6:])],
        confusions=_confusions(session, conditions),
        version=in_use.version,
        since=in_use.created_at if in_use.version else None,
        heeds_corrections=in_use.heeds_corrections,
    )


def _conditions(actor: Actor, period: Period) -> ColumnElement[bool]:
    in_services = col(Ticket.service_id).in_(sorted(actor.services(Role.NAVIGATOR, Role.MANAGER)))
    return and_(visible_to(actor), in_services, col(Ticket.status) != Status.MERGED, reported_in(period))


def _columns() -> list[Any]:
    confidence, count = col(Ticket.suggested_confidence), func.count()
    columns: list[Any] = [
        count.filter(col(Ticket.suggested_category).is_not(None)),
        count.filter(confidence > 0),
    ]
    for visibility in (_HIDDEN, _SEEN):
        columns += [count.filter(_NAMED, visibility, _RIGHT), count.filter(_NAMED, visibility)]
    for low, high in pairwise(BIN_EDGES):
        in_bin = and_(_JUDGED, confidence >= low, confidence < high)
        columns += [count.filter(in_bin, _RIGHT), count.filter(in_bin), func.avg(confidence).filter(in_bin)]
    return columns


def _calibration_bins(columns: Sequence[Any]) -> list[CalibrationBin]:
    bins = zip(pairwise(BIN_EDGES), columns[::3], columns[1::3], columns[2::3], strict=True)
    return [
        CalibrationBin(low, high, mean_confidence, Rate(hits, total))
        for (low, high), hits, total, mean_confidence in bins
        if total
    ]


def _confusions(session: Session, conditions: ColumnElement[bool]) -> list[Confusion]:
    pair = (col(Ticket.suggested_category), col(Ticket.category))
    wrong = and_(conditions, _JUDGED, ~_RIGHT)
    counts = select(*pair, func.count().label("times")).where(wrong).group_by(*pair)
    newest = session.execute(
        select(*pair, col(Ticket.number)).where(wrong).order_by(col(Ticket.number).desc()).limit(NEWEST)
    ).all()
    rows = session.execute(counts.order_by(func.count().desc(), *pair).limit(TOP))
    return [Confusion(_label(row[0]), _label(row[1]), row[2], _newest_tickets(newest, row)) for row in rows]


def _newest_tickets(newest: Sequence[Row[Any]], pair: Row[Any]) -> tuple[int, ...]:
    return tuple(row.number for row in newest if row[:2] == pair[:2])[:NUMBERS]


def _label(category: str) -> str:
    return catalogue().category(category).staff_label
