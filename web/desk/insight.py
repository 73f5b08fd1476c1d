"""The managers’ report (“What needs a decision”), each of its tables as CSV, and how good suggestions are."""

from typing import Annotated

from sqlmodel import Session
from starlette.responses import Response

from navigator.errors import Invalid
from navigator.insight.accuracy import accuracy
from navigator.insight.csv_export import to_csv
from navigator.insight.period_filter import PeriodFilter
from navigator.insight.rows import period_in_words
from navigator.insight.tables import managers_report
from navigator.people.actor import Actor
from navigator.people.user import Role
from web.kit.deps import Reading, Router, audience
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render

router = Router(prefix="/insight")

Manager = Annotated[Actor, audience(Role.MANAGER)]
Triager = Annotated[Actor, audience(Role.MANAGER, Role.NAVIGATOR)]

MOST_FINDINGS = 7
"""So many stand on top, on one screen; the rest are a tap away."""

REPORTERS = (("", "Everybody"), ("patient", "Patients"), ("pwp", "Practitioners"))
PERIODS = (
    ("week", "The last 7 days"),
    ("month", "The last 4 weeks"),
    ("quarter", "The last 90 days"),
    ("own", "My own days"),
)


@router.get("")
def insight(page: Render, session: Reading, actor: Manager, form: ReadForm) -> Response:
    """What needs a decision, then the twelve questions; of the last four weeks unless others are chosen."""
    return _report_page(page, session, actor, form, form.read(PeriodFilter) or PeriodFilter())


def _report_page(
    page: PageRenderer, session: Session, actor: Actor, form: Form, period_filter: PeriodFilter
) -> Response:
    days = period_filter.days
    form.fill({"period": period_filter.period, "since": days.first, "until": days.last})
    return page(
        "desk/insight/insight.html",
        form=form,
        report=managers_report(session, actor, period_filter),
        query=period_filter.model_dump(exclude_defaults=True),
        span=period_in_words,
        periods=PERIODS,
        reporters=REPORTERS,
        most=MOST_FINDINGS,
    )


@router.get("/triage")
def triage(page: Render, session: Reading, actor: Triager) -> Response:
    """How good the desk's suggestions were in the last 90 days, and which version makes them."""
    return page("desk/insight/triage.html", accuracy=accuracy(session, actor))


@router.get("/{name}.csv")
def download_table(session: Reading, actor: Manager, form: ReadForm, name: str) -> Response:
    """One table, with the numbers that may leave the service."""
    period_filter = form.read(PeriodFilter)
    if period_filter is None:
        raise Invalid("There is a problem", form.errors)
    table = managers_report(session, actor, period_filter).table(name)
    return _csv_response(to_csv(table), f"{name}_{period_filter.days.last}.csv")


def _csv_response(text: str, file_name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{file_name}"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)
