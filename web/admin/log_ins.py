"""The log-in watch of a service: its programmes, the secrets of its test accounts, and “try it now”."""

from sqlmodel import Session
from starlette.responses import Response

from navigator.administration import log_in_watches
from navigator.administration.log_in_watches import SecretsInput
from navigator.people.actor import Actor
from web.kit.deps import Admin, Reading, Router, Writing
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/settings/log-ins")


@router.get("/{code}")
def show(page: Render, session: Reading, actor: Admin, code: str) -> Response:
    """How each programme’s log-in is watched, and how it goes."""
    return _watch_page(page, session, actor, code, Form())


def _watch_page(page: PageRenderer, session: Session, actor: Actor, code: str, form: Form) -> Response:
    service = log_in_watches.own_service(session, actor, code)
    watches = log_in_watches.list_watches(session, actor, code)
    return page("admin/settings/log_ins.html", form=form, service=service, watches=watches)


# The path ends so because what is sent to it is a secret: it is kept for nobody when a log-in has ended.
@router.post("/{code}/{programme}/password")
def change_secrets(
    page: Render, session: Writing, actor: Admin, form: ReadForm, code: str, programme: str
) -> Response:
    """Keep the secrets of a test account: they are not shown again."""
    if typed := form.read(SecretsInput):
        with form.trying(session):
            log_in_watches.change_secrets(session, actor, code, programme, typed)
            return redirect(f"/settings/log-ins/{code}", "Kept. They are not shown again.")
    return _watch_page(page, session, actor, code, form)


@router.post("/{code}/{programme}/trial")
def try_now(
    page: Render, session: Writing, actor: Admin, form: ReadForm, code: str, programme: str
) -> Response:
    """Try it now."""
    with form.trying(session):
        log_in_watches.try_now(session, actor, code, programme)
        return redirect(
            f"/settings/log-ins/{code}", "It is tried within a minute. Open this page again then."
        )
    return _watch_page(page, session, actor, code, form)
