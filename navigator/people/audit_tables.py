"""Tables beside the audit log: key calls of this hour, spool files that were taken, how long it stays."""

from datetime import date, datetime

from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table


class KeyUse(Table, table=True):
    """How often an API key was used in an hour; it becomes one audit entry when the hour is over."""

    key_id: int = Field(primary_key=True)
    hour_at: datetime = Field(primary_key=True)
    name: str
    service_id: int
    count: int


class SpoolFile(Table, table=True):
    """A spool file that was taken into the audit log, in the same transaction: so none is taken twice."""

    name: str = Field(primary_key=True)
    taken_at: datetime = Field(default_factory=now)


class AuditPeriod(Table, table=True):
    """The one row of how many days the audit log is kept, of all services; no days keep it."""

    __tablename__ = "auditperiod"

    id: int = Field(default=1, primary_key=True)
    days: int | None = None
    reason: str = ""
    owner: str = ""
    review_on: date | None = None
