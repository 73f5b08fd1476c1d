"""The dashboard “Today”, first after logging in: what waits for somebody in each of their roles."""

from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from navigator.bulk.actions import BULK_ACTIONS
from navigator.catalogue.articles import review_due_on
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.lookups import services
from navigator.insight.live_dashboard import DASHBOARD_METRICS
from navigator.insight.today import home_page
from navigator.login_watch.alarms import open_alarms
from navigator.mail_in.unsorted import MAY_SORT, count_unsorted
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.tickets.queue.views import View
from navigator.training.topics import BY_ID
from web.desk.poster import MAY_POST
from web.kit.deps import Reading, Router, Staff
from web.kit.templating import Render

router = Router(prefix="/home")

LIST_NAMES: dict[View, str] = {
    "my_answers": "To answer",
    "my_guards": "Sessions soon",
    "calls": "Calls",
    "mine": "Mine",
    "unassigned": "Nobody’s",
}
"""What a navigator’s lists are called where each stands with how many it holds."""


@router.get("")
def home(page: Render, session: Reading, actor: Staff) -> Response:
    """What waits for the user."""
    return page("desk/today/today.html", home=home_page(session, actor), **_context(session, actor))


def _context(session: Session, actor: Actor) -> dict[str, Any]:
    return {
        "log_in_alarms": open_alarms(session, actor),
        "unsorted_mails": count_unsorted(session, actor) if actor.has(*MAY_SORT) else 0,
        "services": {each.id: each for each in services(session) if each.id in actor.services()},
        "poster_services": actor.services(*MAY_POST),
        "workload_services": actor.services(Role.NAVIGATOR),
        "catalogue": catalogue(),
        "topic": BY_ID,
        "figures": DASHBOARD_METRICS,
        "bulk_actions": BULK_ACTIONS,
        "list_names": LIST_NAMES,
        "review_due_on": review_due_on,
    }
