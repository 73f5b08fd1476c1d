"""Navigator's home page: each ticket that waits for them once, most urgent first, and why it stands there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from navigator import clock
from navigator.dates_in_words import day, time
from navigator.people.actor import Actor
from navigator.people.reporter import ContactMethod, Reporter
from navigator.problems.outages import SuggestedOutage, suggested_outages
from navigator.tickets.queue.filters import Filters
from navigator.tickets.queue.queue import Said, counts, queue
from navigator.tickets.queue.views import View
from navigator.tickets.ticket import Ticket

MAX_TICKETS = 10
LISTED: tuple[View, ...] = ("my_guards", "my_answers", "calls", "mine")
"""The views whose tickets stand on the page, each of them once."""
COUNTED: tuple[View, ...] = (*LISTED, "unassigned")


@dataclass(frozen=True)
class NavigatorHome:
    """A navigator's tickets in their order, what was said on each, why it stands there, and outages.

    `counts` is how many tickets each view holds.
    """

    tickets: Sequence[Any]
    said: Mapping[int, Said]
    reasons: Mapping[int, str]
    counts: Mapping[View, int]
    unclaimed: int
    outages: Sequence[SuggestedOutage]


def navigator_home(session: Session, actor: Actor) -> NavigatorHome:
    """What a navigator must see to, in all their services together."""
    with clock.one_moment():
        pages = {view: queue(session, actor, Filters(view=view), limit=MAX_TICKETS) for view in LISTED}
        rows = {row.number: row for page in pages.values() for row in page.rows}
        views = {
            number: {view for view, page in pages.items() if number in {row.number for row in page.rows}}
            for number in rows
        }
        tickets = sorted(rows.values(), key=lambda row: _urgency(row, views[row.number]))[:MAX_TICKETS]
        want_call = _who_want_a_call(session, [number for number in rows if "calls" in views[number]])
        by_view, by_filters = counts(session, actor, Filters(), [Filters(view=view) for view in COUNTED])
        return NavigatorHome(
            tickets=tickets,
            said={number: said for page in pages.values() for number, said in page.said.items()},
            reasons={row.number: _reason(row, views[row.number], want_call) for row in tickets},
            counts={view: by_filters[Filters(view=view)] for view in COUNTED},
            unclaimed=by_view["unclaimed"],
            outages=suggested_outages(session, actor),
        )


def _urgency(row: Any, views: Collection[View]) -> tuple[datetime, int, datetime, int]:
    """The moment from which something is to be done, then as in the queue."""
    moments = [row.due_at]
    if "my_answers" in views:
        moments.append(clock.now())
    if "calls" in views:
        moments.append(row.next_call_at or clock.now())
    return min(moments), row.priority, row.reported_at, row.number


def _who_want_a_call(session: Session, numbers: Collection[int]) -> set[int]:
    """Of tickets on which somebody is to be called, those whose reporter chose a call."""
    query = select(Ticket.number).join(Reporter, col(Reporter.id) == col(Ticket.reporter_id))
    wants_call = col(Reporter.contact_method) == ContactMethod.PHONE
    return set(session.exec(query.where(wants_call, col(Ticket.number).in_(sorted(numbers)))))


def _reason(row: Any, views: Collection[View], wait_for_call: Collection[int]) -> str:
    """Why a ticket stands on the page, in a few words; nothing where it is only due."""
    reasons = []
    if "my_guards" in views:
        reasons.append(f"session {_near(row.session_on)}")
        if "mine" not in views:
            reasons.append("nobody has it")
    if "my_answers" in views:
        reasons.append(f"they answered {_moment(row.needs_answer_since_at)}")
    if "calls" in views:
        reasons.append(_call(row, row.number in wait_for_call))
    return ", ".join(reasons)


def _call(row: Any, is_wanted: bool) -> str:
    if row.next_call_at and row.next_call_at > clock.now():
        is_today = clock.local(row.next_call_at).date() == clock.today()
        on = "" if is_today else f"{_near(clock.local(row.next_call_at).date())} "
        return f"call {on}from {time(row.next_call_at)}"
    if row.next_call_at:
        return "call again now"
    return "wants a call" if is_wanted else "call the practitioner"


def _moment(at: datetime) -> str:
    on = clock.local(at).date()
    return f"{clock.local(at):%H:%M}" if on == clock.today() else f"on {day(on)}"


def _near(on: date) -> str:
    """A day as one says it from today: "today", "tomorrow", "on Thursday", else its date."""
    days = (on - clock.today()).days
    near = {0: "today", 1: "tomorrow"} | dict.fromkeys(range(2, 7), f"on {on:%A}")
    return near.get(days) or f"on {day(on)}"
