"""Alarms of the log-in watch: a navigator makes one an outage, or says that it is none."""

from typing import Annotated

from fastapi import Path
from sqlmodel import Session
from starlette.responses import Response

from navigator.fields import Id
from navigator.login_watch import alarms
from navigator.login_watch.alarms import AgreeInput
from navigator.people.actor import Actor
from navigator.people.user import Role
from web.kit.deps import Reading, Router, Writing, audience
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/log-in-alarms")

Navigator = Annotated[Actor, audience(Role.NAVIGATOR)]
AlarmId = Annotated[Id, Path()]


@router.get("/{id}")
def show(page: Render, session: Reading, actor: Navigator, id: AlarmId) -> Response:
    """What failed since when, and who has sessions today."""
    return _alarm_page(page, session, actor, id, Form().fill({"tells": True, "is_public": True}))


def _alarm_page(page: PageRenderer, session: Session, actor: Actor, id: int, form: Form) -> Response:
    listed = alarms.find_alarm(session, actor, id)
    told = alarms.practitioners_today(session, listed)
    return page("desk/log_ins/alarm.html", form=form, listed=listed, told=told)


@router.post("/{id}/outage")
def agree(page: Render, session: Writing, actor: Navigator, form: ReadForm, id: AlarmId) -> Response:
    """Make it an outage."""
    if agree_input := form.read(AgreeInput):
        with form.trying(session):
            outage = alarms.agree(session, actor, id, agree_input)
            return redirect(f"/problems/{outage.id}", "It is an outage now.")
    return _alarm_page(page, session, actor, id, form)


@router.post("/{id}/dismissal")
def dismiss(page: Render, session: Writing, actor: Navigator, form: ReadForm, id: AlarmId) -> Response:
    """Say that it is none."""
    with form.trying(session):
        alarms.dismiss(session, actor, id)
        return redirect("/home", "It is no outage. You are told again if it fails anew.")
    return _alarm_page(page, session, actor, id, form)
