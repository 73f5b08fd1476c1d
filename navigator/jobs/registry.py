"""Job registry: every background job by name with its interval, like a crontab."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from navigator.attachments import sweep
from navigator.backup import schedule
from navigator.bulk import run_items
from navigator.insight import report_mail
from navigator.jobs import (
    abandoned_drafts,
    auto_close,
    booked_calls,
    daily_digest,
    day_counts,
    deadlines,
    delivery_failures,
    kept_records,
    mailboxes,
    retention,
    retrain,
    review_alerts,
    rises,
    stray_files,
    unassigned_alerts,
)
from navigator.jobs.runner import JobFunction, for_each_due, for_each_found, once_per_slot
from navigator.login_watch import watch
from navigator.outbox import sender
from navigator.people import audit_chain, audit_intake
from navigator.problems import late_suppliers, notice_letters, publish_notice, trying_again
from navigator.shared_problems import pull
from navigator.support_cards import briefs
from navigator.tickets import repeats
from navigator.tickets.actions.settle_calls import remind, settle_call
from navigator.tickets.queue import search_index
from navigator.training import confidence, leavers
from navigator.webhooks import deliver


@dataclass(frozen=True)
class Job:
    """A job: its function, which returns how many items it did, and its interval."""

    run: JobFunction
    every: timedelta


def _job(work: JobFunction, **every: int) -> Job:
    return Job(work, timedelta(**every))


JOBS: Mapping[str, Job] = MappingProxyType(
    {
        "send": _job(sender.send_waiting, seconds=5),
        "bulk": _job(for_each_due(run_items.pending_items, run_items.run_item), seconds=1),
        "hand-overs": _job(
            for_each_due(review_alerts.unacknowledged_reviews, review_alerts.send_next_alert), seconds=30
        ),
        "alerts_ahead": _job(
            for_each_due(review_alerts.alerts_to_come, review_alerts.bring_forward), minutes=1
        ),
        "guards": _job(
            for_each_due(deadlines.missed_session_deadlines, deadlines.notify_missed_session), seconds=30
        ),
        "overdue": _job(for_each_due(deadlines.overdue_tickets, deadlines.notify_overdue), minutes=1),
        "unclaimed": _job(
            for_each_due(unassigned_alerts.unassigned_tickets, unassigned_alerts.ask_to_assign), minutes=1
        ),
        "wake": _job(for_each_due(deadlines.ended_snoozes, deadlines.wake), minutes=1),
        "booked_calls": _job(for_each_due(booked_calls.calls_to_settle, settle_call), minutes=1),
        "calls_ahead": _job(for_each_due(booked_calls.calls_ahead, settle_call), minutes=10),
        "call_reminders": _job(for_each_due(booked_calls.calls_to_remind, remind), minutes=1),
        "undelivered": _job(
            for_each_due(delivery_failures.failed_messages, delivery_failures.go_on), minutes=1
        ),
        "drafts": _job(
            for_each_due(abandoned_drafts.expired_drafts, abandoned_drafts.delete_expired_draft), minutes=5
        ),
        "sessions": _job(
            for_each_due(deadlines.past_weekly_sessions, deadlines.advance_weekly_session), minutes=10
        ),
        "training_confidence": _job(
            for_each_due(confidence.sessions_to_ask_about, confidence.ask_later), minutes=30
        ),
        "training_leavers": _job(
            for_each_due(leavers.sessions_with_leavers, leavers.release_leavers), minutes=10
        ),
        "search": _job(
            for_each_due(search_index.messages_without_words, search_index.index_message), minutes=10
        ),
        "missed_promises": _job(
            for_each_due(late_suppliers.missed_promises, late_suppliers.note_missed), minutes=10
        ),
        "failed_fixes": _job(for_each_due(trying_again.failed_releases, late_suppliers.reopen), minutes=1),
        "warn": _job(for_each_due(auto_close.tickets_to_warn, auto_close.warn), minutes=15),
        "close": _job(for_each_due(auto_close.tickets_to_close, auto_close.close), minutes=15),
        "repeats": _job(for_each_found(repeats.people_to_look_at, repeats.offer), minutes=10),
        "briefs": _job(for_each_found(briefs.practitioners_due, briefs.send_brief), minutes=5),
        "digests": _job(for_each_found(daily_digest.readers_due, daily_digest.send_digest), minutes=1),
        "audit": _job(audit_chain.seal_new, seconds=2),
        "key_uses": _job(audit_intake.record_key_uses, minutes=1),
        "count": _job(day_counts.count_days, minutes=1),
        "rises": _job(rises.look_for_rises, minutes=10),
        "reports": _job(for_each_due(report_mail.mails_due, report_mail.send), minutes=10),
        "learn": _job(retrain.retrain, minutes=10),
        "feeds": _job(pull.pull_due, minutes=1),
        "mailboxes": _job(mailboxes.listen, seconds=20),
        "mail": _job(mailboxes.land, seconds=5),
        "log_ins": _job(watch.try_due, minutes=1),
        "webhooks": _job(deliver.deliver_due, seconds=5),
        "notices": _job(for_each_due(publish_notice.held_notices, publish_notice.publish_held), seconds=2),
        "notice_letters": _job(
            for_each_due(notice_letters.notices_to_queue, notice_letters.queue_letters), seconds=5
        ),
        "files": _job(sweep.delete_unneeded, minutes=1),
        "strays": _job(stray_files.delete_strays, minutes=10),
        "backup": _job(schedule.run_due, minutes=10),
        "forget": _job(once_per_slot("forget", retention.last_night, retention.delete_old_rows), minutes=10),
        "retention": _job(kept_records.keep_periods, minutes=10),
        "erasures": _job(kept_records.write_erasures, minutes=1),
        "purge": _job(kept_records.purge, minutes=1),
        "stock": _job(once_per_slot("take_stock", retention.last_night, retention.analyze), minutes=10),
    }
)
