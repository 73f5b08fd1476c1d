"""Known problems: what keeps happening, how far the supplier is, and news for everybody who is linked."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.lookups import programmes_of, services
from navigator.fields import Id
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.problems import records, updates
from navigator.problems.impact import Impact, impact_of, impacts, linked, supplier_pack
from navigator.problems.inputs import OpenInput, OutageInput, ProblemInput, StatusInput, UpdateInput
from navigator.problems.outages import open_outage
from navigator.problems.problem import ProblemStatus
from navigator.problems.records import MAY_EDIT
from web.kit.deps import Reading, Writing, audience
from web.kit.forms import Form, ReadForm
from web.kit.template_filters import plural
from web.kit.templating import PageRenderer, Render, redirect

router = APIRouter(prefix="/problems")

Keeper = Annotated[Actor, audience(*MAY_EDIT)]
Navigator = Annotated[Actor, audience(Role.NAVIGATOR)]
ProblemId = Annotated[Id, Path()]
Before = Annotated[Id | None, Query()]

STEPS = {
    ProblemStatus.OPEN: ("Open", "We are finding out what it is.", "blue"),
    ProblemStatus.KNOWN_ERROR: ("Known error", "We know what causes it.", ""),
    ProblemStatus.WITH_SUPPLIER: ("With the supplier", "They were told.", "yellow"),
    ProblemStatus.FIX_PLANNED: ("Fix planned", "The supplier says when.", "yellow"),
    ProblemStatus.RELEASED: ("Fix released", "Everybody linked is asked to try again.", "green"),
    ProblemStatus.CLOSED: ("Closed", "It is over. Nobody is told.", "grey"),
}


@router.get("")
def listed(page: Render, session: Reading, actor: Keeper, before: Before = None) -> Response:
    """The problems of one's programmes, newest first, with what they cost."""
    found = records.listed(session, actor, before)
    costs = impacts(session, actor, [one.id for one in found])
    facts = _facts(session, actor) | {"costs": costs, "most": records.PAGE, "nothing": Impact()}
    return page("desk/problems/list.html", found=found, **facts)


def _facts(session: Session, actor: Actor) -> dict[str, Any]:
    own = [service for service in services(session) if service.id in actor.services(*MAY_EDIT)]
    offered = {one.id: one for service in own for one in programmes_of(session, service.id)}
    return {"services": own, "programmes": offered, "steps": STEPS, "catalogue": catalogue()}


@router.get("/new")
def new(page: Render, session: Reading, actor: Keeper, form: ReadForm) -> Response:
    """Ask what is known."""
    return page("desk/problems/edit.html", form=form, problem=None, **_facts(session, actor))


@router.post("")
def create(page: Render, session: Writing, actor: Keeper, form: ReadForm) -> Response:
    """Write down a problem."""
    if what := form.read(OpenInput):
        with form.trying(session):
            problem = records.open_problem(session, actor, what)
            return redirect(f"/problems/{problem.id}", "The problem was saved.")
    return page("desk/problems/edit.html", form=form, problem=None, **_facts(session, actor))


@router.get("/{id}")
def one(page: Render, session: Reading, actor: Keeper, id: ProblemId) -> Response:
    """One problem with all that is known, what it costs, and what the supplier may be sent."""
    return _show(page, session, actor, id, Form(), "one")


def _show(page: PageRenderer, session: Session, actor: Actor, id: int, form: Form, name: str) -> Response:
    problem = records.find(session, actor, id)
    if name in ("edit", "status"):
        records.require_editor(actor, problem)
    ends = form.value("status") == ProblemStatus.CLOSED
    facts = _facts(session, actor) | {
        "problem": problem,
        "keeps": records.may_edit(actor, problem),
        "writes": actor.has(Role.NAVIGATOR),
        "numbers": updates.audience(session, actor, problem, ends),
        "left": updates.left_out(session, actor, problem) if ends else (),
    }
    if name == "one":
        facts |= {"cost": impact_of(session, actor, problem), "tickets": linked(session, actor, problem)}
        facts |= {
            "pack": supplier_pack(session, actor, problem),
            "history": records.history(session, problem),
        }
    return page(f"desk/problems/{name}.html", form=form, **facts)


@router.get("/{id}/edit")
def change(page: Render, session: Reading, actor: Keeper, id: ProblemId) -> Response:
    """What is known, to be changed."""
    form = Form().fill(records.find(session, actor, id).model_dump(mode="python"))
    return _show(page, session, actor, id, form, "edit")


@router.post("/{id}/edit")
def edit(page: Render, session: Writing, actor: Keeper, form: ReadForm, id: ProblemId) -> Response:
    """Change what is known."""
    if what := form.read(ProblemInput):
        with form.trying(session):
            records.edit(session, actor, id, what)
            return redirect(f"/problems/{id}", "The problem was saved.")
    return _show(page, session, actor, id, form, "edit")


@router.get("/{id}/status")
def steps(page: Render, session: Reading, actor: Keeper, form: ReadForm, id: ProblemId) -> Response:
    """Ask how far it has come."""
    return _show(page, session, actor, id, form, "status")


@router.post("/{id}/status")
def update_status(page: Render, session: Writing, actor: Keeper, form: ReadForm, id: ProblemId) -> Response:
    """Say how far it has come; a released fix first asks for the words that reporters read."""
    if what := form.read(StatusInput):
        if what.lacks_words:
            return redirect(f"/problems/{id}/update?status=released")
        with form.trying(session):
            updates.change_status(session, actor, id, what)
            return redirect(f"/problems/{id}", "The status was saved.")
    return _show(page, session, actor, id, form, "update" if form.value("body") else "status")


@router.get("/{id}/update")
def write(page: Render, session: Reading, actor: Navigator, form: ReadForm, id: ProblemId) -> Response:
    """Ask for the words that everybody linked will read."""
    return _show(page, session, actor, id, form, "update")


@router.post("/{id}/preview")
def preview(page: Render, session: Reading, actor: Navigator, form: ReadForm, id: ProblemId) -> Response:
    """The words as they will be read, and exactly who will read them; nothing is sent yet."""
    form.read(UpdateInput)
    return _show(page, session, actor, id, form, "update")


@router.post("/{id}/updates")
def send_update(page: Render, session: Writing, actor: Navigator, form: ReadForm, id: ProblemId) -> Response:
    """Send it to exactly those who were shown."""
    if what := form.read(UpdateInput):
        with form.trying(session):
            update = updates.send_update(session, actor, id, what)
            return redirect(f"/problems/{id}", f"Sent. {plural(update.recipients, 'reporter')} can read it.")
    return _show(page, session, actor, id, form, "update")


@router.post("/outages")
def create_outage(session: Writing, actor: Navigator, form: ReadForm) -> Response:
    """Make one outage of reports alike, or link them to the one there is."""
    if (what := form.read(OutageInput)) is None:
        return redirect("/desk")
    return redirect(
        f"/problems/{open_outage(session, actor, what).id}", "The reports are linked to one outage."
    )
