"""Tables beside the audit log: calls with a key in the hour that runs, and which spool files were taken."""

from datetime import datetime

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
