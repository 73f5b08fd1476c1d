"""Tables of attachments: what is stored of each, and the names of stored files that nothing needs."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import Column, ForeignKey, Integer, String, text
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table, one_of, partial_index


class Kind(StrEnum):
    """What a file is, by its content."""

    PICTURE = "picture"
    PDF = "pdf"


MEDIA_TYPES: Mapping[Kind, str] = MappingProxyType({Kind.PICTURE: "image/jpeg", Kind.PDF: "application/pdf"})
"""What each is served as: a picture as it was made anew."""


class Attachment(Table, table=True):
    """A stored file: of a message, or waiting for one with a report draft or with a reply that is written.

    `name` is a random one under which its content is stored: what a person called it is kept nowhere.
    Two rows have one `name` where words were copied into a second ticket. Once no row has it, a trigger notes
    it as an `UnneededFile`, however the row went.
    """

    __table_args__ = (
        one_of("kind", Kind),
        partial_index("ix_attachment_staged", "ticket_number", "user_id", where="user_id IS NOT NULL"),
        {"sqlite_autoincrement": True},  # an address that was good once leads to nothing else later
    )

    id: int = Field(default=None, primary_key=True)
    name: str = Field(index=True)
    kind: str
    size: int
    small_size: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    """Bytes of the thumbnail, which is stored beside it; 0 where there is none."""
    width: int = 0
    height: int = 0
    is_virus_checked: bool = False
    created_at: datetime = Field(default_factory=now)
    message_id: int | None = Field(
        default=None,
        sa_column=Column(Integer, ForeignKey("message.id", ondelete="CASCADE"), index=True),
    )
    draft_hash: str | None = Field(
        default=None,
        sa_column=Column(String, ForeignKey("draft.token_hash", ondelete="CASCADE"), index=True),
    )
    ticket_number: int | None = Field(default=None, foreign_key="ticket.number")
    user_id: int | None = Field(default=None, foreign_key="user.id")
    address: str = ""
    """With `ticket_number` and `user_id`: the action whose next words it goes with."""


class UnneededFile(Table, table=True):
    """The name of stored content that no attachment has any more: a job deletes both."""

    __tablename__ = "unneededfile"

    name: str = Field(primary_key=True)
