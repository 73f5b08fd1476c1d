"""What recurs: the managers’ page, and each of its tables as a file."""

from typing import Annotated

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from navigator.errors import Invalid
from navigator.insight.accuracy import accuracy
from navigator.insight.csv_export import csv_of
from navigator.insight.period_filter import Asked
from navigator.insight.tables import findings, span
from navigator.people.actor import Actor
from navigator.people.user import Role
from web.kit.deps import Reading, audience
from web.kit.forms import Form, ReadForm
from web.kit.templating import Page, Show

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
def insight(page: Show, session: Reading, actor: Leader, form: ReadForm) -> Response:
    """What recurs, whose it is and what it costs; for the last four weeks unless asked otherwise."""
    return _shown(page, session, actor, form, form.read(Asked) or Asked())


def _shown(page: Page, session: Session, actor: Actor, form: Form, asked: Asked) -> Response:
    found = findings(session, actor, asked)
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
def triage(page: Show, session: Reading, actor: Sorter) -> Response:
    """How good the desk's suggestions were in the last 90 days, and which version makes them."""
    return page("desk/insight/triage.html", found=accuracy(session, actor))


@router.get("/{name}.csv")
def spreadsheet(session: Reading, actor: Leader, form: ReadForm, name: str) -> Response:
    """One table, with the numbers that may leave the service."""
    asked = form.read(Asked)
    if asked is None:
        raise Invalid("There is a problem", form.errors)
    return _file(csv_of(findings(session, actor, asked).sheet(name)), f"{name}_{asked.days.last}.csv")


def _file(text: str, name: str) -> Response:
    kept = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=kept)
