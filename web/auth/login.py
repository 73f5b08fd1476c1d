"""Logging in and out, and setting a password by a link from a letter."""

from datetime import timedelta

from fastapi import APIRouter, Request
from starlette.responses import Response

from navigator.administration.first_run import is_empty
from navigator.errors import NotFound
from navigator.outbox import account_emails
from navigator.outbox.account_emails import ForgottenPasswordInput
from navigator.people import login, password_reset
from navigator.people.login import Credentials
from navigator.people.passwords import NewPassword
from web.kit import cookies, navigation
from web.kit.deps import Address, Reading, Visitor, Writing, one_hash_at_a_time, public
from web.kit.forms import ReadForm
from web.kit.templating import Render, redirect, url

router = APIRouter(dependencies=[public])

TIME_TO_CHOOSE = timedelta(hours=1)
"""How long a browser holds a one-use link that was opened; the link itself may end sooner."""


@router.get("/log-in")
def door(page: Render, form: ReadForm, session: Reading, actor: Visitor) -> Response:
    """Ask who it is; whoever is logged in goes on to where they wanted to, and the very first one begins."""
    if is_empty(session):
        return redirect("/begin")
    if actor:
        return redirect(_inside(form.value("next")) or navigation.landing_page(actor))
    return page("auth/log_in.html", form=form)


@router.post("/log-in", dependencies=[one_hash_at_a_time])
def log_in(page: Render, form: ReadForm, caller: Address) -> Response:
    """Let somebody in."""
    if typed := form.read(Credentials):
        with form.trying():
            response = redirect(url("/log-in", next=_inside(form.value("next"))))
            cookies.set_cookie(response, cookies.LOG_IN, login.log_in(typed, caller))
            return response
    return page("auth/log_in.html", form=form)


def _inside(href: str) -> str:
    """An address of the desk itself as it is, any other as none."""
    is_ours = href.startswith("/") and not href.startswith(("//", "/\\")) and href.isprintable()
    return href if is_ours else ""


@router.post("/log-out")
def log_out(request: Request, session: Writing) -> Response:
    """Let somebody out, for good."""
    login.log_out(session, cookies.read_cookie(request, cookies.LOG_IN))
    response = redirect("/log-in", "You are logged out")
    cookies.delete_cookie(response, cookies.LOG_IN)
    cookies.delete_cookie(response, cookies.QUEUE)
    return response


@router.get("/forgotten-password")
def forgotten(page: Render, form: ReadForm) -> Response:
    """Ask where to send a link."""
    return page("auth/forgotten_password.html", form=form)


@router.post("/forgotten-password")
def send_link(page: Render, form: ReadForm, session: Writing, caller: Address) -> Response:
    """Send a link if there is an account, and say the same if there is none."""
    if typed := form.read(ForgottenPasswordInput):
        with form.trying(session):
            account_emails.forgotten_password(session, typed, caller)
            return page("auth/link_sent.html")
    return page("auth/forgotten_password.html", form=form)


@router.get("/password/{token}")
def open_link(token: str) -> Response:
    """Take the secret out of the address before anything is shown."""
    response = redirect("/password")
    cookies.set_cookie(response, cookies.PASSWORD, token, TIME_TO_CHOOSE)
    return response


@router.get("/password")
def password(page: Render, form: ReadForm, session: Reading, request: Request) -> Response:
    """Ask for a password, if the link is good."""
    try:
        user = password_reset.user_by_link(session, cookies.read_cookie(request, cookies.PASSWORD))
    except NotFound:
        return page("auth/link_expired.html", status=404)
    return page("auth/set_password.html", form=form, email=user.email)


@router.post("/password", dependencies=[one_hash_at_a_time])
def set_password(page: Render, form: ReadForm, session: Reading, request: Request) -> Response:
    """Set it; from now on it is what they log in with."""
    token = cookies.read_cookie(request, cookies.PASSWORD)
    if typed := form.read(NewPassword):
        password_reset.set_password(token, typed)
        response = redirect("/log-in", "Your password is set. Log in with it now")
        cookies.delete_cookie(response, cookies.PASSWORD)
        return response
    return page("auth/set_password.html", form=form, email=password_reset.user_by_link(session, token).email)
