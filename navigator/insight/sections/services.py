"""Services side by side: what was reported in each, and how it went."""

from sqlmodel import Session

from navigator.catalogue.service import Service
from navigator.insight import queries
from navigator.insight.event_counts import event_counts_by_service
from navigator.insight.queries import ReportScope
from navigator.insight.rows import CHANGE, ticket_filters
from navigator.insight.table import Bar, Cell, Row, Table, change_cell, count_cell, share_cell
from navigator.tickets.metrics import MetricName

_SHARES: tuple[tuple[MetricName, MetricName], ...] = (
    ("in_time", "had_session"), ("reopened", "ended"), ("read_in_time", "handed_over"),
)  # fmt: skip


def table(session: Session, scope: ReportScope) -> Table:
    """The figures of each service in the period; nothing where there is one alone."""
    shown = [] if scope.service or len(scope.services) == 1 else list(scope.services.values())
    reported = queries.report_counts(session, scope).by_service
    return Table(
        name="services",
        title="Services side by side",
        help_text="The period in each service. A larger service has more reports: compare the shares.",
        columns=(
            "Service", "Reported", CHANGE, "Sessions touched", "Right before the session", "Came back",
            "Reviews read in time",
        ),
        rows=tuple(_row(session, scope, service) for service in shown),
        bars=tuple(
            Bar(service.name, *reported[service.id]["all"][:2], _filters(scope, service)) for service in shown
        ),
        headline=_headline(session, scope, shown),
    )  # fmt: skip


def _headline(session: Session, scope: ReportScope, shown: list[Service]) -> Row | None:
    """The service with the most reports."""
    reported = queries.report_counts(session, scope).by_service
    most = max(shown, key=lambda service: reported[service.id]["all"].now, default=None)
    if most is None:
        return None
    counts = reported[most.id]["all"]
    return Row(f"reported at {most.name}, the most", "", (count_cell(counts.now, **_filters(scope, most)),))


def _row(session: Session, scope: ReportScope, service: Service) -> Row:
    reports, events = queries.report_counts(session, scope), event_counts_by_service(session, scope)
    counts = {**reports.by_service[service.id], **events[service.id]}

    def filters(name: MetricName) -> dict[str, str]:
        return _filters(scope, service) | {"figure": name}

    reported = counts["all"]
    cells: tuple[Cell, ...] = (
        count_cell(reported.now, **filters("all")),
        change_cell(reported.now, reported.before),
        count_cell(counts["touched"].now, **filters("touched")),
        *(share_cell(counts[part].now, counts[whole].now, **filters(part)) for part, whole in _SHARES),
    )
    return Row(service.name, "", cells)


def _filters(scope: ReportScope, service: Service) -> dict[str, str]:
    return ticket_filters(scope, scope.days) | {"service": service.code}
