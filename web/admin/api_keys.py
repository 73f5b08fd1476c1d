"""API keys, by which other systems use the API."""

from typing import Annotated

from fastapi import Path
from sqlmodel import Session
from starlette.responses import Response

from navigator.administration import api_keys
from navigator.administration.api_keys import KeyInput
from navigator.administration.overview import own_services
from navigator.fields import Id
from navigator.people.actor import Actor
from navigator.people.user import Role
from web.kit.deps import Admin, Reading, Router, Writing
from web.kit.form_marks import note_result
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/settings/keys")

_SHOWN_ONCE = "It is not shown again. If you did not copy it, end it and make another."

ROLES = (
    (Role.INTAKE, "Send reports, and get their private links"),
    (Role.NAVIGATOR, "Do what a navigator does"),
    (Role.MANAGER, "See what a manager sees"),
    (Role.PWP, "Do what a practitioner does"),
)


@router.get("")
def list_keys(page: Render, session: Reading, actor: Admin, form: ReadForm) -> Response:
    """The keys there are, and how to make one."""
    return _keys_page(page, session, actor, form)


@router.post("")
def create(page: Render, session: Writing, actor: Admin, form: ReadForm) -> Response:
    """Create a key, and show it this once."""
    new_key = ""
    if key := form.read(KeyInput):
        with form.trying(session):
            new_key = api_keys.create(session, actor, key)
            note_result("/settings/keys", f"The key was made. {_SHOWN_ONCE}")
    return _keys_page(page, session, actor, Form() if new_key else form, new_key)


@router.post("/{id}/revocation")
def revoke(session: Writing, actor: Admin, id: Annotated[Id, Path()]) -> Response:
    """Revoke a key."""
    api_keys.revoke(session, actor, id)
    return redirect("/settings/keys", "The key does not work any more.")


def _keys_page(page: PageRenderer, session: Session, actor: Actor, form: Form, new_key: str = "") -> Response:
    return page(
        "admin/settings/api_keys.html",
        form=form,
        keys=api_keys.list_keys(session, actor),
        service_names={service.id: service.name for service in own_services(session, actor)},
        roles=ROLES,
        new_key=new_key,
    )
