"""What keeps the jobs honest: who runs them now, and which slots were done."""

from datetime import datetime

from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table

JOBS_LEASE = "jobs"
"""The name of the one lease there is: whoever holds it runs the jobs."""


class Lease(Table, table=True):
    """Which process runs the jobs, and until when unless it renews."""

    name: str = Field(primary_key=True)
    owner: str
    epoch: int = 1
    expires_at: datetime


class JobRun(Table, table=True):
    """That a job was done for one slot of time, written with its effect."""

    job: str = Field(primary_key=True)
    slot_at: datetime = Field(primary_key=True)
    ended_at: datetime = Field(default_factory=now)
