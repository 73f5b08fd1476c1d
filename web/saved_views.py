"""Keeping a view of the queue by name: saving, renaming, sharing and deleting it."""

from typing import Annotated

from fastapi import APIRouter, Path
from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.directory import services
from navigator.people.actor import Actor
from navigator.tickets import saved
from navigator.tickets.boxes import Id
from navigator.tickets.inputs import NameInput, ViewInput
from web import queue, shown
from web.deps import Reading, Staff, Writing
from web.forms import Form, ReadForm
from web.pages import Page, Show, see_other

router = APIRouter(prefix="/desk/views")

Number = Annotated[Id, Path()]


@router.post("")
def save(page: Show, session: Writing, actor: Staff, form: ReadForm) -> Response:
    """Keep the view that is shown."""
    if what := form.read(ViewInput):
        with form.trying(session):
            view = saved.save(session, actor, what)
            return see_other(f"/desk?{view.query}", "The view is saved.")
    return queue.show(page, session, actor, form, shown.of(form.value("query")))


@router.get("/{id}")
def ask(page: Show, session: Reading, actor: Staff, form: ReadForm, id: Number) -> Response:
    """What a view is called and who sees it."""
    return _show(page, session, actor, form, id)


@router.post("/{id}")
def change(page: Show, session: Writing, actor: Staff, form: ReadForm, id: Number) -> Response:
    """Rename or share a view."""
    if what := form.read(NameInput):
        with form.trying(session):
            view = saved.change(session, actor, id, what)
            return see_other(f"/desk?{view.query}", "The view is changed.")
    return _show(page, session, actor, form, id)


@router.post("/{id}/deletion")
def delete(session: Writing, actor: Staff, id: Number) -> Response:
    """Delete a view."""
    saved.delete(session, actor, id)
    return see_other("/desk", "The view is deleted. Its tickets stay.")


def _show(page: Page, session: Session, actor: Actor, form: Form, id: int) -> Response:
    view = saved.changeable(session, actor, id)
    form.fill({"name": view.name, "share": view.service_id or ""})
    share = queue.sharing(actor, services(session))
    return page("desk/view.html", form=form, view=view, share=share, is_own=view.owner_id == actor.user_id)
