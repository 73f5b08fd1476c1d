"""Who is away, until when, and who covers: told by an administrator."""

from typing import Any

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from navigator import clock
from navigator.people import absence, directory
from navigator.people.absence import Absence
from navigator.people.actor import Actor
from navigator.people.user import User
from web.kit.deps import Admin, Reading, Writing
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = APIRouter(prefix="/people/{user_id}")


@router.get("/away")
def away(page: Render, session: Reading, actor: Admin, user_id: int) -> Response:
    """When somebody is away, and who covers."""
    return _away(page, session, actor, user_id, Form())


@router.post("/away")
def go_away(page: Render, form: ReadForm, session: Writing, actor: Admin, user_id: int) -> Response:
    """Say that somebody is away."""
    if typed := form.read(Absence):
        with form.trying(session):
            absence.go_away(session, actor, user_id, typed)
            return redirect("/people", "Saved")
    return _away(page, session, actor, user_id, form)


@router.post("/back")
def come_back(session: Writing, actor: Admin, user_id: int) -> Response:
    """Say that somebody is back."""
    absence.come_back(session, actor, user_id)
    return redirect("/people", "Saved")


def _away(page: PageRenderer, session: Session, actor: Actor, user_id: int, form: Form) -> Response:
    user = directory.find(session, actor, user_id).user
    return page("admin/people/away.html", user=user, **away_facts(session, actor, user, form))


def away_facts(session: Session, actor: Actor, user: User, form: Form) -> dict[str, Any]:
    """What the form of an absence is made of: what is known of it, or today, and who could cover."""
    able = absence.covers(session, actor, user.id)
    known = {name: getattr(user, name) for name in Absence.model_fields} if user.goes_away else {}
    form.fill(known or {"away_from_on": clock.today()})
    cover = next((one for one in able if one.id == user.cover_id), None)
    return {"form": form, "covers": [(one.id, one.name) for one in able], "cover": cover}
