"""The first page after logging in: what waits for somebody today, in each of their roles."""

from typing import Any

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from navigator import clock
from navigator.bulk.actions import BULK_ACTIONS
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.lookups import services
from navigator.insight.home_page import home_page
from navigator.insight.live_dashboard import FIGURES
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.training.topics import BY_ID
from web.desk.poster import MAY_POST
from web.kit.deps import Reading, Staff
from web.kit.templating import Render

router = APIRouter(prefix="/home")

SHELVES = {
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
"""The lists of a navigator: heading, what stands there, and what is said when nothing does."""


@router.get("")
def home(page: Render, session: Reading, actor: Staff) -> Response:
    """What waits for whoever asks."""
    return page("desk/today/today.html", today=home_page(session, actor), **_facts(session, actor))


def _facts(session: Session, actor: Actor) -> dict[str, Any]:
    return {
        "services": {one.id: one for one in services(session) if one.id in actor.services()},
        "posts": actor.services(*MAY_POST),
        "shares": actor.services(Role.NAVIGATOR),
        "catalogue": catalogue(),
        "topic": BY_ID,
        "this_day": clock.today(),
        "figures": FIGURES,
        "bulk_deeds": BULK_ACTIONS,
        "texts": SHELVES,
    }
