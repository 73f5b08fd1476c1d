"""Tables of shared problems: what this desk shares and signs, other desks, and what was read there."""

from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table


class Sharing(Table, table=True):
    """The one row that says whether this desk shares known problems, and under which name."""

    id: int = Field(default=1, primary_key=True)
    is_active: bool = False
    name: str = ""
    owner: str = ""
    review_on: date | None = None


class FeedKey(Table, table=True):
    """A pair of keys by which this desk signs; the private one is sealed, and shown to nobody.

    The newest that has not ended is the desk's; those before it go on signing until somebody ends them.
    """

    __tablename__ = "feedkey"

    id: int = Field(default=None, primary_key=True)
    public_key: str
    sealed_private_key: str
    created_at: datetime = Field(default_factory=now)
    ended_at: datetime | None = None


class PublishedProblem(Table, table=True):
    """What a person published of a problem, in the words that they read then."""

    __tablename__ = "publishedproblem"

    problem_id: int = Field(foreign_key="problem.id", primary_key=True)
    item_id: str = Field(default_factory=lambda: str(uuid4()))
    title: str
    known: str = ""
    workaround: str = ""
    versions: str = ""
    published_by: int | None = Field(default=None, foreign_key="user.id")
    published_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now)


class PeerDesk(Table, table=True):
    """Another desk whose feed is read: its address, and the public key that was typed for it."""

    __tablename__ = "peerdesk"

    id: int = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str = ""
    url: str = ""
    public_key: str = ""
    is_active: bool = True
    allows_private: bool = False
    owner: str = ""
    review_on: date | None = None
    tried_at: datetime | None = None
    read_at: datetime | None = None
    made_at: datetime | None = None
    newest_key: str = ""
    error: str = ""


class SharedProblem(Table, table=True):
    """A problem at another desk, as its feed said last; `problem_id` is what was made of it here.

    When it is withdrawn there, its words go; that it was adopted stays.
    """

    __tablename__ = "sharedproblem"
    __table_args__ = (UniqueConstraint("peer_id", "item_id"),)

    id: int = Field(default=None, primary_key=True)
    peer_id: int = Field(foreign_key="peerdesk.id", index=True)
    item_id: str
    title: str
    programme: str = ""
    supplier: str = ""
    category: str = ""
    kind: str = ""
    known: str = ""
    workaround: str = ""
    versions: str = ""
    status: str = ""
    reports: int | None = None
    published_at: datetime
    seen_at: datetime = Field(default_factory=now)
    withdrawn_at: datetime | None = None
    problem_id: int | None = Field(default=None, foreign_key="problem.id", index=True)
    adopted_by: int | None = Field(default=None, foreign_key="user.id")
    adopted_at: datetime | None = None
