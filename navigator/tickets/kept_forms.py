"""Forms that were sent when a log-in had ended: kept for their writer alone until they are sent again."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import JSON
from sqlmodel import Field, Session, col, delete, select

from navigator import clock, database
from navigator.clock import now
from navigator.database import Table

KEPT_FOR = timedelta(hours=24)
MOST = 20
"""Forms of one person; the oldest give way."""


class KeptForm(Table, table=True):
    """What somebody typed into a form: who may read it, where it was sent to, and the page it stood on."""

    __tablename__ = "kept_form"

    owner: str = Field(primary_key=True)
    path: str = Field(primary_key=True)
    page: str
    typed: dict[str, list[str]] = Field(default_factory=dict, sa_type=JSON)
    created_at: datetime = Field(default_factory=now, index=True)


_NEWEST_FIRST = (col(KeptForm.created_at).desc(), col(KeptForm.path))


def keep(session: Session, owner: str, path: str, page: str, typed: Mapping[str, Sequence[str]]) -> None:
    """Keep what its owner sent to a path, instead of what they sent there before."""
    others = select(KeptForm.path).where(KeptForm.owner == owner, KeptForm.path != path)
    for given_way in session.exec(others.order_by(*_NEWEST_FIRST).offset(MOST - 1)).all():
        forget(session, owner, given_way)
    content = {
        "page": page,
        "typed": {name: list(texts) for name, texts in typed.items()},
        "created_at": clock.now(),
    }
    row = database.insert(session, KeptForm).values(owner=owner, path=path, **content)
    session.execute(row.on_conflict_do_update(index_elements=["owner", "path"], set_=content))


def kept_on(session: Session, owner: str, page: str) -> KeptForm | None:
    """What its owner typed on a page, last; None when it was sent, or is over."""
    query = select(KeptForm).where(
        KeptForm.owner == owner,
        KeptForm.page == page,
        col(KeptForm.created_at) > clock.now() - KEPT_FOR,
    )
    return session.exec(query.order_by(*_NEWEST_FIRST)).first()


def forget(session: Session, owner: str, path: str) -> None:
    """Forget what its owner sent to a path: it was sent again."""
    session.exec(delete(KeptForm).where(col(KeptForm.owner) == owner, col(KeptForm.path) == path))
