"""What is lent to people who are left out, and has not come back."""

from typing import Annotated

from starlette.responses import Response

from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.tickets.actions.inclusion import offers_out
from web.kit.deps import Reading, Router, audience
from web.kit.templating import Render

router = Router(prefix="/desk/offers")

Viewer = Annotated[Actor, audience(Role.NAVIGATOR, Role.MANAGER)]


@router.get("")
def offers(page: Render, session: Reading, actor: Viewer) -> Response:
    """What is out, by the day on which it is to come back."""
    return page("desk/offers.html", out=offers_out(session, actor))
