"""Rises: what is reported far more often than usual is offered as an outage or a problem, or dismissed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.programme import Programme
from navigator.catalogue.service import Service
from navigator.errors import NotFound
from navigator.people.actor import Actor
from navigator.problems.problem import Problem
from navigator.problems.public_list import IS_OVER
from navigator.problems.records import MAY_EDIT
from navigator.problems.rise import Rise
from navigator.problems.spikes import MAX_WINDOW
from navigator.tickets.metrics import IS_COUNTED, Period, reported_in
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import visible_to

MAX_LINKED = 200
"""So many of the newest tickets are linked at once; the others one by one."""
SHOWN_BEFORE = timedelta(days=28)
_IS_UNDECIDED = (col(Rise.ended_at).is_(None), col(Rise.problem_id).is_(None))


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


@dataclass(frozen=True)
class RiseOfServices:
    """The same rise in one or more services of somebody, as one."""

    parts: Sequence[OfferedRise]

    @property
    def first(self) -> OfferedRise:
        """That of the service with the most reports: its page comes first."""
        return self.parts[0]

    @property
    def began_on(self) -> date:
        """The day on which it began anywhere."""
        return min(each.rise.began_on for each in self.parts)

    @property
    def services(self) -> str:
        """The names of its services."""
        names = [each.service.name for each in self.parts]
        return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

    @property
    def reports(self) -> int:
        """How many reports there were when the desk looked last, in all of them."""
        return sum(each.rise.count for each in self.parts)

    @property
    def expected(self) -> float:
        """How many would be usual."""
        return sum(each.rise.expected for each in self.parts)

    @property
    def usual(self) -> str:
        """How many are usual, in words."""
        return usual_words(round(self.expected))


def as_one(offers: Iterable[OfferedRise]) -> list[RiseOfServices]:
    """Rises of the same kind in several services as one each, in their order."""
    by_kind: dict[tuple[int, str], list[OfferedRise]] = {}
    for each in offers:
        by_kind.setdefault((each.rise.programme_id, each.rise.category), []).append(each)
    return sorted(map(RiseOfServices, by_kind.values()), key=lambda one: -one.reports)


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
    undecided = list_rises(session, actor, *_IS_UNDECIDED)
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


def elsewhere(session: Session, actor: Actor, rise: Rise) -> list[OfferedRise]:
    """The same rise in other services of the actor, of which nobody has decided yet."""
    is_alike = (col(Rise.programme_id) == rise.programme_id, col(Rise.category) == rise.category)
    return list_rises(session, actor, *is_alike, *_IS_UNDECIDED, col(Rise.id) != rise.id)


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
    query = select(Ticket).where(*_while_it_rose(actor, rise), *conditions)
    return session.exec(query.order_by(col(Ticket.number).desc()).limit(MAX_LINKED)).all()


def count_of(session: Session, actor: Actor, rise: Rise, *conditions: ColumnElement[bool]) -> int:
    """How many tickets those are, however many are shown."""
    query = select(func.count()).select_from(Ticket)
    return session.exec(query.where(*_while_it_rose(actor, rise), *conditions)).one()


def _while_it_rose(actor: Actor, rise: Rise) -> tuple[ColumnElement[bool], ...]:
    return _is_of(actor, rise), reported_in(Period(rise.began_on, rise.last_on))


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
