"""The managers’ report by mail: weekly or monthly, to managers who asked for it, with rounded numbers alone.

A letter leaves the desk and may be passed on: it says what the page says where it is shared, and no file is
attached, which nobody could take back. The exact numbers, and files, are behind the log-in that it links to.
"""

from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from pydantic import Field as PydanticField
from sqlalchemy import Select, and_, delete, exists, or_, select
from sqlmodel import Session, col

from navigator import clock
from navigator.fields import Input
from navigator.insight.mail_choice import ReportMail, Rhythm
from navigator.insight.period_filter import PeriodFilter
from navigator.insight.rows import period_in_words
from navigator.insight.tables import MOST_FINDINGS, ManagersReport, managers_report
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import Recipient
from navigator.people.actor import Actor
from navigator.people.login import actor_of
from navigator.people.user import Membership, Role, User
from navigator.tickets.metrics import Period

SENT_FROM = time(8)
"""Nobody is written to at night."""


class ReportMailInput(Input):
    """How often the report is sent; empty for never."""

    every: Literal["", "week", "month"] = PydanticField(default="", title="how often")


def choose(session: Session, actor: Actor, every: str) -> None:
    """Send the report so often from the next period on, or not any more."""
    user_id = actor.user_id or 0
    row = session.get(ReportMail, user_id)
    if not every:
        if row is not None:
            session.delete(row)
        return
    row = row or ReportMail(user_id=user_id, every=every)
    row.every, row.chosen_at, row.sent_for_on = every, clock.now(), _start(every, clock.today())
    session.add(row)


def chosen(session: Session, actor: Actor) -> str:
    """How often the report is sent to them; empty if it is not."""
    row = session.get(ReportMail, actor.user_id)
    return row.every if row else ""


def mails_due(at: datetime) -> Select[Any]:
    """Managers who have not been sent the report of the last whole week or month."""
    is_due = or_(*(_is_before(every, _start(every, _day(at))) for every in Rhythm))
    return select(col(ReportMail.user_id)).where(is_due, _MANAGES)


def send(session: Session, at: datetime, user_id: int) -> bool:
    """Write the letter of the last whole period; who manages no service any more is sent nothing."""
    row, actor = session.get_one(ReportMail, user_id), actor_of(session, user_id)
    if actor is None or not actor.services(Role.MANAGER):
        return False
    start = _start(row.every, _day(at))
    days = Period(_start(row.every, start - timedelta(days=1)), start - timedelta(days=1))
    row.sent_for_on = start
    asked = PeriodFilter(period="own", since=days.first, until=days.last)
    report = managers_report(session, actor, asked)
    key = f"managers_report {user_id} {row.every} {days.first}"
    context = letter_context(report, row.every)
    enqueue(session, "managers_report", Recipient.USER, user_id, context=context, dedupe_key=key)
    return True


def letter_context(report: ManagersReport, every: str) -> dict[str, Any]:
    """What the letter says: nothing but what may leave the service."""
    days = report.scope.days
    return {
        "every": every,
        "period": period_in_words(days),
        "days": {"since": days.first.isoformat(), "until": days.last.isoformat()},
        "reported": report.reported.cells[0].shared,
        "before": report.reported.cells[1].shared,
        "findings": [
            {"says": found.shared, "advice": found.advice} for found in report.findings[:MOST_FINDINGS]
        ],
    }


def forget_former(session: Session, _: datetime) -> None:
    """Delete what was chosen by those who manage no service any more."""
    session.execute(delete(ReportMail).where(~_MANAGES))


_MANAGES = exists().where(
    col(Membership.user_id) == col(ReportMail.user_id),
    col(Membership.role) == Role.MANAGER,
    col(User.id) == col(ReportMail.user_id),
    col(User.is_active),
)


def _is_before(every: Rhythm, start: date) -> Any:
    sent = col(ReportMail.sent_for_on)
    return and_(col(ReportMail.every) == every, or_(sent.is_(None), sent < start))


def _day(at: datetime) -> date:
    """The day of a moment; it begins in the morning."""
    local = clock.local(at)
    return local.date() if local.time() >= SENT_FROM else local.date() - timedelta(days=1)


def _start(every: str, day: date) -> date:
    """The first day of the week or month of a day."""
    return day.replace(day=1) if every == Rhythm.MONTH else day - timedelta(days=day.weekday())
