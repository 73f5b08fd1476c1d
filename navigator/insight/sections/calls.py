"""Phone call metrics: how many, how long and what for; by purpose and never by navigator."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sqlmodel import Session

from navigator.insight.phone_minutes import CallCounts, call_counts
from navigator.insight.queries import PeriodCounts, ReportScope
from navigator.insight.rows import COMPARISON_COLUMNS, count_cells
from navigator.insight.table import Bar, Row, Table, minutes_cell, points_cell, share_cell, text_cell
from navigator.tickets.enums import CallPurpose

_HELP_TEXTS: Mapping[CallPurpose, str] = MappingProxyType(
    {
        CallPurpose.ACCESS: "Getting into the programme.",
        CallPurpose.TECHNOLOGY: "Putting a problem right.",
        CallPurpose.ENGAGEMENT: "Using the programme.",
        CallPurpose.FEEDBACK: "What people think of the programme.",
    }
)
_REACHED = "Of the calls that a navigator began, those in which they spoke to somebody."


def table(session: Session, scope: ReportScope) -> Table:
    """The phone log of the period beside those before."""
    counted = call_counts(session, scope)
    begun, spoke = _sums(counted, "begun"), _sums(counted, "spoke")
    shares = list(zip(spoke, begun, strict=True))
    reached = (*(share_cell(*share) for share in shares), points_cell(shares[0], shares[1]))
    by_purpose = {purpose: [one for one in counted if one.purpose == purpose] for purpose in CallPurpose}
    return Table(
        name="calls",
        title="Phone calls",
        help_text="Calls that navigators logged, by what they were for. Minutes count where they were noted.",
        bars=tuple(map(_bar, *zip(*by_purpose.items(), strict=True))) if counted else (),
        columns=("For", *COMPARISON_COLUMNS, "Minutes", "Minutes before"),
        rows=(
            *map(_row, *zip(*by_purpose.items(), strict=True)),
            Row("Reached", _REACHED, (*reached, text_cell("–"), text_cell("–"))),
        )
        if counted
        else (),
    )


def _sums(counted: Sequence[CallCounts], name: str) -> PeriodCounts:
    """The sum of a count in each period."""
    sums = [0] * len(PeriodCounts._fields)
    for one in counted:
        sums[one.period] += getattr(one, name)
    return PeriodCounts(*sums)


def _bar(purpose: CallPurpose, counted: Sequence[CallCounts]) -> Bar:
    calls = _sums(counted, "calls")
    return Bar(purpose.capitalize(), calls.now, calls.before)


def _row(purpose: CallPurpose, counted: Sequence[CallCounts]) -> Row:
    minutes = map(minutes_cell, _sums(counted, "minutes"), _sums(counted, "noted"))
    cells = (*count_cells(_sums(counted, "calls")), *list(minutes)[:2])
    return Row(purpose.capitalize(), _HELP_TEXTS[purpose], cells)
