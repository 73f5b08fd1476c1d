"""Tables of mail in: each mail with where it went, the mail as it came, and how a mailbox is read."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, BigInteger, LargeBinary, UniqueConstraint, false, text
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table, one_of, partial_index


class MailChannel(StrEnum):
    """By what it came in: as mail, or as a text message."""

    EMAIL = "email"
    TEXT = "text"


class MailState(StrEnum):
    """Where a mail is: kept and not read yet, on a ticket, unsorted, set aside, or a machine’s."""

    WAITING = "waiting"
    JOINED = "joined"
    REPORTED = "reported"
    UNSORTED = "unsorted"
    SET_ASIDE = "set_aside"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"


class UnsortedReason(StrEnum):
    """Why a person must look where a mail belongs."""

    STRANGER = "stranger"
    SEVERAL = "several"
    STOP = "stop"
    UNKNOWN_TOKEN = "unknown_token"  # noqa: S105 - a reason
    STAFF_LETTER = "staff_letter"
    NO_WORDS = "no_words"
    ENCRYPTED = "encrypted"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    NO_REPORTS = "no_reports"
    FAILED = "failed"
    WRONG_TICKET = "wrong_ticket"


class Mail(Table, table=True):
    """A mail that came in, and where it went: never with its content, which `MailOriginal` holds.

    `fingerprint` is of its Message-ID and its content: the same mail is kept once a service. `link_id` is the
    private link by whose reply address it came. What its header says of who sent it is a claim, and so is
    what the receiving server found of that (`checks`). `unopened` names what came with it and is no file of
    its message. A text message is kept here too: its number is its `from_address`, its id its fingerprint.
    """

    __tablename__ = "inboundmail"
    __table_args__ = (
        UniqueConstraint("service_id", "fingerprint"),
        one_of("state", MailState),
        partial_index("ix_inboundmail_waiting", "id", where="state = 'waiting'"),
        partial_index("ix_inboundmail_unsorted", "service_id", "received_at", where="state = 'unsorted'"),
        partial_index(
            "ix_inboundmail_unmarked",
            "service_id",
            "uid",
            where="is_marked IS NOT {true} AND uid IS NOT NULL",
        ),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(default=None, primary_key=True)
    service_id: int = Field(foreign_key="service.id", index=True)
    channel: str = Field(default=MailChannel.EMAIL, sa_column_kwargs={"server_default": MailChannel.EMAIL})
    fingerprint: str = Field(index=True)
    message_ref: str = ""
    size: int
    is_whole: bool = True
    uid_validity: int | None = Field(default=None, sa_type=BigInteger)
    uid: int | None = Field(default=None, sa_type=BigInteger)
    is_marked: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    received_at: datetime = Field(default_factory=now, index=True)
    state: str = MailState.WAITING
    reason: str = ""
    attempts: int = 0
    from_address: str = ""
    from_name: str = ""
    differs: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    subject: str = ""
    checks: str = ""
    is_of_concern: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    unopened: list[str] = Field(
        default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": text("'[]'")}
    )
    link_id: int | None = None
    ticket_number: int | None = Field(default=None, foreign_key="ticket.number", index=True)
    message_id: int | None = Field(default=None, foreign_key="message.id", index=True)
    landed_at: datetime | None = None
    decided_at: datetime | None = None
    decided_by: int | None = Field(default=None, foreign_key="user.id")
    decision: str = ""

    @property
    def is_text(self) -> bool:
        """Whether it is a text message."""
        return self.channel == MailChannel.TEXT


class MailOriginal(Table, table=True):
    """A mail as it came, byte for byte: a table of its own, so that no list ever loads it."""

    __tablename__ = "mailoriginal"

    mail_id: int = Field(primary_key=True, foreign_key="inboundmail.id")
    content: bytes = Field(sa_type=LargeBinary)


class MailboxStatus(StrEnum):
    """What the last look into a mailbox said."""

    UNTRIED = "untried"
    WORKS = "works"
    NO_SECRET = "no_secret"  # noqa: S105 - a state
    REFUSED = "refused"
    UNREACHABLE = "unreachable"


class MailboxState(Table, table=True):
    """The sealed secret of a mailbox, how far it was read, and how it goes."""

    __tablename__ = "mailboxstate"
    __table_args__ = (one_of("status", MailboxStatus),)

    service_id: int = Field(primary_key=True, foreign_key="service.id")
    sealed_secret: str = ""
    uid_validity: int | None = Field(default=None, sa_type=BigInteger)
    last_uid: int = Field(default=0, sa_type=BigInteger)
    failed_uid: int = Field(default=0, sa_type=BigInteger)
    failed_times: int = 0
    status: str = MailboxStatus.UNTRIED
    tried_at: datetime | None = None
    worked_at: datetime | None = None
    failing_since_at: datetime | None = None
