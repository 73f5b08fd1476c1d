"""Today: what waits for somebody in each of their roles, in the order in which it matters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from navigator.bulk.progress import BulkCounts, to_look_at
from navigator.catalogue.accepting_reports import missing
from navigator.catalogue.lookups import services
from navigator.insight.live_dashboard import LiveDashboard, live_dashboards
from navigator.insight.practitioner_home import PractitionerHome, practitioner_home
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.problems.outages import SuggestedOutage, suggested_outages
from navigator.tickets.actions.clinical_review import open_reviews
from navigator.tickets.queue.filters import Filters
from navigator.tickets.queue.queue import QueuePage, counts, queue
from navigator.tickets.queue.views import View
from navigator.tickets.ticket import ClinicalReview

FIRST = 10
SHELVES: tuple[View, ...] = ("my_guards", "calls", "mine")


@dataclass(frozen=True)
class NavigatorHome:
    """A navigator's tickets by the view that lists them, how many nobody has, or too long, and outages."""

    shelves: Mapping[View, QueuePage]
    unassigned: int
    unclaimed: int
    outages: Sequence[SuggestedOutage]


@dataclass(frozen=True)
class HomePage:
    """What each role of somebody finds today; None for a role that they do not have."""

    hand_overs: Sequence[ClinicalReview] | None
    bulks: Sequence[BulkCounts]
    round: NavigatorHome | None
    caseload: PractitionerHome | None
    desks: Sequence[LiveDashboard] | None
    lacks: Mapping[str, Sequence[str]] | None


def home_page(session: Session, actor: Actor) -> HomePage:
    """Everything that waits for somebody."""
    reads = actor.has(Role.CLINICIAN, Role.MANAGER)
    hand_overs = open_reviews(session, actor) if reads else ()
    theirs = [one for one in hand_overs if one.service_id in actor.services(Role.CLINICIAN)]
    return HomePage(
        hand_overs=theirs if actor.has(Role.CLINICIAN) else None,
        bulks=to_look_at(session, actor) if actor.has(Role.NAVIGATOR, Role.MANAGER) else (),
        round=_round(session, actor) if actor.has(Role.NAVIGATOR) else None,
        caseload=practitioner_home(session, actor) if actor.has(Role.PWP) else None,
        desks=live_dashboards(session, actor, hand_overs) if actor.has(Role.MANAGER) else None,
        lacks=_lacks(session, actor) if actor.has(Role.ADMIN) else None,
    )


def _round(session: Session, actor: Actor) -> NavigatorHome:
    shelves = {view: queue(session, actor, Filters(view=view), limit=FIRST) for view in SHELVES}
    held = counts(session, actor, Filters())
    return NavigatorHome(shelves, held["unassigned"], held["unclaimed"], suggested_outages(session, actor))


def _lacks(session: Session, actor: Actor) -> dict[str, Sequence[str]]:
    """What each service that somebody administers must have before it takes reports, by its name."""
    theirs = actor.services(Role.ADMIN)
    return {one.name: missing(session, one) for one in services(session) if one.id in theirs}
