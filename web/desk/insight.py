"""What recurs: the managers’ page, and each of its tables as a file."""

from typing import Annotated

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from navigator.errors import Invalid
from navigator.insight.accuracy import accuracy
from navigator.insight.csv_export import to_csv
from navigator.insight.period_filter import PeriodFilter
from navigator.insight.tables import managers_report, span
from navigator.people.actor import Actor
from navigator.people.user import Role
from web.kit.deps import Reading, audience
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render

router = APIRouter(prefix="/insight")

Leader = Annotated[Actor, audience(Role.MANAGER)]
Sorter = Annotated[Actor, audience(Role.MANAGER, Role.NAVIGATOR)]

PERIODS = (
    ("week", "The last 7 days"),
    ("month", "The last 4 weeks"),
    ("quarter", "The last 90 days"),
    ("own", "My own days"),
)


@router.get("")
def insight(page: Render, session: Reading, actor: Leader, form: ReadForm) -> Response:
    """What recurs, whose it is and what it costs; for the last four weeks unless asked otherwise."""
    return _shown(page, session, actor, form, form.read(PeriodFilter) or PeriodFilter())


def _shown(page: PageRenderer, session: Session, actor: Actor, form: Form, asked: PeriodFilter) -> Response:
    found = managers_report(session, actor, asked)
    form.fill({"period": asked.period, "since": asked.days.first, "until": asked.days.last})
    query = asked.model_dump(exclude_defaults=True)
    return page(
        "desk/insight/insight.html",
        form=form,
        found=found,
        query=query,
        span=span,
        periods=PERIODS,
        asked=asked,
    )


@router.get("/triage")
def triage(page: Render, session: Reading, actor: Sorter) -> Response:
    """How good the desk's suggestions were in the last 90 days, and which version makes them."""
    return page("desk/insight/triage.html", found=accuracy(session, actor))


@router.get("/{name}.csv")
def spreadsheet(session: Reading, actor: Leader, form: ReadForm, name: str) -> Response:
    """One table, with the numbers that may leave the service."""
    asked = form.read(PeriodFilter)
    if asked is None:
        raise Invalid("There is a problem", form.errors)
    return _file(to_csv(managers_report(session, actor, asked).sheet(name)), f"{name}_{asked.days.last}.csv")


def _file(text: str, name: str) -> Response:
    kept = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=kept)
