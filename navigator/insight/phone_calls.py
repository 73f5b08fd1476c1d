"""Phone calls: how many, how long and what for, by what navigators are for and never by who they are."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.engine import RowMapping
from sqlmodel import Session, col

from navigator.insight.queries import Both, Scope
from navigator.insight.table import Row, Table, change, count, minutes, share, words
from navigator.tickets.enums import CallDirection, CallOutcome, CallPurpose
from navigator.tickets.phone_call import PhoneCall
from navigator.tickets.ticket import Ticket

_MEANS: Mapping[CallPurpose, str] = MappingProxyType(
    {
        CallPurpose.ACCESS: "Getting into the programme.",
        CallPurpose.TECHNOLOGY: "Putting a problem right.",
        CallPurpose.ENGAGEMENT: "Using the programme.",
        CallPurpose.FEEDBACK: "What people think of the programme.",
    }
)
_REACHED = "Of the calls that a navigator began, those in which they spoke to somebody."


def phone_call_table(session: Session, of: Scope) -> Table:
    """The phone log of the period beside the one before."""
    found: dict[str, Mapping[Any, Any]] = {row["purpose"]: row for row in _counted(session, of)}
    begun, spoke = (_summed(found, name) for name in ("begun", "spoke"))
    reached = (share(spoke.now, begun.now), share(spoke.before, begun.before), change(*spoke))
    return Table(
        name="calls",
        title="Phone calls",
        means="Calls that navigators logged, by what they were for. Minutes count where they were noted.",
        columns=("For", "This period", "Period before", "Change", "Minutes", "Minutes before"),
        rows=(
            *(_row(one, found.get(one, {})) for one in CallPurpose),
            Row("Reached", _REACHED, (*reached, words("–"), words("–"))),
        )
        if found
        else (),
    )


def _counted(session: Session, of: Scope) -> Sequence[RowMapping]:
    """One row for each responsibility: every count of this period, and of the one before."""
    columns = [
        counted.label(f"{name}_{side}")
        for side, days in zip(Both._fields, of.periods, strict=True)
        for name, counted in _counts(days.hold(col(PhoneCall.created_at))).items()
    ]
    query = select(col(PhoneCall.purpose), *columns).join(
        Ticket, col(Ticket.number) == col(PhoneCall.ticket_number)
    )
    query = query.where(of.tickets(), of.all_days.hold(col(PhoneCall.created_at)))
    return session.execute(query.group_by(col(PhoneCall.purpose))).mappings().all()


def _counts(within: ColumnElement[bool]) -> dict[str, ColumnElement[int]]:
    spent, ours = col(PhoneCall.minutes), col(PhoneCall.direction) == CallDirection.US
    return {
        "calls": func.count().filter(within),
        "noted": func.count(spent).filter(within),
        "minutes": func.coalesce(func.sum(spent).filter(within), 0),
        "begun": func.count().filter(within, ours),
        "spoke": func.count().filter(within, ours, col(PhoneCall.outcome) == CallOutcome.SPOKE),
    }


def _summed(found: Mapping[Any, Any], name: str) -> Both:
    return Both(*(sum(row[f"{name}_{side}"] for row in found.values()) for side in Both._fields))


def _row(what: CallPurpose, row: Mapping[Any, Any]) -> Row:
    its = {
        name: Both(row.get(f"{name}_now", 0), row.get(f"{name}_before", 0))
        for name in ("calls", "noted", "minutes")
    }
    cells = (*map(count, its["calls"]), change(*its["calls"]), *map(minutes, its["minutes"], its["noted"]))
    return Row(what.capitalize(), _MEANS[what], cells)
