"""Navigation menu of staff pages: each person sees where their roles lead."""

from navigator import readiness
from navigator.people.actor import Actor
from navigator.people.user import Role
from web.kit.templating import Link, StaffBar

EVERYBODY: tuple[Role, ...] = ()
SEARCHERS = (Role.NAVIGATOR, Role.MANAGER, Role.CLINICIAN, Role.PWP)
"""Whoever may see any ticket."""

MENU: tuple[tuple[str, str, tuple[Role, ...]], ...] = (
    ("Today", "/home", EVERYBODY),
    ("What recurs", "/insight", (Role.MANAGER,)),
    ("Clinical reviews", "/clinical-reviews", (Role.CLINICIAN, Role.MANAGER)),
    ("Queue", "/desk", (Role.NAVIGATOR, Role.MANAGER, Role.PWP)),
    ("Tell a problem", "/desk/report", (Role.NAVIGATOR, Role.PWP)),
    ("Training", "/training", (Role.NAVIGATOR, Role.MANAGER, Role.PWP)),
    ("Known problems", "/problems", (Role.NAVIGATOR, Role.MANAGER)),
    ("People", "/people", (Role.ADMIN,)),
    ("Settings", "/settings", (Role.ADMIN,)),
    ("Your account", "/account", EVERYBODY),
)
"""Text, address and the roles that it is for; everybody begins at the first."""


def navigation_bar(actor: Actor) -> StaffBar:
    """The navigation menu and the alarm banner of a member of staff."""
    alarm = " ".join(check.message for check in readiness.cached_checks() if not check.ok)
    return StaffBar(
        actor.name,
        tuple(_links(actor)),
        alarm,
        searches=actor.has(*SEARCHERS),
        log_in_ends_at=actor.log_in_ends_at,
    )


def landing_page(actor: Actor) -> str:
    """The address to which somebody goes after logging in."""
    return _links(actor)[0].href


def _links(actor: Actor) -> list[Link]:
    return [Link(text, href) for text, href, roles in MENU if not roles or actor.has(*roles)]
