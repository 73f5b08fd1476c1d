"""What training did in a demonstration, counted by hand in plain SQL."""
# ruff: noqa: S608 - the parts of each query stand in this file

from collections import defaultdict
from datetime import timedelta
from typing import Any

from scipy.stats import ttest_ind
from sqlalchemy import Integer, String, bindparam, text
from sqlmodel import Session
from sqlmodel.sql.sqltypes import UTCDateTime

from navigator import clock
from navigator.insight.period_filter import PeriodFilter

Pairs = list[tuple[int, int]]
FEW = "fewer than 5 people"
HELD = """
SELECT s.id, s.service_id, s.topic, s.starts_at FROM trainingsession s
WHERE s.held_at IS NOT NULL AND s.starts_at <= :until AND s.starts_at > :since {}ORDER BY s.starts_at, s.id
"""
COUNTED = """
SELECT m.user_id,
 (SELECT count(*) FROM ticket t WHERE t.reporter_user_id = m.user_id AND t.category = 'use.how_to'
  AND t.status <> 'merged' AND t.service_id = m.service_id AND t.reported_at >= :first
  AND t.reported_at < :held {}) AS before,
 (SELECT count(*) FROM ticket t WHERE t.reporter_user_id = m.user_id AND t.category = 'use.how_to'
  AND t.status <> 'merged' AND t.service_id = m.service_id AND t.reported_at >= :held
  AND t.reported_at < :last {}) AS after,
 (SELECT count(*) FROM attendance a WHERE a.user_id = m.user_id AND a.session_id = :id AND a.came) AS came
FROM membership m JOIN "user" u ON u.id = m.user_id
WHERE m.role = 'pwp' AND m.service_id = :service AND u.created_at <= :first
"""
CONFIDENCE = (
    "SELECT confidence_before, confidence_{} FROM attendance WHERE session_id = :id AND came"
    " AND confidence_before IS NOT NULL AND confidence_{} IS NOT NULL"
)


def training_effect(session: Session, asked: PeriodFilter) -> list[tuple[str, ...]]:
    """The rows of the table, as the words of their cells."""
    of_service = f"AND s.service_id = (SELECT id FROM service WHERE code = '{asked.service}') "
    since, until = asked.days.start_at - timedelta(weeks=4), min(asked.days.end_at, clock.now())
    moments = {"since": since, "until": until - timedelta(weeks=1)}
    held = ask(session, HELD.format(of_service if asked.service else ""), moments)
    by_topic: dict[str, dict[int, dict[bool, Pairs]]] = defaultdict(lambda: defaultdict(new))
    for id, service, topic, starts_at in held:
        for user, before, after, came in counted(session, asked, id, service, starts_at):
            for one in ("", topic):
                by_topic[one][user][bool(came)].append((before, after))
    topics = sorted({topic for _, _, topic, _ in held})
    shown = topics if len(topics) < 2 else ["", *topics]
    rows = [row for topic in shown for row in effect(by_topic[topic])]
    ids = [id for id, *_ in held]
    return [*rows, confidence(session, ids, "after"), confidence(session, ids, "later")]


def new() -> dict[bool, Pairs]:
    return {True: [], False: []}


def counted(session: Session, asked: PeriodFilter, id: int, service: int, starts_at: Any) -> Any:
    start = clock.local(starts_at)
    span = min(timedelta(weeks=4), clock.now() - start)
    of_programme = f"AND t.programme_id = (SELECT id FROM programme WHERE code = '{asked.programme}')"
    chosen = of_programme if asked.programme else ""
    moments = {"first": start - span, "held": start, "last": start + span}
    return ask(session, COUNTED.format(chosen, chosen), moments, id=id, service=service)


def ask(session: Session, query: str, moments: dict[str, Any], **what: int) -> Any:
    typed = [bindparam(name, type_=UTCDateTime()) for name in moments]
    columns = text(query).bindparams(*typed)
    if query.startswith(HELD[:20]):
        columns = columns.columns(id=Integer, service_id=Integer, topic=String, starts_at=UTCDateTime())  # type: ignore[assignment]
    return session.execute(columns, moments | what).all()


def effect(people: dict[int, dict[bool, Pairs]]) -> list[tuple[str, ...]]:
    came = [mean(one[True]) for one in people.values() if one[True]]
    others = [mean(one[False]) for one in people.values() if not one[True]]
    changes = [[after - before for before, after in group] for group in (came, others)]
    left = "not known (fewer than 5 came, or fewer than 5 did not)"
    if min(map(len, changes)) >= 5:
        interval = ttest_ind(*changes, equal_var=False).confidence_interval(0.95)
        by = sum(changes[0]) / len(changes[0]) - sum(changes[1]) / len(changes[1])
        left = f"{more(by)} ({span_of(interval.low, interval.high)})"
    return [group_row(came), group_row(others), ("–", "–", "–", left)]


def mean(pairs: Pairs) -> tuple[float, float]:
    before, after = (sum(pair[side] for pair in pairs) / len(pairs) for side in (0, 1))
    return before, after


def group_row(group: list[tuple[float, float]]) -> tuple[str, ...]:
    if len(group) < 5:
        return (str(len(group)), FEW, FEW, FEW)
    before, after = (sum(pair[side] for pair in group) / len(group) for side in (0, 1))
    return (str(len(group)), f"{before:.1f} each", f"{after:.1f} each", more(after - before))


def more(by: float) -> str:
    return f"{abs(by):.1f} {'more' if by > 0 else 'fewer'} each" if round(abs(by), 1) else "about the same"


def span_of(low: float, high: float) -> str:
    if high <= 0:
        return f"95% interval: {-high:.1f} to {-low:.1f} fewer"
    return (
        f"95% interval: {low:.1f} to {high:.1f} more"
        if low >= 0
        else (f"95% interval: {-low:.1f} fewer to {high:.1f} more")
    )


def confidence(session: Session, ids: list[int], when: str) -> tuple[str, ...]:
    pairs = [
        pair for id in ids for pair in session.execute(text(CONFIDENCE.format(when, when)), {"id": id}).all()
    ]
    if len(pairs) < 5:
        return (FEW,) * 4
    before, then = (sum(pair[side] for pair in pairs) / len(pairs) for side in (0, 1))
    change = f"{abs(then - before):.1f} {'higher' if then > before else 'lower'}"
    return (str(len(pairs)), f"{before:.1f}", f"{then:.1f}", change)
