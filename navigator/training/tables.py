"""Tables of training: requests, sessions and attendance."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table, one_of


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


class TrainingSession(Table, table=True):
    """A training session; `places` is how many can attend."""

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
    """A user's place in a session: whether they came, and their confidence after it (0 to 10)."""

    __table_args__ = (CheckConstraint("confidence_after BETWEEN 0 AND 10", name="confidence_after"),)

    session_id: int = Field(foreign_key="trainingsession.id", primary_key=True)
    user_id: int = Field(foreign_key="user.id", primary_key=True)
    attended: bool | None = Field(default=None, sa_column_kwargs={"name": "came"})
    confidence_after: int | None = None
