"""A rise: its reports by day beside what is usual, and what somebody decides that it is, or is not."""

from typing import Annotated, Any

from fastapi import Path
from sqlmodel import Session
from starlette.responses import Response

from navigator.dates_in_words import short_date
from navigator.fields import Id
from navigator.insight.table import Bar
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.problems import rise_decisions, rises
from navigator.problems.problem import Problem
from navigator.problems.public_list import IS_OVER
from navigator.problems.records import MAY_EDIT
from navigator.problems.rise_decisions import DISMISSALS, DismissalInput, RiseInput
from navigator.problems.rise_evidence import evidence
from web.kit.deps import Reading, Router, Writing, audience
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/problems/rises")

Editor = Annotated[Actor, audience(*MAY_EDIT)]
RiseId = Annotated[Id, Path()]
_FOR_NAVIGATORS = (
    "It is written down. Nobody was written to. Tell a navigator: they link its tickets on this page."
)
_LINKED = "It is written down, and its tickets are linked. Nobody was written to."
_OVER = "The problem is over: no ticket was linked. Nobody was written to."


@router.get("/{id}")
def show(page: Render, session: Reading, actor: Editor, id: RiseId) -> Response:
    """One rise with its evidence."""
    return _rise_page(page, session, actor, id, Form())


def _rise_page(page: PageRenderer, session: Session, actor: Actor, id: int, form: Form) -> Response:
    offered = rises.find_rise(session, actor, id)
    by_day = rises.reports_by_day(session, actor, offered.rise)
    tickets = rises.tickets_of(session, actor, offered.rise)
    context: dict[str, Any] = {
        "offered": offered,
        "rise": offered.rise,
        "tickets": tickets,
        "elsewhere": rises.elsewhere(session, actor, offered.rise),
        "evidence": evidence(session, tickets),
        "reports": rises.report_counts(session, actor, [offered.rise])[0],
        "bars": [Bar(short_date(day), count) for day, count in by_day.items()],
        "reasons": DISMISSALS,
        "may_link": offered.rise.service_id in actor.services(Role.NAVIGATOR),
    }
    return page("desk/problems/rise.html", form=form, **context)


@router.post("/{id}/problem")
def make_problem(page: Render, session: Writing, actor: Editor, form: ReadForm, id: RiseId) -> Response:
    """Write it down as a problem or an outage, and link its tickets."""
    if rise_input := form.read(RiseInput):
        with form.trying(session):
            problem = rise_decisions.make_problem(session, actor, id, rise_input)
            return redirect(f"/problems/{problem.id}", _said(session, actor, id, problem))
    return _rise_page(page, session, actor, id, form)


def _said(session: Session, actor: Actor, id: int, problem: Problem) -> str:
    """What is said to whoever decided."""
    rise = rises.find_rise(session, actor, id).rise
    if rise.service_id not in actor.services(Role.NAVIGATOR):
        return _FOR_NAVIGATORS
    return _OVER if problem.status in IS_OVER else _LINKED


@router.post("/{id}/dismissal")
def dismiss(page: Render, session: Writing, actor: Editor, form: ReadForm, id: RiseId) -> Response:
    """Say why it is nothing to act on."""
    if dismissal := form.read(DismissalInput):
        with form.trying(session):
            rise_decisions.dismiss(session, actor, id, dismissal)
            return redirect("/problems", "It is dismissed. You see it again only if it rises further.")
    return _rise_page(page, session, actor, id, form)
