"""The webhooks of a service: how they go, their secrets, what was delivered, and sending it again."""

from typing import Annotated, Any

from fastapi import Path
from sqlmodel import Session
from starlette.responses import Response

from navigator.administration import webhooks
from navigator.administration.webhooks import SinceInput
from navigator.fields import MAX_ID, Id
from navigator.people.actor import Actor
from navigator.webhooks.events import EVENTS
from web.kit.deps import Admin, Reading, Router, Writing
from web.kit.form_marks import note_result
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect, url

router = Router(prefix="/settings/webhooks")
RowId = Annotated[Id, Path()]
ONE = "/settings/webhooks/endpoints/{id}"

_SHOWN_ONCE = "The secret was made. It is not shown again. If you did not copy it, end it and make another."


@router.get("/endpoints/{id}")
def show(page: Render, session: Reading, actor: Admin, form: ReadForm, id: RowId) -> Response:
    """One webhook, and what was delivered."""
    return _webhook_page(page, session, actor, id, form)


@router.get("/{code}")
def list_all(page: Render, session: Reading, actor: Admin, code: str) -> Response:
    """The webhooks of a service."""
    service, listed = webhooks.own_service(session, actor, code), webhooks.list_webhooks(session, actor, code)
    return page("admin/settings/webhooks.html", service=service, listed=listed)


@router.post("/endpoints/{id}/secret")
def make_secret(page: Render, session: Writing, actor: Admin, form: ReadForm, id: RowId) -> Response:
    """Make a secret, and show it this once."""
    secret = ""
    with form.trying(session):
        secret = webhooks.make_secret(session, actor, id)
        note_result(ONE.format(id=id), _SHOWN_ONCE)
    return _webhook_page(page, session, actor, id, form, secret)


@router.post("/endpoints/{id}/secret/{secret_id}/end")
def end_secret(
    page: Render, session: Writing, actor: Admin, form: ReadForm, id: RowId, secret_id: RowId
) -> Response:
    """End a secret."""
    with form.trying(session):
        webhooks.end_secret(session, actor, id, secret_id)
        return redirect(ONE.format(id=id), "Calls are not signed by it any more.")
    return _webhook_page(page, session, actor, id, form)


@router.post("/endpoints/{id}/test")
def send_test(page: Render, session: Writing, actor: Admin, form: ReadForm, id: RowId) -> Response:
    """Send a test."""
    with form.trying(session):
        webhooks.send_test(session, actor, id)
        return redirect(ONE.format(id=id), "It is sent within a few seconds. Open this page again then.")
    return _webhook_page(page, session, actor, id, form)


@router.post("/endpoints/{id}/going-on")
def go_on(session: Writing, actor: Admin, id: RowId) -> Response:
    """Have a paused webhook go on."""
    webhooks.go_on(session, actor, id)
    return redirect(ONE.format(id=id), "It goes on. What was kept for it is sent first.")


@router.post("/endpoints/{id}/deliveries/{delivery_id}/again")
def send_again(
    page: Render, session: Writing, actor: Admin, form: ReadForm, id: RowId, delivery_id: RowId
) -> Response:
    """Send one delivery again."""
    with form.trying(session):
        webhooks.send_again(session, actor, id, delivery_id)
        return redirect(ONE.format(id=id), "It is sent again within a few seconds.")
    return _webhook_page(page, session, actor, id, form)


@router.post("/endpoints/{id}/again")
def send_failed_again(page: Render, session: Writing, actor: Admin, form: ReadForm, id: RowId) -> Response:
    """Send again all that was given up since a day."""
    if chosen := form.read(SinceInput):
        with form.trying(session):
            count = webhooks.send_failed_again(session, actor, id, chosen.since)
            return redirect(ONE.format(id=id), f"Sent again: {count}.")
    return _webhook_page(page, session, actor, id, form)


def _webhook_page(
    page: PageRenderer, session: Session, actor: Actor, id: int, form: Form, new_secret: str = ""
) -> Response:
    hook, only_failed = webhooks.show_webhook(session, actor, id), form.chosen("show", "failed")
    typed = form.value("before")
    before = int(typed) if typed.isdecimal() and int(typed[:11]) <= MAX_ID else None
    rows = webhooks.deliveries(session, id, before, only_failed)
    follows = str(rows[-1].id) if len(rows) == webhooks.PAGE_SIZE else ""
    next_page = url(ONE.format(id=id), show=form.value("show"), before=follows) if follows else ""
    shown: dict[str, Any] = {"hook": hook, "rows": rows, "next_page": next_page, "only_failed": only_failed}
    return page("admin/settings/webhook_use.html", form=form, new_secret=new_secret, events=EVENTS, **shown)
