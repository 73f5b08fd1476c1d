"""The rota: every job by name, and how often it looks for work."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from navigator.bulk import job
from navigator.jobs import (
    abandoned_drafts,
    auto_close,
    deadlines,
    delivery_failures,
    retention,
    retrain,
    review_alerts,
    unassigned_alerts,
)
from navigator.jobs.runner import Work, each, once_per
from navigator.outbox import sender


@dataclass(frozen=True)
class Job:
    """A job: what it does, answering how many pieces it did, and how often it looks."""

    work: Work
    every: timedelta


def _job(work: Work, **every: int) -> Job:
    return Job(work, timedelta(**every))


JOBS: Mapping[str, Job] = MappingProxyType(
    {
        "send": _job(sender.send_waiting, seconds=5),
        "bulk": _job(each(job.waiting, job.do_one), seconds=1),
        "hand-overs": _job(each(review_alerts.unread, review_alerts.alert_again), seconds=30),
        "guards": _job(each(deadlines.guards, deadlines.plan_without), seconds=30),
        "overdue": _job(each(deadlines.overdue, deadlines.tell_of_overdue), minutes=1),
        "unclaimed": _job(each(unassigned_alerts.unclaimed, unassigned_alerts.ask_to_assign), minutes=1),
        "wake": _job(each(deadlines.snoozed, deadlines.wake), minutes=1),
        "undelivered": _job(each(delivery_failures.refused, delivery_failures.ask_to_phone), minutes=1),
        "drafts": _job(each(abandoned_drafts.old_drafts, abandoned_drafts.drop), minutes=5),
        "sessions": _job(each(deadlines.past_sessions, deadlines.roll_on), minutes=10),
        "warn": _job(each(auto_close.quiet, auto_close.warn), minutes=15),
        "close": _job(each(auto_close.warned, auto_close.close), minutes=15),
        "learn": _job(retrain.learn, minutes=10),
        "forget": _job(once_per(retention.last_night, retention.forget), minutes=10),
        "stock": _job(once_per(retention.last_night, retention.take_stock), minutes=10),
    }
)
