"""How the work of a service is shared, and sharing it out again: looked at first, then done."""

from typing import Annotated

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.catalogue import catalogue
from navigator.people.actor import Actor
from navigator.people.reporter import reference
from navigator.tickets.actions.rebalance import MAY_REBALANCE, RebalanceOutcome, rebalance, workload
from navigator.tickets.assignment.rebalance_plan import RebalanceInput
from navigator.tickets.queue.queue import live_tickets_of
from web.kit.deps import Reading, Writing, audience
from web.kit.forms import Form, ReadForm
from web.kit.template_filters import plural
from web.kit.templating import PageRenderer, Render, redirect

router = APIRouter(prefix="/desk/shares")

Sharer = Annotated[Actor, audience(*MAY_REBALANCE)]


@router.get("/{code}")
def show(page: Render, session: Reading, actor: Sharer, code: str) -> Response:
    """Who carries how much, and which tickets would go to whom."""
    return _workload_page(page, session, actor, code, Form())


@router.post("/{code}")
def rebalance_work(page: Render, session: Writing, actor: Sharer, form: ReadForm, code: str) -> Response:
    """Move what was looked at; what changed in between is left out and said."""
    if what := form.read(RebalanceInput):
        done = rebalance(session, actor, code, what)
        return redirect(f"/desk/shares/{code}", _said(done))
    return _workload_page(page, session, actor, code, form)


def _workload_page(page: PageRenderer, session: Session, actor: Actor, code: str, form: Form) -> Response:
    found = workload(session, actor, code)
    here = {found.service.id}
    away = {one.user_id: live_tickets_of(session, actor, one.user_id, here) for one in found.team if one.away}
    return page("desk/workload.html", form=form, found=found, away=away, catalogue=catalogue())


def _said(done: RebalanceOutcome) -> str:
    moved = f"{plural(len(done.moved), 'ticket')} moved."
    if not done.left:
        return moved
    left = ", ".join(map(reference, done.left))
    return f"{moved} Left where they are, because something was done to them in the meantime: {left}"
