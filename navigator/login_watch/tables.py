"""Tables of the log-in watch: a recipe for each programme, its sealed secrets, and what it drafted."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table, one_of, partial_index


class WatchStatus(StrEnum):
    """What the last try said: nothing yet, it works, it failed, or our own network is down."""

    UNTRIED = "untried"
    WORKS = "works"
    FAILS = "fails"
    OUR_NETWORK = "our_network"
    NO_SECRETS = "no_secrets"


class LoginWatch(Table, table=True):
    """How the test account of a service logs into a programme, how often, and how it went."""

    __tablename__ = "loginwatch"
    __table_args__ = (UniqueConstraint("service_id", "programme_id"), one_of("status", WatchStatus))

    id: int = Field(default=None, primary_key=True)
    service_id: int = Field(foreign_key="service.id", index=True)
    programme_id: int = Field(foreign_key="programme.id")
    is_active: bool = False
    recipe: str = ""
    hosts: list[str] = Field(default_factory=list, sa_type=JSON)
    every_minutes: int = 10
    control_url: str = ""
    owner: str = ""
    review_on: date | None = None
    status: str = WatchStatus.UNTRIED
    tried_at: datetime | None = None
    worked_at: datetime | None = None
    failing_since_at: datetime | None = None
    failures: int = 0
    failed_step: str = ""


class WatchSecret(Table, table=True):
    """One secret of a test account, sealed for the hosts that it was typed for: to others it is not sent."""

    __tablename__ = "watchsecret"
    __table_args__ = (UniqueConstraint("watch_id", "name"),)

    id: int = Field(default=None, primary_key=True)
    watch_id: int = Field(foreign_key="loginwatch.id")
    name: str
    sealed: str
    created_at: datetime = Field(default_factory=now)


class LoginAlarm(Table, table=True):
    """An outage that the watch drafted: a person makes it one, or says that it is none; it ends by itself."""

    __tablename__ = "loginalarm"
    __table_args__ = (partial_index("ix_loginalarm_open", "watch_id", where="ended_at IS NULL", unique=True),)

    id: int = Field(default=None, primary_key=True)
    watch_id: int = Field(foreign_key="loginwatch.id", index=True)
    step: str
    failing_since_at: datetime
    created_at: datetime = Field(default_factory=now)
    decided_at: datetime | None = None
    decided_by: int | None = Field(default=None, foreign_key="user.id")
    problem_id: int | None = Field(default=None, foreign_key="problem.id")
    told: int = 0
    ended_at: datetime | None = None
