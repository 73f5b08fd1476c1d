"""What is counted of reports and kept by day, until when it holds, and the days that have changed since."""

from datetime import date, datetime

from sqlalchemy import Index, text
from sqlmodel import Field, Session

from navigator import clock
from navigator.database import Table
from navigator.people.reporter import ReporterKind


class DayCount(Table, table=True):
    """How many reports of a day in London each metric counts, by service, programme, category
    and who reported."""

    __table_args__ = (
        Index(  # all that is asked of reports alone, so that no row is looked at
            "ix_daycount_reported_on",
            "reported_on", "service_id", "programme_id", "category", "reporter_kind", "all_count",
        ),
    )  # fmt: skip

    id: int = Field(default=None, primary_key=True)
    reported_on: date
    service_id: int = Field(foreign_key="service.id")
    programme_id: int | None = Field(default=None, foreign_key="programme.id")
    category: str | None = None
    reporter_kind: str = Field(
        default=ReporterKind.PATIENT, sa_column_kwargs={"server_default": text("'patient'")}
    )
    all_count: int
    ours_count: int
    supplier_count: int
    protocol_count: int
    divert_count: int
    nothing_count: int
    unsorted_count: int
    had_session_count: int
    in_time_count: int
    no_session_count: int
    ended_count: int
    reopened_count: int
    passed_on_count: int
    patients_count: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """Reports of patients, and of those by what keeps them out (`insight/barriers`)."""
    device_count: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    language_count: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    access_count: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    confidence_count: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    contact_count: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    without_count: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """Reports that stop the programme for a patient, and for how long those that have ended did."""
    without_minutes: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class DayFigure(Table, table=True):
    """How many reports of a day in London have that value of a figure: the hour when they came, or a wait.

    One row a step of a wait, not one a ticket: the middle and the slowest tenth of months are read from few
    rows.
    """

    __table_args__ = (
        Index(  # all that is asked, so that no row is looked at
            "ix_dayfigure_figure",
            "figure", "service_id", "reported_on", "value", "programme_id", "reporter_kind", "fixability",
            "count",
        ),
        Index("ix_dayfigure_reported_on", "reported_on"),
    )  # fmt: skip

    id: int = Field(default=None, primary_key=True)
    reported_on: date
    figure: str
    service_id: int = Field(foreign_key="service.id")
    programme_id: int | None = Field(default=None, foreign_key="programme.id")
    reporter_kind: str
    fixability: str | None = None
    value: int
    count: int


class DayCall(Table, table=True):
    """How many calls there were on a day with reporters of a day, what for and how long.

    By both days: what is kept of a day of reports holds until one of them changes, as a call changes it.
    """

    __table_args__ = (
        Index(  # all that is asked, so that no row is looked at
            "ix_daycall_called_on",
            "called_on", "service_id", "reported_on", "purpose", "programme_id", "reporter_kind",
            "calls", "noted", "minutes", "begun", "spoke",
        ),
        Index("ix_daycall_reported_on", "reported_on"),
    )  # fmt: skip

    id: int = Field(default=None, primary_key=True)
    reported_on: date
    called_on: date
    service_id: int = Field(foreign_key="service.id")
    programme_id: int | None = Field(default=None, foreign_key="programme.id")
    reporter_kind: str
    purpose: str
    calls: int
    noted: int
    minutes: int
    begun: int
    spoke: int


class DayEvent(Table, table=True):
    """How many reports of a day something happened to on a day: a session warning, a clinical review.

    `before_on` is the last day before on which the same happened to them. So a report counts once in a
    period: on the first day on which it happened there, which is the one whose last day before is not in it.
    """

    __table_args__ = (
        Index(  # all that is asked, so that no row is looked at
            "ix_dayevent_happened_on",
            "happened_on", "service_id", "reported_on", "event", "before_on", "programme_id",
            "reporter_kind", "count",
        ),
        Index("ix_dayevent_reported_on", "reported_on"),
    )  # fmt: skip

    id: int = Field(default=None, primary_key=True)
    reported_on: date
    event: str
    happened_on: date
    before_on: date | None = None
    service_id: int = Field(foreign_key="service.id")
    programme_id: int | None = Field(default=None, foreign_key="programme.id")
    reporter_kind: str
    count: int


class CountedDay(Table, table=True):
    """That the counts of a day are kept, and when the next session deadline of one of its tickets passes."""

    reported_on: date = Field(primary_key=True)
    holds_until_at: datetime | None = None


class ChangedDay(Table, table=True):
    """That a ticket reported on that day has changed: what is kept holds no longer.

    Nobody ever waits for another to write one, and a job deletes only those that it saw: so what is written
    while it counts is not lost.
    """

    id: int = Field(default=None, primary_key=True)
    reported_on: date


def mark_changed(session: Session, reported_at: datetime) -> None:
    """Say in this transaction that a ticket of that day changes; the counts of today are never kept."""
    if (day := clock.local(reported_at).date()) != clock.today():
        session.add(ChangedDay(reported_on=day))
