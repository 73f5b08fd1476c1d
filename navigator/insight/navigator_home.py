"""Navigator's home page: each ticket that waits for them once, most urgent first, and why it stands there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.engine import Row
from sqlmodel import Session, col, select

from navigator import clock
from navigator.dates_in_words import day, time
from navigator.people.actor import Actor
from navigator.people.reporter import ContactMethod, Reporter
from navigator.problems.outages import SuggestedOutage, suggested_outages
from navigator.tickets.enums import Activity
from navigator.tickets.queue.filters import Filters
from navigator.tickets.queue.queue import Said, counts, queue
from navigator.tickets.queue.views import View
from navigator.tickets.ticket import Ticket

MAX_TICKETS = 10
LISTED: tuple[View, ...] = ("my_guards", "calls", "mine")
"""The views whose tickets stand on the page, each of them once."""
COUNTED: tuple[View, ...] = ("my_answers", *LISTED, "unassigned")


@dataclass(frozen=True)
class NavigatorHome:
    """A navigator's tickets in their order, why each stands there, how many each view holds, and outages.

    `said` is what was said first on each, by number.
    """

    tickets: Sequence[Row[Any]]
    said: Mapping[int, Said]
    reasons: Mapping[int, str]
    counts: Mapping[View, int]
    unclaimed: int
    outages: Sequence[SuggestedOutage]


def navigator_home(session: Session, actor: Actor) -> NavigatorHome:
    """What a navigator must see to, in all their services together."""
    with clock.one_moment():
        pages = {view: queue(session, actor, Filters(view=view), limit=MAX_TICKETS) for view in LISTED}
        numbers = {view: {row.number for row in page.rows} for view, page in pages.items()}
        rows = {row.number: row for page in pages.values() for row in page.rows}
        wait_for_call = _who_want_a_call(session, numbers["calls"])
        tickets = sorted(rows.values(), key=lambda row: _urgency(row, row.number in numbers["calls"]))
        reasons = {
            row.number: _reason(row, {view for view in LISTED if row.number in numbers[view]}, wait_for_call)
            for row in tickets[:MAX_TICKETS]
        }
        by_view, by_filters = counts(session, actor, Filters(), [Filters(view=view) for view in COUNTED])
        return NavigatorHome(
            tickets=tickets[:MAX_TICKETS],
            said={number: said for page in pages.values() for number, said in page.said.items()},
            reasons=reasons,
            counts={view: by_filters[Filters(view=view)] for view in COUNTED},
            unclaimed=by_view["unclaimed"],
            outages=suggested_outages(session, actor),
        )


def _urgency(row: Row[Any], is_to_call: bool) -> tuple[datetime, int, datetime, int]:
    """The moment from which something is to be done, then as in the queue."""
    call_at = (row.next_call_at or clock.now()) if is_to_call else row.due_at
    return min(row.due_at, call_at), row.priority, row.reported_at, row.number


def _who_want_a_call(session: Session, numbers: Collection[int]) -> set[int]:
    """Of tickets on which somebody is to be called, those whose reporter chose a call."""
    query = select(Ticket.number).join(Reporter, col(Reporter.id) == col(Ticket.reporter_id))
    wants_call = col(Reporter.contact_method) == ContactMethod.PHONE
    return set(session.exec(query.where(wants_call, col(Ticket.number).in_(sorted(numbers)))))


def _reason(row: Row[Any], views: Collection[View], wait_for_call: Collection[int]) -> str:
    """Why a ticket stands on the page, in a few words; nothing where it is only due."""
    reasons = []
    if "my_guards" in views:
        reasons.append(f"session {_near(row.session_on)}")
        if "mine" not in views:
            reasons.append("nobody has it")
    if row.last_activity == Activity.THEY_WROTE and row.last_activity_at > row.reported_at:
        reasons.append("they answered")
    if "calls" in views:
        reasons.append(_call(row, row.number in wait_for_call))
    return ", ".join(reasons)


def _call(row: Row[Any], is_wanted: bool) -> str:
    if row.next_call_at and row.next_call_at > clock.now():
        is_today = clock.local(row.next_call_at).date() == clock.today()
        on = "" if is_today else f"{_near(clock.local(row.next_call_at).date())} "
        return f"call {on}from {time(row.next_call_at)}"
    if row.next_call_at:
        return "call again now"
    return "wants a call" if is_wanted else "call the practitioner"


def _near(on: date) -> str:
    """A day as one says it from today: "today", "tomorrow", "on Thursday", else its date."""
    days = (on - clock.today()).days
    near = {0: "today", 1: "tomorrow"} | dict.fromkeys(range(2, 7), f"on {on:%A}")
    return near.get(days) or f"on {day(on)}"
