"""Readiness: what must not fail in silence, each thing seen failing."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session, select
from structlog.testing import capture_logs

from navigator import clock, database, readiness, scheduler
from navigator.engines import engines_for
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.people.actor import ANONYMOUS
from navigator.tickets.actions import clinical_review, staff
from navigator.tickets.report_input import ReportInput
from navigator.tickets.ticket import ClinicalReview
from tests.people import People


@pytest.fixture(autouse=True)
def _heartbeat(session: Session) -> None:
    scheduler.acquire_lease(session, "somebody", clock.now())


def wrong(session: Session) -> dict[str, str]:
    checks = readiness.database_checks(session, clock.now())
    assert [check.name for check in checks] == [
        "migrations", "scheduler", "clock", "outbox", "refused", "mail", "hand_overs", "attachments",
        "backup", "standby", "mail_in",
    ]  # fmt: skip
    return {check.name: check.message for check in checks if not check.ok}


def later(**time: float) -> None:
    clock.set_to(clock.now() + timedelta(**time))


def test_a_desk_with_nothing_wrong_is_ready(session: Session):
    assert wrong(session) == {}


def test_a_scheduler_that_stopped_is_seen(session: Session):
    later(seconds=39)
    assert wrong(session) == {}
    later(seconds=1)
    words = "No messages or alerts have been sent since 10am on Tuesday 9 June: the scheduler has stopped."
    assert wrong(session) == {"scheduler": words}


def test_a_scheduler_that_never_ran_is_seen(session: Session):
    session.exec(text("DELETE FROM lease"))  # type: ignore[call-overload]
    assert set(wrong(session)) == {"scheduler"}


def test_a_clock_that_was_set_is_seen_for_an_hour(session: Session):
    """11.F5."""
    clock.forget_looks()
    clock.look_for_jump()
    later(hours=2)
    clock.look_for_jump()
    scheduler.acquire_lease(session, "somebody", clock.now())
    assert wrong(session)["clock"].startswith(
        "The clock was set forward by 2 hours, to midday on Tuesday 9 June."
    )
    later(minutes=59)
    scheduler.acquire_lease(session, "somebody", clock.now())
    assert set(wrong(session)) == {"clock"}
    later(minutes=1)
    scheduler.acquire_lease(session, "somebody", clock.now())
    assert wrong(session) == {}
    clock.forget_looks()


def test_a_clock_that_stood_ahead_is_seen(session: Session):
    """11.F5: readiness said ok while nothing was sent."""
    later(days=1)
    scheduler.acquire_lease(session, "somebody", clock.now())
    later(days=-1)
    assert wrong(session)["clock"].startswith(
        "A clock is wrong, or was: jobs ran at 10am on Wednesday 10 June"
    )


def letter(session: Session, recipient: Recipient = Recipient.USER, **facts: object) -> OutboxMessage:
    row = OutboxMessage(template="assigned", recipient=recipient, recipient_id=1)
    for name, value in facts.items():
        setattr(row, name, value)
    session.add(row)
    session.flush()
    return row


def test_a_letter_that_waits_is_seen(session: Session):
    waiting = letter(session, attempts=3)
    letter(session, sent_at=clock.now())
    later(minutes=10)
    scheduler.acquire_lease(session, "somebody", clock.now())
    assert wrong(session) == {}
    later(seconds=1)
    assert wrong(session) == {"outbox": "Messages have waited to be sent since 10am on Tuesday 9 June."}
    waiting.sent_at = clock.now()
    session.flush()
    assert wrong(session) == {}


def test_a_letter_to_staff_that_was_given_up_is_shown_for_a_week(session: Session):
    letter(session, failed_at=clock.now())
    for typed_by_a_stranger in (Recipient.REPORTER, Recipient.SUBSCRIBER, Recipient.MAIL, Recipient.CARD):
        letter(session, typed_by_a_stranger, failed_at=clock.now())
    assert list(wrong(session)) == ["refused"]
    assert "delivered: 1." in wrong(session)["refused"]
    later(days=7)
    scheduler.acquire_lease(session, "somebody", clock.now())
    assert wrong(session) == {}


def test_a_message_that_nobody_read_after_every_alert_is_seen(session: Session, people: People):
    staff.report(session, ANONYMOUS, ReportInput(service="north", text="I want to end my life"))
    handed = session.exec(select(ClinicalReview)).one()
    later(minutes=20)  # five minutes late with the next alert
    scheduler.acquire_lease(session, "somebody", clock.now())
    assert "hand_overs" not in wrong(session)
    later(minutes=5, seconds=1)
    assert "Nobody has read in time what a clinician must read: 1 message." in wrong(session)["hand_overs"]
    handed.next_alert_at = clock.now() + timedelta(minutes=5)
    session.flush()
    assert "hand_overs" not in wrong(session)
    handed.next_alert_at = None
    session.flush()
    assert "hand_overs" in wrong(session)
    clinical_review.acknowledge(session, people.cole, handed.id)
    session.flush()
    assert "hand_overs" not in wrong(session)


def test_of_a_database_that_is_not_up_to_date_only_that_is_said(session: Session):
    session.exec(text("DELETE FROM alembic_version"))  # type: ignore[call-overload]
    checks = readiness.database_checks(session, clock.now())
    assert [(check.name, check.ok) for check in checks] == [("migrations", False)]


@pytest.fixture
def _gone(connection: object) -> Iterator[None]:
    """The database cannot be reached."""
    read, write = engines_for("postgresql+psycopg://nobody@127.0.0.1:1/none")
    bound = database._Bound.read, database._Bound.write
    database.bind(read, write)
    yield
    database.bind(*bound)


@pytest.mark.usefixtures("_gone")
def test_a_database_that_is_gone_is_seen_and_said():
    assert readiness.run_checks() == [readiness.Check("database", "The database does not answer.")]


def test_what_is_wrong_is_written_down_as_an_error(session: Session):
    with capture_logs() as quiet:
        readiness.log_failures()
    assert quiet == []
    later(minutes=1)
    with capture_logs() as logs:
        readiness.log_failures()
    (log,) = logs
    assert (log["log_level"], log["event"]) == ("error", "not ready")
    assert "scheduler" in log


def test_pages_look_again_after_a_while_only(session: Session):
    readiness.log_failures()
    letter(session, failed_at=clock.now())
    assert all(check.ok for check in readiness.cached_checks())
    later(minutes=2)
    assert not all(check.ok for check in readiness.cached_checks())
