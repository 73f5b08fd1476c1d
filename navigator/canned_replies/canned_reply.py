"""The table of canned replies of a service: title and body with placeholders."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from navigator.database import Table


class CannedReply(Table, table=True):
    """A canned reply for one category and programme or for any, with placeholders like `{reference}`."""

    __table_args__ = (UniqueConstraint("service_id", "code"),)

    id: int = Field(default=None, primary_key=True)
    service_id: int = Field(foreign_key="service.id", index=True)
    code: str
    title: str
    programme: str = ""
    category: str = ""
    body: str = ""
