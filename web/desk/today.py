"""The dashboard “Today”, first after logging in: what waits for somebody in each of their roles."""

from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from navigator.bulk.actions import BULK_ACTIONS
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.lookups import services
from navigator.insight.live_dashboard import DASHBOARD_METRICS
from navigator.insight.today import home_page
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.training.topics import BY_ID
from web.desk.poster import MAY_POST
from web.kit.deps import Reading, Router, Staff
from web.kit.templating import Render

router = Router(prefix="/home")

TICKET_LISTS = {
    "my_guards": (
        "Sessions to be ready for",
        "Mine and nobody’s, due today or by midday tomorrow. After that the practitioner plans without it.",
        "Nothing of yours is needed for a session today or tomorrow morning.",
    ),
    "calls": (
        "Calls to make",
        "Soonest first: who wants a call, who was not reached, and practitioners who must hear by phone.",
        "Nobody waits for a call from you. A ticket leaves this list once you have spoken, or when it ends.",
    ),
    "mine": (
        "My tickets",
        "Soonest due first.",
        "You have no tickets. New ones come to you here, or you take one that nobody has.",
    ),
}
"""The ticket lists of a navigator: heading, explanation, and the text of an empty list."""


@router.get("")
def home(page: Render, session: Reading, actor: Staff) -> Response:
    """What waits for the user."""
    return page("desk/today/today.html", home=home_page(session, actor), **_context(session, actor))


def _context(session: Session, actor: Actor) -> dict[str, Any]:
    return {
        "services": {each.id: each for each in services(session) if each.id in actor.services()},
        "poster_services": actor.services(*MAY_POST),
        "workload_services": actor.services(Role.NAVIGATOR),
        "catalogue": catalogue(),
        "topic": BY_ID,
        "figures": DASHBOARD_METRICS,
        "bulk_actions": BULK_ACTIONS,
        "list_texts": TICKET_LISTS,
    }
