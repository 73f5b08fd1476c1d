"""Of what a file or a letter of the managers’ report tells: its days, services, programme and reporters."""

from navigator.insight.queries import ReportScope
from navigator.insight.rows import period_in_words

ROUNDED = (
    "Numbers under 5 are not shown. All others are to the nearest 5. A percentage is of the exact numbers."
)
_REPORTERS = {"": "Everybody", "patient": "Patients", "pwp": "Practitioners"}


def scope_in_words(scope: ReportScope) -> list[tuple[str, str]]:
    """The period, and what was chosen of services, programmes and reporters."""
    names = [service.name for code, service in scope.services.items() if scope.service in ("", code)]
    programme = scope.programmes[scope.programme].name if scope.programme else "All"
    return [
        ("Period", period_in_words(scope.days)),
        ("Period before", period_in_words(scope.days.previous())),
        ("Service", ", ".join(names)),
        ("Programme", programme),
        ("Who reported", _REPORTERS[scope.reporter]),
    ]


def file_name(scope: ReportScope, name: str, ending: str) -> str:
    """The name of a file: what it holds, of which service and filters, and from when to when."""
    services = scope.service or "-".join(scope.services) or "no-service"
    chosen = [each for each in (scope.programme, scope.reporter) if each]
    days = (scope.days.first.isoformat(), "to", scope.days.last.isoformat())
    return f"{'_'.join((name, services, *chosen, *days))}.{ending}"
