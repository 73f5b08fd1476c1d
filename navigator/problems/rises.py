"""Rises: what is reported far more often than usual is offered as an outage or a problem, or dismissed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from types import MappingProxyType

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.programme import Programme
from navigator.catalogue.service import Service
from navigator.dates_in_words import day
from navigator.errors import Conflict, NotFound
from navigator.fields import Input
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.problems.inputs import NewProblemInput
from navigator.problems.linking import link
from navigator.problems.problem import Problem
from navigator.problems.public_list import IS_OVER
from navigator.problems.records import MAY_EDIT, open_problem
from navigator.problems.records import find as find_problem
from navigator.problems.rise import DismissalReason, Rise
from navigator.problems.spikes import MAX_WINDOW
from navigator.tickets.action_rules import Action
from navigator.tickets.inputs import LinkInput
from navigator.tickets.metrics import IS_COUNTED, Period, reported_in
from navigator.tickets.ticket import Event, Ticket
from navigator.tickets.visibility import visible_to

MAX_LINKED = 200
"""So many of the newest tickets are linked at once; the others one by one."""
SHOWN_BEFORE = timedelta(days=28)
SEEN_TO = "Somebody has seen to this rise already."

DISMISSALS: Mapping[DismissalReason, str] = MappingProxyType(
    {
        DismissalReason.EXPECTED: "We expected it",
        DismissalReason.ONE_SOURCE: "One person or place reported many times",
        DismissalReason.NOT_ALIKE: "The reports have nothing in common",
        DismissalReason.WRONG_CATEGORY: "They were sorted wrongly",
    }
)
"""Each reason to dismiss a rise in words."""


class RiseInput(Input):
    """Whether a rise becomes an outage, which every new report of its kind is offered to join."""

    is_outage: bool = False


class DismissalInput(Input):
    """Why a rise is nothing to act on."""

    reason: DismissalReason


@dataclass(frozen=True)
class OfferedRise:
    """A rise with the names of what it is of."""

    rise: Rise
    service: Service
    programme: Programme

    @property
    def label(self) -> str:
        """The category as staff know it."""
        return category_label(self.rise.category)

    @property
    def usual(self) -> str:
        """How many reports are usual in as many days, in words."""
        return usual_words(round(self.rise.expected))

    @property
    def is_new(self) -> bool:
        """Whether hardly anybody reported this before."""
        return self.rise.expected < 1

    @property
    def times(self) -> str:
        """How many times as many as usual; nothing where none are usual."""
        return times_as_many(self.rise)


def category_label(category: str) -> str:
    """A category as staff know it; its id where an administrator has removed it."""
    label = {leaf.id: leaf.staff_label for leaf in catalogue().leaves}
    return label.get(category, category)


def usual_words(reports: int) -> str:
    """So many reports are usual, in words: "about 2 are usual"."""
    return f"about {reports} {'is' if reports == 1 else 'are'} usual" if reports else "fewer than 1 is usual"


def times_as_many(rise: Rise) -> str:
    """How many times as many reports as usual: "3 times", "more than 10 times"."""
    many = rise.count / rise.expected
    return f"{many:.0f} times" if many <= 10 else "more than 10 times"


def rise_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition for a rise to be visible: it is of a service in which the actor navigates or manages."""
    return col(Rise.service_id).in_(sorted(actor.services(*MAY_EDIT)))


def offered_rises(session: Session, actor: Actor) -> list[OfferedRise]:
    """The rises of which nobody has decided yet, those with the most reports first."""
    is_undecided = (col(Rise.ended_at).is_(None), col(Rise.problem_id).is_(None))
    undecided = list_rises(session, actor, *is_undecided)
    return [each for each in undecided if known_as(session, each.rise) is None]


def known_as(session: Session, rise: Rise) -> int | None:
    """The open problem that it belongs to: somebody wrote it down about then, or because of such a rise."""
    since = clock.london_time(rise.began_on - timedelta(days=MAX_WINDOW), time.min)
    is_of_rise = col(Problem.id).in_(select(Rise.problem_id).where(col(Rise.problem_id).is_not(None)))
    query = select(Problem.id).where(
        col(Problem.programme_id) == rise.programme_id,
        col(Problem.category) == rise.category,
        col(Problem.status).not_in(IS_OVER),
        or_(col(Problem.opened_at) >= since, is_of_rise),
    )
    return session.exec(query.order_by(col(Problem.id).desc()).limit(1)).first()


def list_rises(session: Session, actor: Actor, *conditions: ColumnElement[bool]) -> list[OfferedRise]:
    """The rises for which conditions hold, of those that the actor may see, by their reports."""
    query = (
        select(Rise, Service, Programme)
        .join(Service, col(Service.id) == col(Rise.service_id))
        .join(Programme, col(Programme.id) == col(Rise.programme_id))
        .where(rise_visible_to(actor), *conditions)
        .order_by(col(Rise.count).desc(), col(Rise.id))
    )
    return [OfferedRise(*row) for row in session.exec(query)] if actor.has(*MAY_EDIT) else []


def find_rise(session: Session, actor: Actor, id: int) -> OfferedRise:
    """One rise, if the actor may see it; not found otherwise."""
    if found := list_rises(session, actor, col(Rise.id) == id):
        return found[0]
    raise NotFound("We cannot find that rise.")


def reports_by_day(session: Session, actor: Actor, rise: Rise) -> dict[date, int]:
    """How many reports of its kind each day had, from four weeks before it began."""
    period = Period(rise.began_on - SHOWN_BEFORE, rise.last_on)
    counts = dict.fromkeys(period.dates, 0)
    for reported_at in session.exec(
        select(Ticket.reported_at).where(_is_of(actor, rise), reported_in(period))
    ):
        counts[clock.local(reported_at).date()] += 1
    return counts


def tickets_of(
    session: Session, actor: Actor, rise: Rise, *conditions: ColumnElement[bool]
) -> Sequence[Ticket]:
    """The tickets reported while it rose that the actor may see, newest first."""
    is_within = reported_in(Period(rise.began_on, rise.last_on))
    query = select(Ticket).where(_is_of(actor, rise), is_within, *conditions)
    return session.exec(query.order_by(col(Ticket.number).desc()).limit(MAX_LINKED)).all()


def report_counts(session: Session, actor: Actor, rises: Sequence[Rise]) -> list[int]:
    """How many tickets were reported while each rose, as they are sorted now, in one question."""
    of_each = [and_(_is_of(actor, one), reported_in(Period(one.began_on, one.last_on))) for one in rises]
    if not of_each:
        return []
    columns = [func.count().filter(condition) for condition in of_each]
    return list(session.execute(select(*columns).where(or_(*of_each))).one())


def _is_of(actor: Actor, rise: Rise) -> ColumnElement[bool]:
    return and_(
        visible_to(actor),
        IS_COUNTED,
        col(Ticket.service_id) == rise.service_id,
        col(Ticket.programme_id) == rise.programme_id,
        col(Ticket.category) == rise.category,
    )


def dismiss(session: Session, actor: Actor, id: int, dismissal: DismissalInput) -> Rise:
    """Dismiss a rise: its rate is usual from now on, until it has risen further than that."""
    rise = find_rise(session, actor, id).rise
    session.refresh(rise, with_for_update={"key_share": True})
    if rise.is_decided:
        raise Conflict(SEEN_TO)
    rise.dismissed_as, rise.dismissed_by, rise.ended_at = dismissal.reason, actor.user_id, clock.now()
    return rise


def make_problem(session: Session, actor: Actor, id: int, rise_input: RiseInput) -> Problem:
    """Write a rise down as a problem or an outage and link its tickets; nobody is written to; idempotent.

    The same rise in other services of the actor becomes the same problem.
    """
    offered = find_rise(session, actor, id)
    rises = _lock_alike(session, actor, offered.rise)
    if offered.rise.problem_id is not None:
        return find_problem(session, actor, offered.rise.problem_id)
    if offered.rise.is_decided:
        raise Conflict(SEEN_TO)
    problem = _problem(session, actor, offered, rise_input)
    for rise in rises:
        rise.problem_id = problem.id
        _link_tickets(session, actor, rise, problem)
    session.flush()
    return problem


def _lock_alike(session: Session, actor: Actor, rise: Rise) -> Sequence[Rise]:
    """The undecided rises of the same kind in all services of the actor, locked in one order."""
    is_alike = (col(Rise.programme_id) == rise.programme_id, col(Rise.category) == rise.category)
    query = select(Rise).where(rise_visible_to(actor), *is_alike, col(Rise.ended_at).is_(None))
    query = query.order_by(col(Rise.id)).with_for_update(key_share=True)
    rises = session.exec(query.execution_options(populate_existing=True)).all()
    return [each for each in rises if not each.is_decided]


def _problem(session: Session, actor: Actor, offered: OfferedRise, rise_input: RiseInput) -> Problem:
    """The problem that somebody opened meanwhile, or a new one."""
    if (known := known_as(session, offered.rise)) is not None:
        return find_problem(session, actor, known)
    problem = open_problem(session, actor, _problem_input(offered))
    problem.is_outage = rise_input.is_outage
    return problem


def _problem_input(offered: OfferedRise) -> NewProblemInput:
    """What is known of it without a count: staff of other services and the supplier may read it."""
    return NewProblemInput(
        service=offered.service.code,
        programme=offered.programme.code,
        category=offered.rise.category,
        title=offered.label,
        known=f"Rising since {day(offered.rise.began_on)}: {offered.times} as many reports as usual.",
    )


def _link_tickets(session: Session, actor: Actor, rise: Rise, problem: Problem) -> None:
    """Link what nobody has linked or unlinked; only navigators link tickets."""
    if rise.service_id not in actor.services(Role.NAVIGATOR):
        return
    link_decided = select(Event.ticket_number).where(col(Event.action) == Action.LINK)
    free = (col(Ticket.problem_id).is_(None), col(Ticket.number).not_in(link_decided))
    numbers = sorted(ticket.number for ticket in tickets_of(session, actor, rise, *free))
    for number in numbers:
        link(session, actor, number, LinkInput(problem_id=problem.id, tell=False))
