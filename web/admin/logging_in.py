"""How people log in: providers and their secrets, rules from claims to roles, and passwords."""

from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from navigator.administration import log_in_providers
from navigator.administration.apply_change import administers_all
from navigator.administration.log_in_providers import SecretInput
from navigator.people.actor import Actor
from web.admin.people import ROLES
from web.kit.deps import Admin, Reading, Router, Writing
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/settings/logging-in")
HOME = "/settings/logging-in"


@router.get("")
def show(page: Render, session: Reading, actor: Admin) -> Response:
    """How people log in here."""
    return _page(page, session, actor, Form())


def _page(page: PageRenderer, session: Session, actor: Actor, form: Form) -> Response:
    overview = log_in_providers.log_in_overview(session, actor)
    role_names, may_change = {role: words for role, words, _ in ROLES}, administers_all(session, actor)
    shown: dict[str, Any] = {"overview": overview, "role_names": role_names, "may_change": may_change}
    return page("admin/settings/logging_in.html", form=form, **shown)


# The path ends so because what is sent to it is a secret: it is kept for nobody when a log-in has ended.
@router.post("/{code}/password")
def keep_secret(page: Render, session: Writing, actor: Admin, form: ReadForm, code: str) -> Response:
    """Keep the secret of a provider: it is not shown again."""
    if typed := form.read(SecretInput):
        with form.trying(session):
            log_in_providers.keep_secret(session, actor, code, typed)
            return redirect(HOME, "Kept. It is not shown again.")
    return _page(page, session, actor, form)
