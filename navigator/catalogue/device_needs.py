"""What a programme needs of a phone or computer, as its supplier says: what is not set is not tested."""

import re
from datetime import date

from sqlalchemy import JSON
from sqlmodel import Field, Session, col, select

from navigator.catalogue.browsers import Browser, parse_browser
from navigator.catalogue.programme import Programme, ServiceProgramme
from navigator.database import Table

_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z-]*[a-z]")
_PRIVATE = ("localhost", "local", "localdomain", "internal", "intranet", "private", "lan", "home", "corp",
            "home.arpa", "onion")  # fmt: skip


class DeviceNeeds(Table, table=True):
    """What one programme needs: browsers as “Chrome 109”, hosts that it loads from, and limits by number.

    `owner` answers for it, and looks at it again on `review_on`.
    """

    __tablename__ = "deviceneeds"

    programme_id: int = Field(foreign_key="programme.id", primary_key=True)
    browsers: list[str] = Field(default_factory=list, sa_type=JSON)
    hosts: list[str] = Field(default_factory=list, sa_type=JSON)
    needs_javascript: bool = False
    needs_cookies: bool = False
    needs_storage: bool = False
    clock_minutes: int | None = None
    screen_width: int | None = None
    connection_kbits: int | None = None
    owner: str
    review_on: date

    @property
    def first_browsers(self) -> dict[str, Browser]:
        """The first version of each browser that works, by the browser's name."""
        return {browser.name: browser for browser in map(parse_browser, self.browsers) if browser}


def is_public_host(host: str) -> bool:
    """Whether this is the plain name of a host on the internet: no address, port, path or local name."""
    is_private = any(host == name or host.endswith(f".{name}") for name in _PRIVATE)
    return _HOST.fullmatch(host) is not None and not is_private


def device_needs_of(session: Session, programme_id: int | None) -> DeviceNeeds | None:
    """What a programme needs; None where nobody has said it."""
    return session.get(DeviceNeeds, programme_id) if programme_id else None


def programmes_with_needs(session: Session) -> list[Programme]:
    """The programmes that some service offers and whose needs are known, by name."""
    offered = select(ServiceProgramme.programme_id)
    query = select(Programme).join(DeviceNeeds, col(DeviceNeeds.programme_id) == col(Programme.id))
    return [
        *session.exec(
            query.where(col(Programme.id).in_(offered)).order_by(col(Programme.name), col(Programme.id))
        )
    ]
