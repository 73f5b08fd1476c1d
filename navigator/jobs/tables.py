"""Tables of the jobs: the scheduler lease, and which time slots were done."""

from datetime import datetime

from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table

JOBS_LEASE = "jobs"
"""The name of the only lease: the process that holds it runs the jobs."""


class Lease(Table, table=True):
    """A lease: which process runs the jobs, and until when unless it renews."""

    name: str = Field(primary_key=True)
    owner: str
    epoch: int = 1
    expires_at: datetime


class JobRun(Table, table=True):
    """One run of a job for one time slot, written in the same transaction as its effect."""

    job: str = Field(primary_key=True)
    slot_at: datetime = Field(primary_key=True)
    ended_at: datetime = Field(default_factory=now)
