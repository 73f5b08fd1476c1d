"""The rota: every job by name, and how often it looks for work."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from navigator.bulk import doing
from navigator.jobs import abandoned, clocks, hand_overs, learning, quiet, sweeping, unclaimed, undelivered
from navigator.jobs.work import Work, each, once_per
from navigator.outbox import courier


@dataclass(frozen=True)
class Job:
    """A job: what it does, answering how many pieces it did, and how often it looks."""

    work: Work
    every: timedelta


def _job(work: Work, **every: int) -> Job:
    return Job(work, timedelta(**every))


JOBS: Mapping[str, Job] = MappingProxyType(
    {
        "send": _job(courier.send_waiting, seconds=5),
        "bulk": _job(each(doing.waiting, doing.do_one), seconds=1),
        "hand-overs": _job(each(hand_overs.unread, hand_overs.alert_again), seconds=30),
        "guards": _job(each(clocks.guards, clocks.plan_without), seconds=30),
        "overdue": _job(each(clocks.overdue, clocks.tell_of_overdue), minutes=1),
        "unclaimed": _job(each(unclaimed.unclaimed, unclaimed.ask_to_assign), minutes=1),
        "wake": _job(each(clocks.snoozed, clocks.wake), minutes=1),
        "undelivered": _job(each(undelivered.refused, undelivered.ask_to_phone), minutes=1),
        "drafts": _job(each(abandoned.old_drafts, abandoned.drop), minutes=5),
        "sessions": _job(each(clocks.past_sessions, clocks.roll_on), minutes=10),
        "warn": _job(each(quiet.quiet, quiet.warn), minutes=15),
        "close": _job(each(quiet.warned, quiet.close), minutes=15),
        "learn": _job(learning.learn, minutes=10),
        "forget": _job(once_per(sweeping.last_night, sweeping.forget), minutes=10),
        "stock": _job(once_per(sweeping.last_night, sweeping.take_stock), minutes=10),
    }
)
