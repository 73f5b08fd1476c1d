"""Navigation menu of staff pages: each person sees where their roles lead."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from navigator.people.actor import Actor
from navigator.people.rights import Area
from navigator.people.user import TEAM, Role
from web.kit.areas import area_of
from web.kit.templating import Link, StaffBar

if TYPE_CHECKING:
    from navigator.tickets.actions.review_list import UnreadReviews

EVERYBODY: tuple[Role, ...] = ()
REVIEWS, QUEUE = "/clinical-reviews", "/desk"
SEARCHERS = (Role.NAVIGATOR, Role.MANAGER, Role.CLINICIAN, Role.PWP)
"""Whoever may see any ticket."""

MENU: tuple[tuple[str, str, tuple[Role, ...]], ...] = (
    ("Today", "/home", EVERYBODY),
    ("Decisions", "/insight", (Role.MANAGER,)),
    ("Clinical reviews", REVIEWS, (Role.CLINICIAN, Role.MANAGER)),
    ("Queue", QUEUE, (Role.NAVIGATOR, Role.MANAGER, Role.PWP)),
    ("Tell a problem", "/desk/report", (Role.NAVIGATOR, Role.PWP)),
    ("Training", "/training", (Role.NAVIGATOR, Role.MANAGER, Role.PWP)),
    ("Known problems", "/problems", (Role.NAVIGATOR, Role.MANAGER)),
    ("Support cards", "/cards", (Role.PWP, Role.NAVIGATOR, Role.MANAGER)),
    ("Records of a person", "/records", (Role.MANAGER,)),
    ("People", "/people", (Role.ADMIN,)),
    ("Settings", "/settings", (Role.ADMIN,)),
)
"""Text, address and the roles that it is for; everybody begins at the first."""
OWN_MENU = (Link("Guide", "/guide"), Link("Your account", "/account"))
"""The person's own menu, behind their name."""
MOST_IN_A_ROW = 5
"""More links than these stand in the person's menu: a header has one row."""


def navigation_bar(
    actor: Actor, unread: "UnreadReviews | None" = None, answers_due: int = 0, unread_notices: int = 0
) -> StaffBar:
    """The navigation menu of a member of staff, and the alarm banner, which leads to what must be read."""
    from navigator import readiness  # and with it backups, mail and erasure: no patient waits for them

    first_unread, unread_count = (unread.first_id, unread.count) if unread else (None, 0)
    failed = [check for check in readiness.cached_checks() if not check.ok]
    is_about_reviews = any(check.name == "hand_overs" for check in failed)
    links = tuple(menu_links(actor, {REVIEWS: (unread_count, "unread"), QUEUE: (answers_due, "to answer")}))
    return StaffBar(
        name=actor.name,
        links=links[:MOST_IN_A_ROW],
        own_links=links[MOST_IN_A_ROW:] + OWN_MENU,
        alarm=" ".join(check.message for check in failed),
        alarm_href=f"{REVIEWS}/{first_unread}" if is_about_reviews and first_unread else "",
        searches=actor.within(Area.TICKETS).has(*SEARCHERS),
        log_in_ends_at=actor.log_in_ends_at,
        lock_minutes=actor.lock_minutes,
        uses_single_keys=actor.uses_single_keys,
        unread_notices=unread_notices,
    )


def landing_page(actor: Actor) -> str:
    """The address to which somebody goes after logging in."""
    return menu_links(actor)[0].href


def queue_title(actor: Actor) -> str:
    """What the list of tickets is called: whoever is of no team finds in it what concerns them alone."""
    return "Queue" if actor.within(Area.TICKETS).has(*TEAM) else "Your reports"


def may_open(actor: Actor, href: str, roles: tuple[Role, ...]) -> bool:
    """Whether a page that is for these roles is for an actor, by a whole role or a right in its area."""
    return not roles or actor.within(area_of(href)).has(*roles)


def menu_links(actor: Actor, waiting: Mapping[str, tuple[int, str]] = MappingProxyType({})) -> list[Link]:
    """The menu of an actor, with how many of something wait at an address."""
    return [
        Link(queue_title(actor) if href == QUEUE else text, href, *waiting.get(href, ()))
        for text, href, roles in MENU
        if may_open(actor, href, roles)
    ]
