"""Workload of a service and rebalancing: previewed first, then done."""

from typing import Annotated

from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.catalogue import catalogue
from navigator.people.actor import Actor
from navigator.people.reporter import reference
from navigator.tickets.actions.rebalance import MAY_REBALANCE, RebalanceOutcome, rebalance, workload
from navigator.tickets.assignment.rebalance_plan import RebalanceInput
from navigator.tickets.queue.queue import live_tickets_of
from web.kit.deps import Reading, Router, Writing, audience
from web.kit.forms import Form, ReadForm
from web.kit.template_filters import plural
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/desk/shares")

Rebalancer = Annotated[Actor, audience(*MAY_REBALANCE)]


@router.get("/{code}")
def show(page: Render, session: Reading, actor: Rebalancer, code: str) -> Response:
    """The workload of each navigator, and which tickets would go to whom."""
    return _workload_page(page, session, actor, code, Form())


@router.post("/{code}")
def rebalance_work(page: Render, session: Writing, actor: Rebalancer, form: ReadForm, code: str) -> Response:
    """Move the tickets that were shown; what changed in between is left out and said."""
    if moves := form.read(RebalanceInput):
        outcome = rebalance(session, actor, code, moves)
        return redirect(f"/desk/shares/{code}", _outcome_text(outcome))
    return _workload_page(page, session, actor, code, form)


def _workload_page(page: PageRenderer, session: Session, actor: Actor, code: str, form: Form) -> Response:
    service_workload = workload(session, actor, code)
    away = [member.user_id for member in service_workload.team if member.away]
    service_ids = {service_workload.service.id}
    tickets = {user_id: live_tickets_of(session, actor, user_id, service_ids) for user_id in away}
    return page(
        "desk/workload.html",
        form=form,
        workload=service_workload,
        tickets_of_away=tickets,
        catalogue=catalogue(),
    )


def _outcome_text(outcome: RebalanceOutcome) -> str:
    moved = f"{plural(len(outcome.moved), 'ticket')} moved."
    if not outcome.skipped:
        return moved
    left = ", ".join(map(reference, outcome.skipped))
    return f"{moved} Left where they are, because something was done to them in the meantime: {left}"
