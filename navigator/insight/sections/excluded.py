"""Who is excluded: barriers of patients by programme, against those of all other programmes."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlmodel import Session, col

from navigator.catalogue.programme import Programme
from navigator.insight import barriers
from navigator.insight.day_counts import is_among
from navigator.insight.finding import Comparison, Finding
from navigator.insight.queries import ReportScope, kept_ever, once
from navigator.insight.rate import Rate
from navigator.insight.table import Bar, Row, Table, percent, share_cell, shared_percent, text_cell
from navigator.people.access_needs import Barrier
from navigator.people.reporter import Reporter
from navigator.small_numbers import MIN_COUNT
from navigator.tickets.day_counts import DayCount
from navigator.tickets.metrics import Period, consecutive, reported_in
from navigator.tickets.ticket import Ticket

NAME = "excluded"
IN_WORDS: Mapping[Barrier, tuple[str, str]] = {
    Barrier.DEVICE: (
        "Device or data not good enough",
        "A check of their phone found it too old, or their connection too slow; or a navigator noted that"
        " they have none.",
    ),
    Barrier.LANGUAGE: (
        "Another language than English",
        "Told as preferred, read on our pages, or an interpreter.",
    ),
    Barrier.ACCESS: ("An access need", "Large print, Easy Read, or a need in their own words."),
    Barrier.CONFIDENCE: ("New to technology", "They said so, or a navigator noted it."),
    Barrier.CONTACT: ("Hard to reach", "Want no calls or no contact, or it is not safe to contact them."),
}


@dataclass(frozen=True)
class Excluded:
    """How many reports about a programme are of patients with a barrier, and about all others."""

    programme: str
    barrier: Barrier
    here: Rate
    elsewhere: Rate

    @property
    def stands_out(self) -> bool:
        """Whether the share is larger than elsewhere beyond chance: the two 95% intervals (Wilson) are apart.

        Two shares that are truly the same come apart so, and on this side, about three times in a thousand.
        """
        is_shown = self.here.count >= MIN_COUNT and bool(self.elsewhere.total)
        return is_shown and self.here.bounds[0] > self.elsewhere.bounds[1]


def table(session: Session, scope: ReportScope) -> Table:
    """The barriers of each programme, those first that stand out."""
    found = sorted(_found(session, scope), key=_order)
    return Table(
        name=NAME,
        title="Who is excluded",
        help_text=(
            "Reports by patients whose device, language, access need, confidence or way of contact may keep"
            " them out, by programme. Nobody is asked for more than they tell us: the true shares are higher."
        ),
        columns=("Programme and barrier", "Of its reports", "Of all other reports", "More than its share?"),
        rows=tuple(_row(each) for each in found),
        bars=tuple(Bar(f"{each.programme}: {IN_WORDS[each.barrier][0]}", each.here.count) for each in found),
        headline=_headline(found),
        before_label="",
    )


def _headline(found: list[Excluded]) -> Row | None:
    """The barrier that the table begins with."""
    if not found:
        return None
    what = f"reports by patients about {found[0].programme}: {IN_WORDS[found[0].barrier][0].lower()}"
    return Row(what, "", (share_cell(found[0].here.count, found[0].here.total),))


def _order(each: Excluded) -> tuple[Any, ...]:
    return not each.stands_out, -each.here.count, each.programme, each.barrier


def _row(each: Excluded) -> Row:
    label, help_text = IN_WORDS[each.barrier]
    cells = (
        share_cell(each.here.count, each.here.total),
        share_cell(each.elsewhere.count, each.elsewhere.total),
        text_cell("Yes" if each.stands_out else "No sign of it"),
    )
    return Row(f"{each.programme}: {label}", help_text, cells)


def findings(session: Session, scope: ReportScope) -> Iterator[Finding]:
    """Each group that reports about a programme more than its share."""
    for each in _found(session, scope):
        if each.stands_out:
            yield _finding(each)


def _finding(each: Excluded) -> Finding:
    here, elsewhere = ((rate.count, rate.total) for rate in (each.here, each.elsewhere))
    cells = share_cell(*here), share_cell(*elsewhere)
    label = IN_WORDS[each.barrier][0]
    start = f"{each.programme} leaves people out. {label}:"
    return Finding(
        sentence=f"{start} {cells[0].exact} of its reports by patients, {cells[1].exact} of all others.",
        shared=f"{start} {cells[0].shared} of its reports by patients, {cells[1].shared} of all others.",
        advice="Offer them what your service has, and tell the supplier who cannot use it.",
        href="/desk/offers",
        link_text="What is lent, and by when it comes back",
        count=each.here.count,
        section=NAME,
        compared=Comparison(
            ("of all other reports by patients", f"of those about {each.programme}"),
            (percent(*elsewhere), percent(*here)),
            (shared_percent(*elsewhere), shared_percent(*here)),
            unit="%",
        ),
    )


def _found(session: Session, scope: ReportScope) -> list[Excluded]:
    """Each programme with each barrier that any report about it tells of; one alone, if it was chosen."""
    by_programme = _counts(session, scope)
    chosen = scope.programmes[scope.programme].name if scope.programme else ""
    everywhere = sum(by_programme.values(), Counter[str]())
    found = []
    for programme, counts in by_programme.items():
        if chosen not in ("", programme):
            continue
        others = everywhere - counts
        for barrier, column in barriers.COLUMN_OF.items():
            here = Rate(counts[column], counts[barriers.PATIENTS])
            elsewhere = Rate(others[column], others[barriers.PATIENTS])
            found += [Excluded(programme, barrier, here, elsewhere)] if here.count else []
    return found


@once
def _counts(session: Session, scope: ReportScope) -> dict[str, Counter[str]]:
    """The counts by programme: of days that are kept, and of other days anew."""
    kept = set(scope.days.among(kept_ever(session, scope)))
    scope = replace(scope, programme="")
    fresh = [day for day in scope.days.dates if day not in kept]
    counts: dict[str, Counter[str]] = {}
    rows = [*session.execute(_kept(scope).where(is_among(col(DayCount.reported_on), kept)))] if kept else []
    rows += session.execute(_fresh(scope, consecutive(fresh))) if fresh else []
    for row in rows:
        of_programme = counts.setdefault(row.name or "No programme", Counter())
        of_programme.update({column: getattr(row, column) or 0 for column in barriers.COLUMNS})
    return counts


def _kept(scope: ReportScope) -> Select[Any]:
    sums = [func.sum(getattr(DayCount, column)).label(column) for column in barriers.COLUMNS]
    query = select(col(Programme.name), *sums).select_from(DayCount)
    query = query.outerjoin(Programme, col(Programme.id) == col(DayCount.programme_id))
    return query.where(scope.row_condition(DayCount)).group_by(col(Programme.name))


def _fresh(scope: ReportScope, periods: list[Period]) -> Select[Any]:
    query = select(col(Programme.name), *barriers.count_columns()).select_from(Ticket)
    query = query.join(Reporter, col(Reporter.id) == col(Ticket.reporter_id))
    query = query.outerjoin(Programme, col(Programme.id) == col(Ticket.programme_id))
    is_fresh = or_(*(reported_in(days) for days in periods))
    return query.where(scope.ticket_condition(), is_fresh).group_by(col(Programme.name))
