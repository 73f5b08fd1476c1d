"""Tables of the jobs: the scheduler lease, and which time slots were done."""

from datetime import datetime

from sqlalchemy import JSON, text
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table

JOBS_LEASE = "jobs"
"""The name of the only lease: the process that holds it runs the jobs."""


class Lease(Table, table=True):
    """A lease: which process runs the jobs; `renewals` counts, as clocks differ and are set.

    `expires_at` is for people to read: when it would end by the clock of its holder.
    """

    name: str = Field(primary_key=True)
    owner: str
    epoch: int = 1
    renewals: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    expires_at: datetime
    succeeded: dict[str, str] = Field(
        default_factory=dict, sa_type=JSON, sa_column_kwargs={"server_default": text("'{}'")}
    )
    """When each job last went well, wherever it ran."""


class JobRun(Table, table=True):
    """One run of a job for one time slot, written in the same transaction as its effect."""

    job: str = Field(primary_key=True)
    slot_at: datetime = Field(primary_key=True)
    ended_at: datetime = Field(default_factory=now)
