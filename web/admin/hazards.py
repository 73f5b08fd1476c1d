"""Hazards page: each hazard of the hazard log, with who answers for it, and what is missing."""

from starlette.responses import Response

from navigator import clock
from navigator.administration.apply_change import administers_all
from navigator.catalogue.hazards import answered_hazards
from web.kit.deps import Admin, Reading, Router
from web.kit.templating import Render

router = Router(prefix="/settings/hazards")


@router.get("")
def show(page: Render, session: Reading, actor: Admin) -> Response:
    """Every hazard, who answers for it, and when they look at it again."""
    listed, may_change = answered_hazards(session, clock.today()), administers_all(session, actor)
    return page("admin/settings/hazards.html", listed=listed, may_change=may_change)
