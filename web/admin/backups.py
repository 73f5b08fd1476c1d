"""Backups page: how old the newest is, which are kept, and how the rehearsals went."""

from starlette.responses import Response

from navigator import standby
from navigator.backup import state
from navigator.backup.rehearsal import megabytes
from navigator.settings import settings
from web.kit.deps import Admin, Reading, Router
from web.kit.templating import Render

router = Router(prefix="/settings/backups")


@router.get("")
def show(page: Render, session: Reading, actor: Admin) -> Response:  # noqa: ARG001 - who asks administers
    """The backups that are made each night, and the rehearsals that the desk runs itself."""
    overview, copy = state.overview(session), standby.lag() if standby.is_set() else None
    return page("admin/settings/backups.html", config=settings(), backups=overview, copy=copy, size=megabytes)
