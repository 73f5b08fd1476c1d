"""Routes for rises: what is reported far more often than usual, and what somebody decides that it is."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Path
from pydantic import BaseModel, Field
from sqlmodel import Session

from api.deps import Caller, Reading, Router, Writing, audience
from api.errors import error_responses
from navigator.fields import MAX_ID
from navigator.people.actor import Actor
from navigator.problems import records, rises
from navigator.problems.rise import DismissalReason, Rise
from navigator.problems.rise_decisions import DismissalInput, RiseInput, dismiss, make_problem
from navigator.problems.rise_evidence import evidence
from navigator.problems.rises import OfferedRise

router = Router(prefix="/problems/rises", tags=["rises"], responses=error_responses(401, 403))

Id = Annotated[int, Path(ge=1, le=MAX_ID)]
editors = audience(*records.MAY_EDIT)


class RiseOut(BaseModel):
    """A rise: what of, since when, how many reports, and what became of it."""

    id: int
    service: str = Field(examples=["north"])
    programme: str = Field(examples=["fern"])
    category: str = Field(examples=["access.forgotten_password"])
    label: str = Field(examples=["Forgotten password, username or app PIN"])
    began_on: date
    last_on: date
    reports: int = Field(description="Of these days, as the tickets are sorted now")
    expected: float = Field(description="How many are usual in as many days")
    found_at: datetime
    ended_at: datetime | None
    problem_id: int | None
    dismissed_as: DismissalReason | None


class DayReports(BaseModel):
    """How many reports a day had."""

    on: date
    reports: int


class Named(BaseModel):
    """A version or browser that reports name, and how many do."""

    name: str
    reports: int


class RiseDetail(RiseOut):
    """A rise with its evidence; of tickets their numbers alone."""

    days: list[DayReports] = Field(description="From four weeks before it began")
    after_update: int = Field(description="Reports that say it began with an update")
    versions: list[Named]
    browsers: list[Named]
    tickets: list[int]


@router.get("", dependencies=[editors])
def list_rises(session: Reading, actor: Caller) -> list[RiseOut]:
    """What rises now and nobody has decided on yet, those with the most reports first."""
    return _rises_out(session, actor, rises.offered_rises(session, actor))


def _rises_out(session: Session, actor: Actor, offers: Sequence[OfferedRise]) -> list[RiseOut]:
    counts = rises.report_counts(session, actor, [each.rise for each in offers])
    return [RiseOut(**_facts(each, count)) for each, count in zip(offers, counts, strict=True)]


def _facts(offered: OfferedRise, reports: int) -> dict[str, Any]:
    kept = RiseOut.model_fields.keys() & Rise.model_fields.keys()
    return offered.rise.model_dump(include=kept - {"expected"}) | {
        "service": offered.service.code,
        "programme": offered.programme.code,
        "label": offered.label,
        "expected": round(offered.rise.expected, 1),
        "reports": reports,
    }


@router.get("/{id}", dependencies=[editors], responses=error_responses(404))
def show_rise(session: Reading, actor: Caller, id: Id) -> RiseDetail:
    """One rise: its reports by day, and what they name."""
    return _detail_out(session, actor, rises.find_rise(session, actor, id))


def _detail_out(session: Session, actor: Actor, offered: OfferedRise) -> RiseDetail:
    tickets = rises.tickets_of(session, actor, offered.rise)
    found = evidence(session, tickets)
    (count,) = rises.report_counts(session, actor, [offered.rise])
    by_day = rises.reports_by_day(session, actor, offered.rise)
    return RiseDetail(
        **_facts(offered, count),
        days=[DayReports(on=day, reports=reports) for day, reports in by_day.items()],
        after_update=found.after_update,
        versions=[Named(name=name, reports=reports) for name, reports in found.versions],
        browsers=[Named(name=name, reports=reports) for name, reports in found.browsers],
        tickets=[ticket.number for ticket in tickets],
    )


@router.post("/{id}/problem", dependencies=[editors], responses=error_responses(404, 409))
def decide_rise_is_problem(session: Writing, actor: Caller, id: Id, rise_input: RiseInput) -> RiseOut:
    """Make a problem of it, or an outage, with its tickets; nobody is written to.

    A key of managers links no tickets: navigators do.
    """
    make_problem(session, actor, id, rise_input)
    return _rises_out(session, actor, [rises.find_rise(session, actor, id)])[0]


@router.post("/{id}/dismissal", dependencies=[editors], responses=error_responses(404, 409))
def dismiss_rise(session: Writing, actor: Caller, id: Id, dismissal: DismissalInput) -> RiseOut:
    """Say why it is nothing: its rate is usual from then on, until it rises further."""
    dismiss(session, actor, id, dismissal)
    return _rises_out(session, actor, [rises.find_rise(session, actor, id)])[0]
