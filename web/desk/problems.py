"""Known problems: their records, status, impact and history, and updates for every linked reporter."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Path, Query
from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.lookups import programmes_of, services
from navigator.fields import Id
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.problems import records, updates
from navigator.problems.affected import waiting_to_be_told
from navigator.problems.impact import Impact, impact_of, impacts, linked_tickets
from navigator.problems.inputs import NewProblemInput, OutageInput, ProblemInput, StatusInput, UpdateInput
from navigator.problems.outages import open_outage, warnings_before_joining, words_for_joining
from navigator.problems.problem import Problem, ProblemStatus
from navigator.problems.publish_notice import held_notice
from navigator.problems.records import MAY_EDIT
from navigator.problems.rise_decisions import left_to_link
from navigator.problems.rises import MAX_LINKED, as_one, offered_rises
from navigator.problems.supplier_clock import owed_by_contract
from navigator.problems.trying_again import tried_again
from navigator.shared_problems.elsewhere import joined
from navigator.shared_problems.published import published
from web.desk.replies_to_hand import PRESSED, add_reply, for_problem
from web.desk.seen_warnings import new_warnings, text_hash
from web.kit.deps import Reading, Router, Writing, audience
from web.kit.forms import Form, ReadForm
from web.kit.template_filters import plural
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/problems")

Editor = Annotated[Actor, audience(*MAY_EDIT)]
Navigator = Annotated[Actor, audience(Role.NAVIGATOR)]
ProblemId = Annotated[Id, Path()]
Before = Annotated[Id | None, Query()]

STATUSES = {
    ProblemStatus.OPEN: ("Open", "We are finding out what it is.", "blue"),
    ProblemStatus.KNOWN_ERROR: ("Known error", "We know what causes it.", ""),
    ProblemStatus.WITH_SUPPLIER: ("With the supplier", "They were told.", "yellow"),
    ProblemStatus.FIX_PLANNED: ("Fix planned", "The supplier says when.", "yellow"),
    ProblemStatus.RELEASED: ("Fix released", "Everybody linked is asked to try again.", "green"),
    ProblemStatus.CLOSED: (
        "Closed",
        "It is over. Only who pressed “I have this too” is told.",
        "grey",
    ),
}


@router.get("")
def list_problems(page: Render, session: Reading, actor: Editor, before: Before = None) -> Response:
    """The problems of one's programmes, newest first, with their impact."""
    problems = records.list_problems(session, actor, before)
    impact_by_id = impacts(session, actor, [problem.id for problem in problems])
    context = _context(session, actor) | {"impacts": impact_by_id, "no_impact": Impact()}
    context["rises"] = as_one(offered_rises(session, actor)) if before is None else ()
    return page("desk/problems/list.html", problems=problems, page_size=records.PAGE, **context)


def _context(session: Session, actor: Actor) -> dict[str, Any]:
    own = [service for service in services(session) if service.id in actor.services(*MAY_EDIT)]
    programmes = {each.id: each for service in own for each in programmes_of(session, service.id)}
    return {"services": own, "programmes": programmes, "statuses": STATUSES, "catalogue": catalogue()}


@router.get("/new")
def create_form(page: Render, session: Reading, actor: Editor, form: ReadForm) -> Response:
    """The form for a new problem."""
    return page("desk/problems/edit.html", form=form, problem=None, **_context(session, actor))


@router.post("")
def create(page: Render, session: Writing, actor: Editor, form: ReadForm) -> Response:
    """Create a problem."""
    if problem_input := form.read(NewProblemInput):
        with form.trying(session):
            problem = records.open_problem(session, actor, problem_input)
            return redirect(f"/problems/{problem.id}", "The problem was saved.")
    return page("desk/problems/edit.html", form=form, problem=None, **_context(session, actor))


@router.get("/{id}")
def show(page: Render, session: Reading, actor: Editor, id: ProblemId) -> Response:
    """One problem with all that is known, its impact, and what the supplier may be sent."""
    return _problem_page(page, session, actor, id, Form(), "detail")


def _problem_page(
    page: PageRenderer, session: Session, actor: Actor, id: int, form: Form, name: str
) -> Response:
    problem = records.find(session, actor, id)
    if name in ("edit", "status"):
        records.require_editor(actor, problem)
    ends = form.value("status") == ProblemStatus.CLOSED
    context = _context(session, actor)
    programme = context["programmes"].get(problem.programme_id)
    canned_replies = for_problem(session, actor, programme.code if programme else "", problem.category)
    add_reply(form, canned_replies)
    context |= {
        "problem": problem,
        "canned_replies": canned_replies,
        "may_edit": records.may_edit(actor, problem),
        "may_update": actor.has(Role.NAVIGATOR),
        "recipients": updates.tickets_to_notify(session, actor, problem, ends),
        "affected": len(waiting_to_be_told(session, problem)),
        "left_out": updates.tickets_left_out(session, actor, problem, ends),
    }
    recipients = context["recipients"]
    context["warnings"] = updates.warnings_before_update(session, actor, recipients, form.value("body"))
    if name == "detail":
        context |= {
            "impact": impact_of(session, actor, problem),
            "tickets": linked_tickets(session, actor, problem),
            "owed": owed_by_contract(session, problem),
            "tried": tried_again(session, actor, problem),
            "history": records.history(session, problem),
            "shared": published(session, problem),
            "held": held_notice(session, problem),
            "left_to_link": left_to_link(session, actor, problem),
            "most_linked": MAX_LINKED,
            "user_id": actor.user_id,
            "unanswered": updates.tickets_to_notify(session, actor, problem, closing=True),
            "elsewhere": joined(session, [problem.id]).get(problem.id),
        }
    return page(f"desk/problems/{name}.html", form=form, **context)


@router.get("/{id}/edit")
def edit_form(page: Render, session: Reading, actor: Editor, id: ProblemId) -> Response:
    """The form for what is known."""
    form = Form().fill(records.find(session, actor, id).model_dump(mode="python"))
    return _problem_page(page, session, actor, id, form, "edit")


@router.post("/{id}/edit")
def edit(page: Render, session: Writing, actor: Editor, form: ReadForm, id: ProblemId) -> Response:
    """Save what is known."""
    if problem_input := form.read(ProblemInput):
        with form.trying(session):
            records.edit(session, actor, id, problem_input)
            return redirect(f"/problems/{id}", "The problem was saved.")
    return _problem_page(page, session, actor, id, form, "edit")


@router.get("/{id}/status")
def status_form(page: Render, session: Reading, actor: Editor, form: ReadForm, id: ProblemId) -> Response:
    """The form for the status."""
    return _problem_page(page, session, actor, id, form, "status")


@router.post("/{id}/status")
def update_status(page: Render, session: Writing, actor: Editor, form: ReadForm, id: ProblemId) -> Response:
    """Change the status; a released fix first asks for the words that reporters read."""
    if status := form.read(StatusInput):
        if status.lacks_body:
            return redirect(f"/problems/{id}/update?status=released")
        with form.trying(session):
            problem = updates.change_status(session, actor, id, status)
            return redirect(f"/problems/{id}", _changed(session, actor, problem, status))
    return _problem_page(page, session, actor, id, form, "update" if form.value("body") else "status")


def _changed(session: Session, actor: Actor, problem: Problem, status: StatusInput) -> str:
    """That the status was saved, and who reads the words that went with it."""
    updates_sent = (update for update, _ in records.history(session, problem) if update.is_public)
    newest = next(updates_sent, None) if status.body else None
    if newest is None or newest.body != status.body:
        return "The status was saved."
    return f"The status was saved. {_sent(session, actor, problem.id, newest.recipients)}"


@router.get("/{id}/update")
def update_form(page: Render, session: Reading, actor: Navigator, form: ReadForm, id: ProblemId) -> Response:
    """The form for an update that every linked reporter will read."""
    return _problem_page(page, session, actor, id, form, "update")


@router.post("/{id}/preview")
def preview(page: Render, session: Reading, actor: Navigator, form: ReadForm, id: ProblemId) -> Response:
    """Preview an update, and exactly who will read it; nothing is sent yet."""
    if not form.value(PRESSED):
        form.read(UpdateInput)
    return _problem_page(page, session, actor, id, form, "update")


@router.post("/{id}/updates")
def send_update(page: Render, session: Writing, actor: Navigator, form: ReadForm, id: ProblemId) -> Response:
    """Send an update to exactly those who were shown."""
    if update_input := form.read(UpdateInput):
        with form.trying(session):
            update = updates.send_update(session, actor, id, update_input)
            return redirect(f"/problems/{id}", _sent(session, actor, id, update.recipients))
    return _problem_page(page, session, actor, id, form, "update")


def _sent(session: Session, actor: Actor, id: int, recipients: int) -> str:
    left_out = updates.tickets_left_out(session, actor, records.find(session, actor, id))
    words = f"Sent. {plural(recipients, 'reporter')} can read it."
    return f"{words} {plural(len(left_out), 'ticket')} left out, for a clinician." if left_out else words


@router.post("/outages")
def create_outage(page: Render, session: Writing, actor: Navigator, form: ReadForm) -> Response:
    """Make one outage of similar reports, or link them to the one there is: first what they would read."""
    outage = form.read(OutageInput)
    if outage is None and not form.value("tell"):
        return redirect("/desk")
    words = words_for_joining(session, actor, outage) if outage and outage.tell is None else ""
    warnings = new_warnings(form, warnings_before_joining(session, actor, outage)) if outage else ()
    if outage and not (words or warnings or form.value(PRESSED)):
        made = open_outage(session, actor, outage)
        return redirect(f"/problems/{made.id}", "The reports are linked to one outage.")
    return _join_page(page, session, actor, form.fill({"body": words}), warnings)


def _join_page(
    page: PageRenderer, session: Session, actor: Actor, form: Form, warnings: Sequence[str]
) -> Response:
    canned_replies = for_problem(session, actor, form.value("programme"), form.value("category"))
    add_reply(form, canned_replies)
    seen = text_hash(form.value("body"))
    context: dict[str, Any] = {"canned_replies": canned_replies, "warnings": warnings, "seen": seen}
    return page("desk/problems/join.html", form=form, **context)
