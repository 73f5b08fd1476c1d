"""Backups page: how old the newest is, which are kept, and how the rehearsals went."""

from starlette.responses import Response

from navigator import clock
from navigator.backup import state
from navigator.backup.rehearsal import megabytes
from navigator.backup.schedule import newest_good
from navigator.backup.tables import RunKind
from navigator.settings import settings
from web.kit.deps import Admin, Reading, Router
from web.kit.templating import Render

router = Router(prefix="/settings/backups")


@router.get("")
def show(page: Render, session: Reading, actor: Admin) -> Response:  # noqa: ARG001 - who asks administers
    """The backups that are made each night, and the rehearsals that the desk runs itself."""
    return page(
        "admin/settings/backups.html",
        config=settings(),
        newest=newest_good(session, RunKind.BACKUP),
        backups=state.list_runs(session, RunKind.BACKUP),
        rehearsals=state.list_runs(session, RunKind.REHEARSAL),
        problem=state.what_is_wrong(session, clock.now()),
        size=megabytes,
    )
