"""Tables of what staff are told of a ticket in the app: notices, and who watches it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import false
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table, one_of, partial_index


class NoticeKind(StrEnum):
    """What somebody is told of: a note that names them, news of what they watch, or what was theirs."""

    MENTIONED = "mentioned"
    WROTE = "wrote"
    ANSWERED = "answered"
    RESOLVED = "resolved"
    RESOLVED_FOR_YOU = "resolved_for_you"
    GIVEN = "given"
    WROTE_TO_YOU = "wrote_to_you"
    SESSION_NEAR = "session_near"


class Notice(Table, table=True):
    """One thing that a member of staff is told of a ticket: never what was said."""

    __table_args__ = (
        one_of("kind", NoticeKind),
        partial_index("ix_notice_unread", "user_id", where="read_at IS NULL"),
    )

    id: int = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id")
    ticket_number: int = Field(foreign_key="ticket.number", index=True)
    kind: str
    actor_id: int | None = Field(default=None, foreign_key="user.id")
    actor_name: str
    created_at: datetime = Field(default_factory=now, index=True)
    read_at: datetime | None = None


class Watch(Table, table=True):
    """That a member of staff watches a ticket, on their Today alone or by email too."""

    ticket_number: int = Field(foreign_key="ticket.number", primary_key=True)
    user_id: int = Field(foreign_key="user.id", primary_key=True, index=True)
    is_mailed: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    created_at: datetime = Field(default_factory=now)
