"""Tables of training: requests, sessions, and seats in them with confidence before, after and weeks later."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, text
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table, one_of

_LONG_AGO = text("'1970-01-01 00:00:00'")
"""When what is older than its column began."""


class TrainingFormat(StrEnum):
    """The format of training that is asked for."""

    ANSWER = "answer"
    ONE_TO_ONE = "one_to_one"
    GROUP = "group"


class RequestStatus(StrEnum):
    """The status of a training request."""

    ASKED = "asked"
    ANSWERED = "answered"
    PLANNED = "planned"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class SeatState(StrEnum):
    """Whether somebody has a place in a session, waits for one, or had it and has it no more."""

    BOOKED = "booked"
    WAITING = "waiting"
    LEFT = "left"


class TrainingSession(Table, table=True):
    """A training session; `places` is how many can attend.

    `sequence` counts what changed in somebody's calendar, as calendars do (RFC 5545); `changed_at` is when.
    """

    id: int = Field(default=None, primary_key=True)
    service_id: int = Field(foreign_key="service.id", index=True)
    topic: str
    title: str
    starts_at: datetime
    minutes: int = 30
    places: int = 8
    venue: str = ""
    led_by: int = Field(foreign_key="user.id")
    held_at: datetime | None = None
    cancelled_at: datetime | None = None
    sequence: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    changed_at: datetime = Field(default_factory=now, sa_column_kwargs={"server_default": _LONG_AGO})

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def is_to_come(self) -> bool:
        """Whether it has not begun, and is not cancelled: until then places are booked and given up."""
        return self.cancelled_at is None and self.held_at is None and self.starts_at > now()

    def revise(self) -> None:
        """Note that what stands in somebody's calendar is no longer so."""
        self.sequence, self.changed_at = self.sequence + 1, now()


class TrainingRequest(Table, table=True):
    """A training request of a practitioner, or of a manager for a team; confidence now is 0 to 10."""

    __table_args__ = (
        one_of("form", TrainingFormat),
        one_of("status", RequestStatus),
        CheckConstraint("confidence BETWEEN 0 AND 10", name="confidence"),
    )

    id: int = Field(default=None, primary_key=True)
    service_id: int = Field(foreign_key="service.id", index=True)
    programme_id: int | None = Field(default=None, foreign_key="programme.id")
    asked_by: int = Field(foreign_key="user.id", index=True)
    is_for_team: bool = False
    topic: str
    details: str = Field(default="", sa_column_kwargs={"name": "words"})
    needed_on: date | None = None
    format: str = Field(default=TrainingFormat.ANSWER, sa_column_kwargs={"name": "form"})
    confidence: int | None = None
    status: str = RequestStatus.ASKED
    answer: str = ""
    session_id: int | None = Field(default=None, foreign_key="trainingsession.id", index=True)
    ticket_number: int | None = Field(default=None, foreign_key="ticket.number", unique=True)
    asked_at: datetime = Field(default_factory=now)
    settled_at: datetime | None = None


class Attendance(Table, table=True):
    """A user's seat in a session: booked or waiting since, whether they came, and their confidence (0 to 10).

    Confidence is told when the seat is booked, after the session, and six to eight weeks later; for that they
    are asked once and reminded once, which `later_asked` counts.
    """

    __table_args__ = (
        one_of("state", SeatState),
        CheckConstraint("confidence_before BETWEEN 0 AND 10", name="confidence_before"),
        CheckConstraint("confidence_after BETWEEN 0 AND 10", name="confidence_after"),
        CheckConstraint("confidence_later BETWEEN 0 AND 10", name="confidence_later"),
    )

    session_id: int = Field(foreign_key="trainingsession.id", primary_key=True)
    user_id: int = Field(foreign_key="user.id", primary_key=True, index=True)
    state: str = Field(default=SeatState.BOOKED, sa_column_kwargs={"server_default": text("'booked'")})
    booked_at: datetime = Field(default_factory=now, sa_column_kwargs={"server_default": _LONG_AGO})
    attended: bool | None = Field(default=None, sa_column_kwargs={"name": "came"})
    confidence_before: int | None = None
    confidence_after: int | None = None
    confidence_later: int | None = None
    later_asked: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
