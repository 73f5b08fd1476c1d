"""A member of staff's own account."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from navigator.catalogue.directory import services
from navigator.people import accounts, login, reset, roster
from navigator.people.reset import PasswordChange
from web import cookies
from web.deps import Reading, Staff, Writing, audience, in_turn
from web.forms import ReadForm
from web.pages import Show, see_other
from web.people import role_words

router = APIRouter(prefix="/account")


@router.get("")
def account(page: Show, session: Reading, actor: Staff) -> Response:
    """Who they are, where, and whether they take new tickets."""
    names = {service.id: service.name for service in services(session)}
    me = roster.myself(session, actor)
    return page("people/account.html", me=me, names=names, role_words=role_words)


@router.post("/away")
def away(form: ReadForm, session: Writing, actor: Staff) -> Response:
    """Take no new tickets, or take them again."""
    accounts.be_away(session, actor, is_away=form.chosen("away", "yes"))
    return see_other("/account", "Saved")


@router.get("/password", dependencies=[audience()])
def new_password(page: Show, form: ReadForm) -> Response:
    """Ask for the password now and a new one."""
    return page("people/password.html", form=form)


@router.post("/password", dependencies=[in_turn])
def change_password(page: Show, form: ReadForm, actor: Staff, request: Request) -> Response:
    """Change it, and log out everywhere else."""
    if typed := form.read(PasswordChange):
        with form.trying():
            reset.change_password(actor, typed, cookies.take(request, cookies.LOG_IN))
            return see_other("/account", "Your password is changed. You are logged out everywhere else")
    return page("people/password.html", form=form)


@router.post("/log-out-everywhere")
def log_out_everywhere(session: Writing, actor: Staff) -> Response:
    """End all their log-ins, this one too."""
    login.end_all(session, actor.user_id)
    return see_other("/log-in", "You are logged out everywhere")
