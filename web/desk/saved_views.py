"""Saved views of the queue: saving, renaming, sharing and deleting them."""

from typing import Annotated

from fastapi import Path
from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.lookups import services
from navigator.fields import Id
from navigator.people.actor import Actor
from navigator.tickets.inputs import NameInput, ViewInput
from navigator.tickets.queue import saved_views
from web.desk import queue, queue_filters
from web.kit.deps import Reading, Router, Staff, Writing
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/desk/views")

Number = Annotated[Id, Path()]


@router.post("")
def save(page: Render, session: Writing, actor: Staff, form: ReadForm) -> Response:
    """Save the view that is shown."""
    if view_input := form.read(ViewInput):
        with form.trying(session):
            view = saved_views.save_view(session, actor, view_input)
            return redirect(f"/desk?{view.query}", "The view is saved.")
    return queue.queue_page(page, session, actor, form, queue_filters.filters_of(form.value("query")))


@router.get("/{id}")
def edit(page: Render, session: Reading, actor: Staff, form: ReadForm, id: Number) -> Response:
    """The form for a view's name and who sees it."""
    return _edit_page(page, session, actor, form, id)


@router.post("/{id}")
def change(page: Render, session: Writing, actor: Staff, form: ReadForm, id: Number) -> Response:
    """Rename or share a view."""
    if view_input := form.read(NameInput):
        with form.trying(session):
            view = saved_views.change_view(session, actor, id, view_input)
            return redirect(f"/desk?{view.query}", "The view is changed.")
    return _edit_page(page, session, actor, form, id)


@router.post("/{id}/deletion")
def delete(session: Writing, actor: Staff, id: Number) -> Response:
    """Delete a view."""
    saved_views.delete_view(session, actor, id)
    return redirect("/desk", "The view is deleted. Its tickets stay.")


def _edit_page(page: PageRenderer, session: Session, actor: Actor, form: Form, id: int) -> Response:
    view = saved_views.changeable_view(session, actor, id)
    form.fill({"name": view.name, "share": view.service_id or ""})
    share_choices = queue.share_choices(actor, services(session))
    return page(
        "desk/saved_view.html",
        form=form,
        view=view,
        share_choices=share_choices,
        is_own=view.owner_id == actor.user_id,
    )
