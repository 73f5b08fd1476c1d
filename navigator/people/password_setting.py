"""Whether people log in by passwords here, or by providers alone."""

from sqlmodel import Field, Session

from navigator.database import Table
from navigator.errors import Conflict

SWITCHED_OFF = "Passwords are switched off here. Log in the way that the log-in page shows."


class PasswordSetting(Table, table=True):
    """The one row that says whether passwords are taken; without it they are."""

    __tablename__ = "passwordsetting"

    id: int = Field(default=1, primary_key=True)
    is_active: bool = True


def takes_passwords(session: Session) -> bool:
    """Whether somebody can log in by a password."""
    row = session.get(PasswordSetting, 1)
    return row is None or row.is_active


def require_passwords(session: Session) -> None:
    """Refuse what is about a password while none is taken."""
    if not takes_passwords(session):
        raise Conflict(SWITCHED_OFF)
