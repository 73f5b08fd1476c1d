"""Home page (“Today”): what waits for a user in each of their roles, in the order in which it matters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from navigator.bulk.progress import BulkCounts, unfinished_bulks
from navigator.catalogue.accepting_reports import missing
from navigator.catalogue.articles import Article, overdue_articles
from navigator.catalogue.lookups import services
from navigator.insight.live_dashboard import LiveDashboard, live_dashboards
from navigator.insight.navigator_home import NavigatorHome, navigator_home
from navigator.insight.practitioner_home import PractitionerHome, practitioner_home
from navigator.people.actor import Actor
from navigator.people.rights import Area
from navigator.people.user import Role
from navigator.problems.late_suppliers import ToChase, to_chase
from navigator.problems.problem import Problem
from navigator.problems.records import MAY_EDIT
from navigator.problems.rises import RiseOfServices, as_one, offered_rises
from navigator.problems.staff_notices import notices_for_practitioner, overrun_work
from navigator.problems.status_list import StatusEntry
from navigator.support_cards.cards_today import CardsToday, cards_today
from navigator.tickets.actions.clinical_review import open_reviews
from navigator.tickets.actions.review_list import ListedReview, listed_reviews
from navigator.tickets.notices import ListedNotice, unread_notices


@dataclass(frozen=True)
class HomePage:
    """What each role of a user finds today; None for a role that they do not have."""

    reviews: Sequence[ListedReview] | None
    notices: Sequence[ListedNotice]
    bulks: Sequence[BulkCounts]
    navigator: NavigatorHome | None
    practitioner: PractitionerHome | None
    dashboards: Sequence[LiveDashboard] | None
    missing_by_service: Mapping[str, Sequence[str]] | None
    overdue_articles: Sequence[Article]
    rises: Sequence[RiseOfServices]
    to_chase: Sequence[ToChase]
    cards: CardsToday | None
    programme_notices: Sequence[StatusEntry]
    overruns: Sequence[Problem]


def home_page(session: Session, actor: Actor) -> HomePage:
    """Everything that waits for a user."""
    tickets, problems = actor.within(Area.TICKETS), actor.within(Area.PROBLEMS)
    clinical, cards = actor.within(Area.REVIEWS), actor.within(Area.CARDS)
    figures, bulk = actor.within(Area.INSIGHT), actor.within(Area.BULK)
    rises = as_one(offered_rises(session, problems))
    risen = {(rise.first.programme.code, rise.first.rise.category) for rise in rises}
    can_read = clinical.has(Role.CLINICIAN, Role.MANAGER)
    reviews = open_reviews(session, clinical) if can_read else ()
    own_reviews = [review for review in reviews if review.service_id in clinical.services(Role.CLINICIAN)]
    return HomePage(
        reviews=listed_reviews(session, clinical, own_reviews) if clinical.has(Role.CLINICIAN) else None,
        notices=unread_notices(session, tickets),
        bulks=unfinished_bulks(session, bulk) if bulk.has(Role.NAVIGATOR, Role.MANAGER) else (),
        navigator=navigator_home(session, tickets, risen) if tickets.has(Role.NAVIGATOR) else None,
        practitioner=practitioner_home(session, tickets) if tickets.has(Role.PWP) else None,
        dashboards=live_dashboards(session, figures, reviews) if figures.has(Role.MANAGER) else None,
        missing_by_service=_missing_by_service(session, actor) if actor.has(Role.ADMIN) else None,
        rises=rises,
        cards=cards_today(session, cards) if cards.has(Role.NAVIGATOR, Role.PWP) else None,
        overdue_articles=overdue_articles(session) if actor.has(Role.ADMIN, Role.MANAGER) else (),
        to_chase=to_chase(session, problems) if problems.has(*MAY_EDIT) else (),
        programme_notices=notices_for_practitioner(session, tickets) if tickets.has(Role.PWP) else (),
        overruns=overrun_work(session, problems) if problems.has(*MAY_EDIT) else (),
    )


def _missing_by_service(session: Session, actor: Actor) -> dict[str, Sequence[str]]:
    """What each service that the actor administers must have before it takes reports, by its name."""
    own_ids = actor.services(Role.ADMIN)
    return {service.name: missing(session, service) for service in services(session) if service.id in own_ids}
