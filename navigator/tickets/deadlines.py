"""SLA deadlines: priority from impact x urgency, targets in business hours, and the session guard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from navigator.catalogue.business_hours import WorkingCalendar
from navigator.catalogue.catalogue import Blocks
from navigator.clock import local, london_time

# Rows are impact (1 a whole programme … 4 one person, 5 cosmetic), columns urgency (1 … 5).
PRIORITIES = (
    (1, 1, 2, 2, 3),
    (1, 2, 2, 3, 4),
    (2, 3, 3, 4, 4),
    (3, 3, 4, 4, 5),
    (4, 5, 5, 5, 5),
)

SESSION_DEADLINE_TIME = time(12)
MIN_MINUTES_AFTER_WAIT = 60
MAX_DAYS_AHEAD = timedelta(days=60)
_WORKING_DAYS_TO_URGENCY = ((1, 1), (3, 2), (5, 3))


@dataclass(frozen=True)
class Targets:
    """Working hours to a resolution and to a first reply, by priority 1 to 5."""

    resolution: tuple[float, ...] = (4, 8, 16, 40, 80)
    first_reply: tuple[float, ...] = (1, 4, 8, 8, 16)

    def __post_init__(self) -> None:
        for hours in (self.resolution, self.first_reply):
            if len(hours) != len(PRIORITIES) or min(hours) <= 0 or list(hours) != sorted(hours):
                raise ValueError(
                    "Targets are five numbers of working hours, above 0, none less than the one before."
                )

    @classmethod
    def from_settings(cls, targets: Mapping[str, Sequence[float]]) -> "Targets":
        """Targets from a service's settings; what they do not name keeps its default."""
        if unknown := targets.keys() - {"resolution", "first_reply"}:
            raise ValueError(f"There are no such targets: {', '.join(sorted(unknown))}.")
        return cls(**{name: tuple(hours) for name, hours in targets.items()})


@dataclass(frozen=True)
class Deadlines:
    """What a ticket is due by: `due_at` is the earlier of target and guard (which may be past already)."""

    urgency: int
    priority: int
    target_at: datetime
    first_reply_by_at: datetime
    session_deadline_at: datetime | None
    due_at: datetime
    session_deadline_passed: bool


def compute_deadlines(
    calendar: WorkingCalendar,
    targets: Targets,
    now: datetime,
    impact: int,
    blocks: Blocks,
    session_on: date | None,
    workaround_in_use: bool = False,
) -> Deadlines:
    """All deadlines of a ticket reported (or triaged again) now; a session already past counts as unknown."""
    next_on = session_on if session_on and session_on >= local(now).date() else None
    minutes_to_session = None if next_on is None else _minutes_to_session(calendar, now, next_on)
    urgency = compute_urgency(blocks, minutes_to_session, calendar.day_minutes, workaround_in_use)
    priority = compute_priority(impact, urgency)
    target_at = calendar.add(now, _minutes(targets.resolution[priority - 1]))
    # What does not touch the session must not tell a practitioner to plan without the digital part.
    session_deadline_at = (
        None if next_on is None or blocks is Blocks.NO else session_deadline(calendar, next_on)
    )
    return Deadlines(
        urgency=urgency,
        priority=priority,
        target_at=target_at,
        first_reply_by_at=calendar.add(now, _minutes(targets.first_reply[priority - 1])),
        session_deadline_at=session_deadline_at,
        due_at=min(target_at, session_deadline_at or target_at),
        session_deadline_passed=session_deadline_at is not None and session_deadline_at <= now,
    )


def _minutes_to_session(calendar: WorkingCalendar, now: datetime, session_on: date) -> int:
    """Working minutes until the day of a session begins; counting stops where it is far away."""
    # A mistyped year must not cost the sums of a million days.
    return calendar.minutes_between(now, min(london_time(session_on, time.min), now + MAX_DAYS_AHEAD))


def compute_urgency(
    blocks: Blocks,
    minutes_to_session: int | None,
    day_minutes: int,
    workaround_in_use: bool,
) -> int:
    """1 (blocked, and the session is within a working day) to 5 (does not touch the session at all)."""
    if blocks is Blocks.NO:
        return 5
    if workaround_in_use or minutes_to_session is None:
        return 4
    urgency = next(
        (u for days, u in _WORKING_DAYS_TO_URGENCY if minutes_to_session <= days * day_minutes),
        4,
    )
    return urgency if blocks is Blocks.YES else max(urgency, 2)


def compute_priority(impact: int, urgency: int) -> int:
    """1 (first) to 5, from impact and urgency, each 1 to 5."""
    if not (1 <= impact <= 5 and 1 <= urgency <= 5):
        raise ValueError(f"Impact and urgency go from 1 to 5, not {impact} and {urgency}.")
    return PRIORITIES[impact - 1][urgency - 1]


def session_deadline(calendar: WorkingCalendar, session_on: date) -> datetime:
    """Noon in London of the last working day before a session: after it, plan without the digital part."""
    return london_time(calendar.previous_working_day(session_on), SESSION_DEADLINE_TIME)


def minutes_left(calendar: WorkingCalendar, target_at: datetime, now: datetime) -> int:
    """The working minutes left of a target when a ticket begins to wait for its reporter; 0 when overdue."""
    return max(0, calendar.minutes_between(now, target_at))


def restarted_target(calendar: WorkingCalendar, minutes_left: int, now: datetime) -> datetime:
    """The target after the wait, an hour of working time away at least: an answer is no instant breach."""
    return calendar.add(now, max(minutes_left, MIN_MINUTES_AFTER_WAIT))


def next_session(session_on: date | None, weekly: bool, today: date) -> date | None:
    """The next session from today on: a weekly one rolls on, a single one that is past is unknown."""
    if session_on is None or session_on >= today:
        return session_on
    return today + timedelta(days=(session_on - today).days % 7) if weekly else None


def _minutes(hours: float) -> int:
    return round(hours * 60)
