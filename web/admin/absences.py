"""Absences: who is away, until when, and who covers; set by an administrator."""

from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from navigator import clock
from navigator.people import absence, directory
from navigator.people.absence import Absence
from navigator.people.actor import Actor
from navigator.people.user import User
from web.kit.deps import Admin, PathId, Reading, Router, Writing
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/people/{user_id}")


@router.get("/away")
def absence_form(page: Render, session: Reading, actor: Admin, user_id: PathId) -> Response:
    """When somebody is away, and who covers."""
    return _absence_page(page, session, actor, user_id, Form())


@router.post("/away")
def go_absence_page(
    page: Render, form: ReadForm, session: Writing, actor: Admin, user_id: PathId
) -> Response:
    """Say that somebody is away."""
    if days_away := form.read(Absence):
        with form.trying(session):
            absence.set_absence(session, actor, user_id, days_away)
            return redirect("/people", "Saved")
    return _absence_page(page, session, actor, user_id, form)


@router.post("/back")
def come_back(session: Writing, actor: Admin, user_id: PathId) -> Response:
    """Say that somebody is back."""
    absence.end_absence(session, actor, user_id)
    return redirect("/people", "Saved")


def _absence_page(page: PageRenderer, session: Session, actor: Actor, user_id: int, form: Form) -> Response:
    user = directory.find(session, actor, user_id).user
    return page("admin/people/away.html", user=user, **absence_context(session, actor, user, form))


def absence_context(session: Session, actor: Actor, user: User, form: Form) -> dict[str, Any]:
    """Template context of the absence form: its initial values, and who could cover."""
    candidates = absence.cover_candidates(session, actor, user.id)
    initial = {name: getattr(user, name) for name in Absence.model_fields} if user.goes_away else {}
    form.fill(initial or {"away_from_on": clock.today()})
    cover = next((candidate for candidate in candidates if candidate.id == user.cover_id), None)
    choices = [(candidate.id, candidate.name) for candidate in candidates]
    return {"form": form, "cover_choices": choices, "cover": cover}
