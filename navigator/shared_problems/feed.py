"""The feed of this desk: JSON Feed 1.1 (jsonfeed.org), signed, of what was published and nothing else."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, and_, not_, select
from sqlmodel import Session, col

from navigator import clock
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.programme import Programme
from navigator.errors import NotFound
from navigator.problems.problem import Problem, ProblemStatus
from navigator.settings import settings
from navigator.shared_problems.published import is_shared, reports_of, sharing_of
from navigator.shared_problems.signatures import EXTENSION, sign
from navigator.shared_problems.tables import PublishedProblem

PATH = "/feeds/known-problems.json"
MAX_ITEMS = 100
CLOSED_FOR = timedelta(days=90)
"""So long a problem that is over stays in the feed: other desks close theirs meanwhile."""


_COLUMNS: tuple[Any, ...] = (
    PublishedProblem.problem_id, PublishedProblem.item_id, PublishedProblem.title, PublishedProblem.known,
    PublishedProblem.workaround, PublishedProblem.versions, PublishedProblem.published_at,
    PublishedProblem.updated_at, Problem.category, Problem.status, col(Programme.name).label("programme"),
    Programme.supplier,
)  # fmt: skip


def feed(session: Session) -> dict[str, Any]:
    """The signed feed; not found while this desk shares nothing."""
    if not is_shared(session):
        raise NotFound("This desk shares no known problems.")
    rows = _rows(session)
    reports = reports_of(session, [row.problem_id for row in rows])
    return sign(
        session,
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": f"Known problems at {sharing_of(session).name}",
            "feed_url": settings().base_url.rstrip("/") + PATH,
            "language": "en-GB",
            "items": [_item(row, reports) for row in rows],
            EXTENSION: {"made_at": clock.now().isoformat()},
        },
    )


def _rows(session: Session) -> list[Row[Any]]:
    is_long_over = and_(
        col(Problem.status) == ProblemStatus.CLOSED, col(Problem.closed_at) < clock.now() - CLOSED_FOR
    )
    query = (
        select(*_COLUMNS)
        .join(Problem, col(Problem.id) == col(PublishedProblem.problem_id))
        .join(Programme, col(Programme.id) == col(Problem.programme_id))
        .where(not_(is_long_over))
        .order_by(col(PublishedProblem.updated_at).desc(), col(PublishedProblem.problem_id).desc())
    )
    return [*session.execute(query.limit(MAX_ITEMS))]


def _item(row: Row[Any], reports: Mapping[int, int | None]) -> dict[str, Any]:
    known = f"What it is: {row.known}" if row.known else ""
    workaround = f"What helps for now: {row.workaround}" if row.workaround else ""
    return {
        "id": row.item_id,
        "title": row.title,
        "content_text": "\n\n".join(filter(None, (known, workaround))) or row.title,
        "date_published": row.published_at.isoformat(),
        "date_modified": row.updated_at.isoformat(),
        "tags": [row.programme, row.category],
        EXTENSION: {
            "programme": row.programme,
            "supplier": row.supplier,
            "category": row.category,
            "kind": catalogue().category(row.category).staff_label,
            "known": row.known,
            "workaround": row.workaround,
            "versions": row.versions,
            "status": row.status,
            "reports": reports[row.problem_id],
        },
    }
