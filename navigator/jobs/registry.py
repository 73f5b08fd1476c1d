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
from navigator.jobs.runner import Work, for_each_due, once_per_slot
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
        "bulk": _job(for_each_due(job.pending_items, job.do_one), seconds=1),
        "hand-overs": _job(for_each_due(review_alerts.unread_reviews, review_alerts.alert_again), seconds=30),
        "guards": _job(for_each_due(deadlines.missed_session_deadlines, deadlines.plan_without), seconds=30),
        "overdue": _job(for_each_due(deadlines.overdue_tickets, deadlines.notify_overdue), minutes=1),
        "unclaimed": _job(
            for_each_due(unassigned_alerts.unassigned_tickets, unassigned_alerts.ask_to_assign), minutes=1
        ),
        "wake": _job(for_each_due(deadlines.ended_snoozes, deadlines.wake), minutes=1),
        "undelivered": _job(
            for_each_due(delivery_failures.failed_messages, delivery_failures.ask_to_phone), minutes=1
        ),
        "drafts": _job(
            for_each_due(abandoned_drafts.expired_drafts, abandoned_drafts.delete_draft), minutes=5
        ),
        "sessions": _job(for_each_due(deadlines.past_sessions, deadlines.advance_weekly_session), minutes=10),
        "warn": _job(for_each_due(auto_close.tickets_to_warn, auto_close.warn), minutes=15),
        "close": _job(for_each_due(auto_close.tickets_to_close, auto_close.close), minutes=15),
        "learn": _job(retrain.retrain, minutes=10),
        "forget": _job(once_per_slot(retention.last_night, retention.delete_old_rows), minutes=10),
        "stock": _job(once_per_slot(retention.last_night, retention.analyze), minutes=10),
    }
)
