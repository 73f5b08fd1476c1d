"""Training asked for: by topic, and who still waits."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from navigator import clock
from navigator.insight.finding import Finding
from navigator.insight.queries import PeriodCounts, ReportScope, once
from navigator.insight.rows import COMPARISON_COLUMNS, count_cells, days_since, in_words, trend
from navigator.insight.table import Bar, Row, Table, count_cell, text_cell
from navigator.small_numbers import MIN_COUNT
from navigator.training.requests import OPEN_STATUSES
from navigator.training.tables import TrainingRequest
from navigator.training.topics import BY_ID

LONG_WAIT = timedelta(days=28)


class AskedTopic(NamedTuple):
    """A topic of training: how often it was asked for, how many requests wait, and since when the first."""

    topic: str
    counts: PeriodCounts
    waiting: int
    since: datetime | None


def table(session: Session, scope: ReportScope) -> Table:
    """Requests of the period by topic, and how many of any age wait."""
    asked = training_requests(session, scope)
    return Table(
        name="training",
        title="Training asked for",
        help_text="Requests by topic. A request waits until it is answered, or its session was held.",
        columns=("Topic", *COMPARISON_COLUMNS, "Still waiting", "Longest wait"),
        rows=tuple(map(_row, asked)),
        bars=tuple(map(_bar, asked)),
    )


def findings(session: Session, scope: ReportScope) -> Iterator[Finding]:
    """Topics that many ask for, or for which somebody waits long."""
    for asked in training_requests(session, scope):
        if asked.counts.now >= MIN_COUNT or (asked.since and _waits_long(asked.since)):
            yield _asked_often(asked)


def _waits_long(since: datetime) -> bool:
    return since < clock.now() - LONG_WAIT


def _asked_often(asked: AskedTopic) -> Finding:
    words = in_words(
        "{requests} for training: “{topic}”. {waiting} not answered yet, the first for {longest}."
        if asked.since
        else "{requests} for training: “{topic}”. All were answered.",
        topic=BY_ID[asked.topic].label,
        requests=asked.counts.now,
        waiting=asked.waiting,
        longest=days_since(asked.since),
    )
    return Finding(
        **words,
        advice="Plan one session for all who ask." if asked.since else "Ask whether all should be shown it.",
        href="/training",
        link_text="Who asked",
        count=max(asked.counts.now, asked.waiting),
        section="training",
        trend=trend(asked.counts),
    )


def _bar(asked: AskedTopic) -> Bar:
    return Bar(BY_ID[asked.topic].label, asked.counts.now, asked.counts.before, href="/training")


def _row(asked: AskedTopic) -> Row:
    waiting = (count_cell(asked.waiting), text_cell(days_since(asked.since)))
    return Row(BY_ID[asked.topic].label, "", (*count_cells(asked.counts), *waiting))


@once
def training_requests(session: Session, scope: ReportScope) -> list[AskedTopic]:
    """Which training was asked for in the period, or still waits."""
    is_waiting, asked_at = col(TrainingRequest.status).in_(OPEN_STATUSES), col(TrainingRequest.asked_at)
    counts = [func.count().filter(days.contains(asked_at)) for days in scope.periods]
    waiting = func.count().filter(is_waiting)
    topic, since = col(TrainingRequest.topic), func.min(asked_at).filter(is_waiting)
    query = (
        select(topic, *counts, waiting, since)
        .where(scope.row_condition(TrainingRequest), or_(scope.all_days.contains(asked_at), is_waiting))
        .group_by(topic)
        .having(or_(counts[0] > 0, waiting > 0))
        .order_by(counts[0].desc(), waiting.desc(), topic)
    )
    return [AskedTopic(row[0], PeriodCounts(*row[1:4]), *row[4:]) for row in session.execute(query)]
