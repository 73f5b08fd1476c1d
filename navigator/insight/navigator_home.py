"""Navigator's home page: each ticket that waits for them once, most urgent first, and why it stands there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlmodel import Session, and_, col, select

from navigator import clock
from navigator.catalogue.call_times import QUARTER
from navigator.dates_in_words import day, time, time_or_date
from navigator.people.actor import Actor
from navigator.people.reporter import ContactMethod, Reporter
from navigator.problems.outages import SuggestedOutage, suggested_outages
from navigator.tickets.booked_call import BookedCall
from navigator.tickets.queue.counts import counts
from navigator.tickets.queue.filters import Filters
from navigator.tickets.queue.queue import Said, queue
from navigator.tickets.queue.views import View
from navigator.tickets.repeated_report import RepeatedReport
from navigator.tickets.repeats import open_repeats
from navigator.tickets.ticket import Ticket

MAX_TICKETS = 11
LOOKED_AT = 20
"""Of each view so many are looked at: why a ticket stands here may be that it is of several."""
LISTED: tuple[View, ...] = ("my_answers", "my_guards", "calls", "mine")
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
    repeats: Sequence[RepeatedReport]


def navigator_home(session: Session, actor: Actor, risen: Collection[tuple[str, str]] = ()) -> NavigatorHome:
    """What a navigator must see to, in all their services together.

    What has `risen`, by programme and category, is offered as that, and not as a possible outage too.
    """
    with clock.one_moment():
        pages = {view: queue(session, actor, _listed(view), limit=LOOKED_AT) for view in LISTED}
        rows = {row.number: row for page in pages.values() for row in page.rows}
        views = {
            number: {view for view, page in pages.items() if number in {row.number for row in page.rows}}
            for number in rows
        }
        facts = _facts(session, rows) if rows else {}
        waiting = [
            row for row in rows.values() if views[row.number] != {"my_answers"} or facts[row.number].replied
        ]
        tickets = sorted(waiting, key=lambda row: _urgency(row, views[row.number], facts[row.number]))
        tickets = tickets[:MAX_TICKETS]
        by_view, by_filters = counts(session, actor, Filters(), [Filters(view=view) for view in COUNTED])
        return NavigatorHome(
            tickets=tickets,
            said={number: said for page in pages.values() for number, said in page.said.items()},
            reasons={row.number: _reason(row, views[row.number], facts[row.number]) for row in tickets},
            counts={view: by_filters[Filters(view=view)] for view in COUNTED},
            unclaimed=by_view["unclaimed"],
            outages=[
                each
                for each in suggested_outages(session, actor)
                if each.outage or (each.programme, each.category) not in risen
            ],
            repeats=open_repeats(session, actor),
        )


def _listed(view: View) -> Filters:
    """A view as it is listed: of answers the oldest reports, or many new ones would leave them no room."""
    return Filters(view=view, sort="age" if view == "my_answers" else "")


class _Facts(NamedTuple):
    """Whether the reporter of a ticket chose to be called, has a call booked, and had a reply."""

    wants_call: bool
    replied: bool
    booked_at: datetime | None


def _facts(session: Session, numbers: Collection[int]) -> dict[int, _Facts]:
    columns = (col(Ticket.number), col(Reporter.contact_method), col(Ticket.first_replied_at))
    is_booked = and_(col(BookedCall.ticket_number) == col(Ticket.number), col(BookedCall.ended_at).is_(None))
    query = (
        select(*columns, col(BookedCall.starts_at))
        .join(Reporter, col(Reporter.id) == col(Ticket.reporter_id))
        .outerjoin(BookedCall, is_booked)
    )
    rows = session.exec(query.where(col(Ticket.number).in_(sorted(numbers))))
    return {
        number: _Facts(route == ContactMethod.PHONE, at is not None, booked_at)
        for number, route, at, booked_at in rows
    }


def _urgency(row: Any, views: Collection[View], facts: _Facts) -> tuple[datetime, int, datetime, int]:
    """The moment from which something is to be done, then as in the queue."""
    moments = [row.due_at]
    if "my_answers" in views and facts.replied:
        moments.append(clock.now())
    if "calls" in views:
        moments.append(row.next_call_at or clock.now())
    return min(moments), row.priority, row.reported_at, row.number


def _reason(row: Any, views: Collection[View], facts: _Facts) -> str:
    """Why a ticket stands on the page, in a few words; nothing where it is only due."""
    reasons = []
    if "my_guards" in views:
        is_over = row.session_warning_sent_at or row.session_is_too_soon
        reasons.append(f"session {_near(row.session_on)}{': plan without it' if is_over else ''}")
    if "my_answers" in views and facts.replied:
        reasons.append(f"they answered {time_or_date(row.needs_answer_since_at)}")
    if "calls" in views:
        reasons.append(_call(row, facts))
    if row.assignee_id is None:
        reasons.append("nobody has it")
    if "my_answers" in views and not reasons:
        reasons.append("not answered yet")
    return ", ".join(reasons)


def _call(row: Any, facts: _Facts) -> str:
    if facts.booked_at and facts.booked_at == row.next_call_at:
        day_of_call = _near(clock.local(facts.booked_at).date())
        is_over = facts.booked_at <= clock.now() - QUARTER
        return f"{'log the ' if is_over else ''}booked call {day_of_call} at {time(facts.booked_at)}"
    if row.next_call_at and row.next_call_at > clock.now():
        is_today = clock.local(row.next_call_at).date() == clock.today()
        on = "" if is_today else f"{_near(clock.local(row.next_call_at).date())} "
        return f"call {on}from {time(row.next_call_at)}"
    if row.next_call_at:
        return "call again now"
    return "wants a call" if facts.wants_call else "call the practitioner"


def _near(on: date) -> str:
    """A day as one says it from today: "today", "tomorrow", "on Thursday", else its date."""
    days = (on - clock.today()).days
    near = {0: "today", 1: "tomorrow"} | dict.fromkeys(range(2, 7), f"on {on:%A}")
    return near.get(days) or f"on {day(on)}"
