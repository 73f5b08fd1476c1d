"""The pages that somebody may open, by title: what the palette finds beyond the page that it stands on.

Titles of pages alone, and the names of saved views: nothing of a ticket or a reporter.
"""

import hashlib

from sqlmodel import Session
from starlette.responses import JSONResponse, Response

from navigator.administration.apply_change import administers_all
from navigator.administration.overview import own_services
from navigator.catalogue.lookups import services
from navigator.people.actor import Actor
from navigator.people.rights import Area
from navigator.people.user import TEAM, Role
from navigator.tickets.actions.rebalance import MAY_REBALANCE
from navigator.tickets.queue.saved_views import list_views
from web.desk.guide import GUIDES
from web.desk.poster import MAY_POST
from web.desk.queue import OWN_VIEWS, VIEWS
from web.kit.areas import area_of
from web.kit.deps import Reading, Router, Staff
from web.kit.navigation import EVERYBODY, OWN_MENU, may_open, menu_links, queue_title
from web.kit.templating import Link, Render, url

router = Router(prefix="/pages")

OTHER_PAGES: tuple[tuple[str, str, tuple[Role, ...]], ...] = (
    ("Change your password", "/account/password", EVERYBODY),
    ("Notices", "/notices", EVERYBODY),
    ("Emails to you, and when", "/account/mail", EVERYBODY),
    ("What was done to many tickets at once", "/bulk", (Role.NAVIGATOR, Role.MANAGER)),
    ("Write down a new known problem", "/problems/new", (Role.NAVIGATOR, Role.MANAGER)),
    ("Problems at other desks", "/problems/elsewhere", (Role.NAVIGATOR, Role.MANAGER)),
    ("What is lent to people who are left out", "/desk/offers", (Role.NAVIGATOR, Role.MANAGER)),
    ("What is on hold", "/records/holds", (Role.MANAGER,)),
    ("How long records are kept", "/records/retention", (Role.MANAGER, Role.ADMIN)),
    ("What is stored where, and papers to sign", "/records/data-map", (Role.MANAGER, Role.ADMIN)),
    ("How well the desk sorts", "/insight/triage", (Role.MANAGER, Role.NAVIGATOR)),
    ("Unsorted mail", "/mail", (Role.NAVIGATOR,)),
    ("Ask for training", "/training/ask", (Role.PWP,)),
    ("Plan a training session", "/training/plan", (Role.NAVIGATOR,)),
    ("Make a support card", "/cards/new", (Role.PWP, Role.NAVIGATOR)),
    ("Make support cards from a list", "/cards/list", (Role.PWP, Role.NAVIGATOR)),
    ("Who never got into the programme", "/cards/never-in", (Role.PWP, Role.NAVIGATOR, Role.MANAGER)),
    ("Put in a supplier’s list of who got in", "/cards/engagement", (Role.NAVIGATOR,)),
    ("Invite somebody", "/people/invite", (Role.ADMIN,)),
    ("Settings: programmes", "/settings/programmes", (Role.ADMIN,)),
    ("Settings: categories", "/settings/categories", (Role.ADMIN,)),
    ("Settings: articles", "/settings/articles", (Role.ADMIN,)),
    ("Settings: how people log in", "/settings/logging-in", (Role.ADMIN,)),
    ("Settings: keys of other systems", "/settings/keys", (Role.ADMIN,)),
    ("Settings: sharing with other desks", "/settings/sharing", (Role.ADMIN,)),
    ("Settings: changes, and taking them back", "/settings/changes", (Role.ADMIN,)),
    ("Settings: audit log", "/settings/audit", (Role.ADMIN,)),
    ("Settings: hazards, and who answers for each", "/settings/hazards", (Role.ADMIN,)),
    ("Settings: backups, and their rehearsals", "/settings/backups", (Role.ADMIN,)),
    ("Settings: everything as one file", "/settings/configuration", (Role.ADMIN,)),
    ("Settings: tickets of another desk", "/settings/desk-import", (Role.ADMIN,)),
)
"""Pages that the menu does not lead to: text, address, and the roles that they are for."""

SECOND_STEP = Link("Settings: second step and lock", "/settings/access/desk")
"""A page for whoever administers every service."""

OF_SERVICE = {
    "services": "everything that is set",
    "service": "name",
    "hours": "opening hours",
    "targets": "targets and alerts",
    "practice": "how the desk works",
    "followup": "repeated reports, and briefs before sessions",
    "offers": "programmes",
    "log-ins": "log-in watch",
    "webhooks": "webhooks",
    "mail": "mail to the service",
    "crisis": "crisis wording",
    "privacy": "privacy notice",
    "inclusion": "offers of inclusion",
    "usability": "questions to patients",
}
"""The settings of a service, by their addresses."""

WORK_OF_SERVICE = (
    ("Print a poster", "/poster", MAY_POST),
    ("Share the work out again", "/desk/shares", MAY_REBALANCE),
)
"""Pages that each service has, beside its settings: text, address, and the roles that they are for."""


@router.get("")
def list_pages(page: Render, session: Reading, actor: Staff) -> Response:
    """The pages by title, kept by the browser for as long as they are the same for the same person."""
    found = [{"text": link.text, "href": link.href} for link in pages_of(session, actor)]
    response = JSONResponse(found, headers={"cache-control": "private, no-cache"})
    etag = response.headers["etag"] = f'"{hashlib.sha256(bytes(response.body)).hexdigest()[:32]}"'
    is_same = page.request.headers.get("if-none-match") == etag
    return Response(status_code=304, headers={"etag": etag}) if is_same else response


def pages_of(session: Session, actor: Actor) -> list[Link]:
    """Every page that an actor may open and that is not about one thing alone."""
    listed = [Link(text, href) for text, href, roles in OTHER_PAGES if may_open(actor, href, roles)]
    guides = [Link(f"Guide for {title}", f"/guide/{name}") for name, title in GUIDES.items()]
    of_services = [*_work(session, actor), *_settings(session, actor)]
    return [*menu_links(actor), *listed, *OWN_MENU, *_views(session, actor), *of_services, *guides]


def _views(session: Session, actor: Actor) -> list[Link]:
    actor = actor.within(Area.TICKETS)
    if not actor.has(*TEAM, Role.PWP):
        return []
    views, title = VIEWS if actor.has(*TEAM) else OWN_VIEWS, queue_title(actor)
    own = [Link(f"{title}: {text}", url("/desk", view="" if view == "all" else view)) for view, text in views]
    return own + [Link(f"{title}: {view.name}", f"/desk?{view.query}") for view in list_views(session, actor)]


def _work(session: Session, actor: Actor) -> list[Link]:
    return [
        Link(f"{text}: {service.name}", f"{address}/{service.code}")
        for text, address, roles in WORK_OF_SERVICE
        for service in services(session)
        if service.id in actor.within(area_of(address)).services(*roles)
    ]


def _settings(session: Session, actor: Actor) -> list[Link]:
    of_all = [SECOND_STEP] if administers_all(session, actor) else []
    return of_all + [
        Link(f"Settings of {service.name}: {text}", f"/settings/{name}/{service.code}")
        for service in own_services(session, actor)
        for name, text in OF_SERVICE.items()
    ]
