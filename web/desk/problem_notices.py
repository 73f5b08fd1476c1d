"""A notice for everybody, written once from a problem’s page: seen first, sent, and taken back in time."""

from typing import Annotated, Any

from fastapi import Path
from sqlmodel import Session
from starlette.responses import Response

from navigator import clock
from navigator.fields import Id
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.problems import publish_notice, records
from navigator.problems.notice import STATE_OF, ProblemNotice, PublicState
from navigator.problems.notice_inputs import NoticeInput
from navigator.problems.problem import Problem, ProblemStatus
from navigator.problems.records import MAY_EDIT
from web.kit.deps import Reading, Router, Writing, audience
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/problems/{id}/notice")

Editor = Annotated[Actor, audience(*MAY_EDIT)]
ProblemId = Annotated[Id, Path()]

STATES = {
    PublicState.INVESTIGATING: ("Investigating", "Something is wrong. We are finding out what."),
    PublicState.IDENTIFIED: ("Identified", "We know what causes it."),
    PublicState.MONITORING: ("Monitoring", "It may work again. Everybody linked is asked to try."),
    PublicState.RESOLVED: (
        "Resolved",
        "It is over. Linked tickets are answered by these words and resolved.",
    ),
    PublicState.PLANNED: ("Planned work", "It will not work, or not all of it, at a time that is known."),
}


@router.get("")
def notice_form(page: Render, session: Reading, actor: Editor, form: ReadForm, id: ProblemId) -> Response:
    """The form for a notice."""
    problem = records.find(session, actor, id)
    state = PublicState.PLANNED if problem.planned_until_at else STATE_OF[ProblemStatus(problem.status)]
    return _notice_page(page, session, actor, problem, form.fill({"state": state}))


def _notice_page(
    page: PageRenderer,
    session: Session,
    actor: Actor,
    problem: Problem,
    form: Form,
    seen: NoticeInput | None = None,
) -> Response:
    records.require_editor(actor, problem)
    reach = publish_notice.reach_of(session, actor, problem, form.value("state"))
    body = form.value("body")
    warnings = publish_notice.warnings_before_notice(session, actor, problem, reach.tickets, body)
    context: dict[str, Any] = {"problem": problem, "states": STATES, "reach": reach, "warnings": warnings}
    context["is_navigator"] = actor.has(Role.NAVIGATOR)
    return page("desk/problems/notice.html", form=form, seen=seen, **context)


@router.post("/preview")
def preview(page: Render, session: Reading, actor: Editor, form: ReadForm, id: ProblemId) -> Response:
    """What everybody will read, and how many are told; nothing is sent yet."""
    told = form.read(NoticeInput)
    problem = records.find(session, actor, id)
    return _notice_page(page, session, actor, problem, form, told)


@router.post("")
def send(page: Render, session: Writing, actor: Editor, form: ReadForm, id: ProblemId) -> Response:
    """Send the notice: it leaves when the time to take it back is over."""
    if notice_input := form.read(NoticeInput):
        with form.trying(session):
            notice = publish_notice.send_notice(session, actor, id, notice_input)
            return redirect(f"/problems/{id}", "" if notice.published_at is None else "The notice was sent.")
    return _notice_page(page, session, actor, records.find(session, actor, id), form)


@router.post("/undo")
def take_back(page: Render, session: Writing, actor: Editor, id: ProblemId) -> Response:
    """Take a notice back before it leaves; its words stand in the form again."""
    held = publish_notice.take_back(session, actor, id)
    return _notice_page(page, session, actor, records.find(session, actor, id), _form_of(held))


def _form_of(held: ProblemNotice) -> Form:
    values: dict[str, Any] = {"state": held.state, "body": held.body}
    if held.starts_at and held.ends_at:
        starts, ends = clock.local(held.starts_at), clock.local(held.ends_at)
        values |= {"starts_on": starts.date(), "starts": f"{starts:%H:%M}"}
        values |= {"ends_on": ends.date(), "ends": f"{ends:%H:%M}"}
    return Form().fill(values)
