"""The table of canned replies of a service: title, body with placeholders, and what else it does (macro)."""

from sqlalchemy import UniqueConstraint, text
from sqlmodel import Field

from navigator.database import Table


class CannedReply(Table, table=True):
    """A canned reply for one category and programme or for any, with placeholders like `{reference}`.

    What it `does` beside answering, what it sorts the ticket as and how that goes on are the values of the
    form that sends it; empty leaves them to whoever sends it.
    """

    __table_args__ = (UniqueConstraint("service_id", "code"),)

    id: int = Field(default=None, primary_key=True)
    service_id: int = Field(foreign_key="service.id", index=True)
    code: str
    title: str
    programme: str = ""
    category: str = ""
    body: str = ""
    does: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    sort_as: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    follow_up: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
