"""Logging in and out, and setting a password by a link from an email."""

from datetime import timedelta
from typing import Annotated

from fastapi import Path, Request
from starlette.responses import Response

from navigator.administration.first_run import is_first_run
from navigator.catalogue.lookups import names_of_place
from navigator.errors import NotFound
from navigator.outbox import account_emails
from navigator.outbox.account_emails import ForgottenPasswordInput
from navigator.people import half_login, login, password_reset
from navigator.people.login import Credentials
from navigator.people.passwords import NewPassword
from web.auth.entering import admitted, device_words, safe_next
from web.auth.ways_in import log_in_page
from web.kit import cookies, navigation
from web.kit.deps import Address, Reading, Router, Visitor, Writing, hashes_password, in_english, public
from web.kit.form_marks import note_result
from web.kit.forms import ReadForm
from web.kit.templating import Render, redirect

router = Router(dependencies=[public, in_english])

PASSWORD_LINK_LASTS = timedelta(hours=1)
"""How long a browser keeps the token of a password link that was opened; the link may end sooner."""


@router.get("/log-in")
def log_in_form(page: Render, form: ReadForm, session: Reading, actor: Visitor) -> Response:
    """The log-in form; whoever is logged in goes on, and an empty desk leads to its first run."""
    if is_first_run(session):
        return redirect("/begin")
    if actor:
        return redirect(safe_next(form.value("next")) or navigation.landing_page(actor))
    return log_in_page(page, form, session)


@router.post("/log-in", dependencies=[hashes_password])
def log_in(page: Render, form: ReadForm, request: Request, caller: Address) -> Response:
    """Log somebody in, or lead them to their second step."""
    if credentials := form.read(Credentials):
        with form.trying():
            admission = login.log_in(credentials, caller, device_words(request))
            return admitted(request, admission, safe_next(form.value("next")))
    return log_in_page(page, form)


@router.post("/log-out")
def log_out(page: Render, request: Request, session: Writing) -> Response:
    """Log somebody out: end their session; where they came by a provider, offer to log out of that too."""
    half_login.end(session, cookies.read_cookie(request, cookies.HALF_LOG_IN))
    provider_page = login.log_out(session, cookies.read_cookie(request, cookies.LOG_IN))
    left_at = page("auth/logged_out.html", provider_page=provider_page) if provider_page else None
    response = left_at or redirect("/log-in", "You are logged out")
    for name in (cookies.LOG_IN, cookies.HALF_LOG_IN, cookies.QUEUE, cookies.SEARCHES):
        cookies.delete_cookie(response, name)
    return response


@router.get("/forgotten-password")
def forgotten_password_form(page: Render, form: ReadForm) -> Response:
    """Ask where to send a link."""
    return page("auth/forgotten_password.html", form=form)


@router.post("/forgotten-password")
def send_password_link(page: Render, form: ReadForm, session: Writing, caller: Address) -> Response:
    """Send a link if there is an account, and say the same if there is none."""
    if account := form.read(ForgottenPasswordInput):
        with form.trying(session):
            account_emails.send_password_reset(session, account, caller)
            note_result("/log-in", "If you have an account here, an email with a link is on its way.")
            return page("auth/link_sent.html")
    return page("auth/forgotten_password.html", form=form)


LinkToken = Annotated[str, Path(pattern="^[A-Za-z0-9_-]{1,200}$")]
"""A token as `mint` makes them: nothing else is put into a cookie."""


@router.get("/password/{token}")
def open_password_link(token: LinkToken) -> Response:
    """Move the token from the address into a cookie before anything is shown."""
    response = redirect("/password")
    cookies.set_cookie(response, cookies.PASSWORD, token, PASSWORD_LINK_LASTS)
    return response


@router.get("/password")
def set_password_form(page: Render, form: ReadForm, session: Reading, request: Request) -> Response:
    """Ask for a password, if the link is good."""
    try:
        user = password_reset.user_by_token(session, cookies.read_cookie(request, cookies.PASSWORD))
    except NotFound:
        return page("auth/link_expired.html", status=404)
    return page("auth/set_password.html", form=form, email=user.email)


@router.post("/password", dependencies=[hashes_password])
def set_password(page: Render, form: ReadForm, session: Reading, request: Request) -> Response:
    """Set the password."""
    token = cookies.read_cookie(request, cookies.PASSWORD)
    if new_password := form.read(NewPassword):
        with form.trying():
            password_reset.set_password(token, new_password, names_of_place())
            response = redirect("/log-in", "Your password is set. Log in with it now")
            cookies.delete_cookie(response, cookies.PASSWORD)
            return response
    return page("auth/set_password.html", form=form, email=password_reset.user_by_token(session, token).email)
