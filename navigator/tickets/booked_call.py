"""Calls that reporters book: when, with whom and by which number; and the quarters of an hour they take."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlmodel import Field, Session, col, select

from navigator.clock import now
from navigator.database import Table, partial_index


class BookedCall(Table, table=True):
    """A call that was booked; of a ticket one at most is live, and a day after its end its number is gone.

    `origin_number` is the ticket on which it was booked, whose reporter it is for; `sequence` counts its
    changes, as a calendar does (RFC 5545). It ends when it is cancelled, or when a call was logged.
    """

    __table_args__ = (
        partial_index("ix_bookedcall_live", "ticket_number", where="ended_at IS NULL", unique=True),
        partial_index("ix_bookedcall_starts_at", "starts_at", where="ended_at IS NULL"),
    )

    id: int = Field(default=None, primary_key=True)
    ticket_number: int = Field(foreign_key="ticket.number", index=True)
    origin_number: int = Field(foreign_key="ticket.number", index=True)
    navigator_id: int = Field(foreign_key="user.id")
    starts_at: datetime
    minutes: int
    phone: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    voicemail_is_safe: bool
    sequence: int = 0
    created_at: datetime = Field(default_factory=now)
    changed_at: datetime = Field(default_factory=now)
    remind_at: datetime | None = None
    ended_at: datetime | None = None
    is_cancelled: bool = False

    @property
    def is_live(self) -> bool:
        """Whether it is to be held still: neither cancelled nor logged."""
        return self.ended_at is None

    @property
    def ends_at(self) -> datetime:
        """When it is over, if it takes as long as was planned."""
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def is_to_come(self) -> bool:
        """Whether it is live and has not begun: until then it can be moved and cancelled."""
        return self.is_live and self.starts_at > now()

    @property
    def is_off(self) -> bool:
        """Whether it was cancelled before its time, which is to come."""
        return self.is_cancelled and self.starts_at > now()


class BookedQuarter(Table, table=True):
    """A quarter of an hour of a navigator that a live call takes: the key that nobody books twice."""

    navigator_id: int = Field(foreign_key="user.id", primary_key=True)
    starts_at: datetime = Field(primary_key=True)
    call_id: int = Field(foreign_key="bookedcall.id", index=True)


def live_call(session: Session, number: int) -> BookedCall | None:
    """The live booked call of a ticket."""
    query = select(BookedCall).where(BookedCall.ticket_number == number, col(BookedCall.ended_at).is_(None))
    return session.exec(query).one_or_none()


def latest_calls(session: Session, numbers: Collection[int]) -> dict[int, BookedCall]:
    """The live booked call of each of these tickets, else the last one, by their numbers."""
    query = select(BookedCall).where(col(BookedCall.ticket_number).in_(sorted(numbers)))
    return {call.ticket_number: call for call in session.exec(query.order_by(*_LIVE_LAST))}


def last_call_booked_on(session: Session, numbers: Collection[int]) -> BookedCall | None:
    """The live call that was booked on these tickets by their reporters, else the last one."""
    query = select(BookedCall).where(col(BookedCall.origin_number).in_(sorted(numbers)))
    return next(reversed(session.exec(query.order_by(*_LIVE_LAST)).all()), None)


# After a merge the one that goes on may be the one that was booked first.
_LIVE_LAST = (col(BookedCall.ended_at).is_(None), col(BookedCall.id))
