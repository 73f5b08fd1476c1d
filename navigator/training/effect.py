"""What training did: how-to questions before and after, of those who came and of those who did not.

A difference in differences: what changed for those who came, less what changed in the same weeks for their
colleagues, who show what would have changed anyway. Its interval is Welch's, by person, at 95 %; it takes
people as if they had been chosen by lot to come, which they were not: who asks much may come rather, and
what is high falls by itself.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import NormalDist, fmean, variance

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from navigator import clock
from navigator.people.user import Membership, Role, User
from navigator.small_numbers import MIN_COUNT
from navigator.tickets.metrics import IS_COUNTED, Period
from navigator.tickets.ticket import Ticket
from navigator.training.tables import Attendance, TrainingSession
from navigator.training.topics import HOW_TO

WINDOW, SHORTEST = timedelta(weeks=4), timedelta(weeks=1)
"""How long before and after a session questions are counted: equally long, and no longer than has passed."""


@dataclass(frozen=True)
class Group:
    """How many questions each of some people asked before and after, in the order of the people."""

    before: tuple[float, ...]
    after: tuple[float, ...]

    @property
    def people(self) -> int:
        """How many they are."""
        return len(self.before)

    @property
    def changes(self) -> list[float]:
        """By how many questions each asked more after than before."""
        return [after - before for before, after in zip(self.before, self.after, strict=True)]


@dataclass(frozen=True)
class Difference:
    """By how many questions a person asked more than before, beyond colleagues; with its 95 % interval."""

    mean: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out that nothing changed."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Effect:
    """What sessions on a topic (any topic, for an empty one) did: those who came, and their colleagues."""

    topic: str
    is_one_of_several: bool
    sessions: int
    came: Group
    others: Group

    @property
    def difference(self) -> Difference | None:
        """What changed for those who came less what changed for the others; None where either are few."""
        return _difference(self.came.changes, self.others.changes)


def _difference(came: Sequence[float], others: Sequence[float]) -> Difference | None:
    if min(len(came), len(others)) < MIN_COUNT:
        return None
    parts = [variance(changes) / len(changes) for changes in (came, others)]
    mean, squared_error = fmean(came) - fmean(others), sum(parts)
    if not squared_error:
        return None  # everybody changed alike: no interval can be told
    sizes = (len(came), len(others))
    freedom = squared_error**2 / sum(part**2 / (n - 1) for part, n in zip(parts, sizes, strict=True))
    margin = _student(freedom) * squared_error**0.5
    return Difference(mean, mean - margin, mean + margin)


def _student(freedom: float) -> float:
    """The 97.5th percentile of Student's t (Abramowitz and Stegun 26.7.5), to 0.1 % from 4 degrees on.

    `scipy`, which has it, would cost the web process tens of megabytes.
    """
    z = NormalDist().inv_cdf(0.975)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom**n for n, term in enumerate(terms, 1))


@dataclass(frozen=True)
class HeldSession:
    """A session that was held, and the two spans of equal length before and after it."""

    id: int
    service_id: int
    topic: str
    starts_at: datetime
    span: timedelta

    def side_of(self, asked_at: datetime) -> int | None:
        """0 for a question in the span before, 1 for one in the span after; None for others."""
        away = asked_at - self.starts_at
        return None if not -self.span <= away < self.span else int(away >= timedelta())


def held_sessions(session: Session, service_ids: Collection[int], days: Period) -> list[HeldSession]:
    """The sessions of these services whose weeks after lie partly in the days, once one of them is over."""
    until = min(days.end_at, clock.now())
    query = (
        select(TrainingSession)
        .where(col(TrainingSession.service_id).in_(sorted(service_ids)))
        .where(col(TrainingSession.held_at).is_not(None))
        .where(col(TrainingSession.starts_at) <= until - SHORTEST)
        .where(col(TrainingSession.starts_at) > days.start_at - WINDOW)
        .order_by(col(TrainingSession.starts_at), col(TrainingSession.id))
    )
    return [
        HeldSession(
            held.id, held.service_id, held.topic, held.starts_at, min(WINDOW, clock.now() - held.starts_at)
        )
        for held in session.exec(query)
    ]


def effects(
    session: Session, held: Sequence[HeldSession], which_tickets: ColumnElement[bool]
) -> list[Effect]:
    """What these sessions did to how-to questions among those tickets: each topic, and first all together."""
    if not held:
        return []
    people = _People(session, held)
    asked = _questions(session, held, which_tickets)
    topics = sorted({one.topic for one in held})
    all_together = [] if len(topics) == 1 else [""]
    return [_effect(topic, len(topics) > 1, held, people, asked) for topic in (*all_together, *topics)]


class _People:
    """Who came to each session, and who could have: practitioners of the service since before its spans."""

    def __init__(self, session: Session, held: Sequence[HeldSession]) -> None:
        came = select(Attendance.session_id, Attendance.user_id).where(
            col(Attendance.session_id).in_([one.id for one in held]), col(Attendance.attended).is_(True)
        )
        staff = (
            select(Membership.service_id, User.id, User.created_at)
            .join(User, col(User.id) == col(Membership.user_id))
            .where(col(Membership.service_id).in_({one.service_id for one in held}), col(User.is_active))
            .where(Membership.role == Role.PWP)
        )
        self._came, self._staff = set(session.exec(came).all()), session.exec(staff).all()

    def of(self, held: HeldSession) -> dict[int, bool]:
        """Each practitioner who was there throughout, and whether they came."""
        since = held.starts_at - held.span
        staff = {id for service_id, id, at in self._staff if service_id == held.service_id and at <= since}
        return {id: (held.id, id) in self._came for id in staff}


Asked = dict[tuple[int, int], list[datetime]]
"""When each person asked a how-to question, by the service's id and theirs."""


def _questions(session: Session, held: Sequence[HeldSession], which_tickets: ColumnElement[bool]) -> Asked:
    """Read by the index of a service, a category and a time: of a few months, and of one category."""
    first = min(one.starts_at - one.span for one in held)
    last = max(one.starts_at + one.span for one in held)
    query = select(Ticket.service_id, Ticket.reporter_user_id, Ticket.reported_at).where(
        which_tickets,
        IS_COUNTED,
        col(Ticket.service_id).in_({one.service_id for one in held}),
        Ticket.category == HOW_TO,
        col(Ticket.reported_at) >= first,
        col(Ticket.reported_at) < last,
        col(Ticket.reporter_user_id).is_not(None),
    )
    asked: Asked = defaultdict(list)
    for service_id, user_id, at in session.exec(query):
        asked[service_id, user_id or 0].append(at)
    return asked


def _effect(
    topic: str, is_one_of_several: bool, held: Iterable[HeldSession], people: _People, asked: Asked
) -> Effect:
    """Each person counts once: who came to any of the sessions with those, others with all they missed."""
    counts: dict[int, dict[bool, list[tuple[int, int]]]] = defaultdict(lambda: {True: [], False: []})
    chosen = [one for one in held if topic in ("", one.topic)]
    for one in chosen:
        for user_id, has_come in people.of(one).items():
            sides = [one.side_of(at) for at in asked.get((one.service_id, user_id), ())]
            counts[user_id][has_come].append((sides.count(0), sides.count(1)))
    came = [by_coming[True] for by_coming in counts.values() if by_coming[True]]
    others = [by_coming[False] for by_coming in counts.values() if not by_coming[True]]
    return Effect(topic, is_one_of_several, len(chosen), _group(came), _group(others))


def _group(people: Sequence[Sequence[tuple[int, int]]]) -> Group:
    """For each person the counts before and after each of their sessions: the mean of those, one of most."""
    before, after = ([fmean(pair[side] for pair in pairs) for pairs in people] for side in (0, 1))
    return Group(tuple(before), tuple(after))
