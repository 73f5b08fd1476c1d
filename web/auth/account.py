"""A member of staff's own account."""

from fastapi import Request
from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.lookups import names_of_place, services
from navigator.dates_in_words import time
from navigator.people import absence, directory, login, password_reset, preferences, sessions
from navigator.people.absence import Absence
from navigator.people.actor import Actor
from navigator.people.password_reset import PasswordChange
from navigator.tickets.queue.queue import live_tickets_of
from web.admin.absences import absence_context
from web.admin.people import role_words
from web.kit import cookies
from web.kit.deps import Reading, Router, Staff, Writing, audience, hashes_password
from web.kit.forms import Form, ReadForm
from web.kit.kept_words import came_from
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/account")


@router.get("")
def account(page: Render, session: Reading, actor: Staff) -> Response:
    """Who they are, where, and whether they take new tickets."""
    return _account(page, session, actor, Form())


@router.post("/away")
def away(page: Render, form: ReadForm, session: Writing, actor: Staff) -> Response:
    """Take no new tickets on some days, and say who covers."""
    if days_away := form.read(Absence):
        with form.trying(session):
            absence.set_absence(session, actor, actor.user_id or 0, days_away)
            return redirect("/account", "Saved")
    return _account(page, session, actor, form)


@router.post("/back")
def come_back(session: Writing, actor: Staff) -> Response:
    """Take new tickets again."""
    absence.end_absence(session, actor, actor.user_id or 0)
    return redirect("/account", "Saved")


def _account(page: PageRenderer, session: Session, actor: Actor, form: Form) -> Response:
    colleague = directory.own_account(session, actor)
    user = colleague.user
    return page(
        "auth/account.html",
        colleague=colleague,
        service_names={service.id: service.name for service in services(session)},
        role_words=role_words(session, colleague.memberships),
        live_tickets=live_tickets_of(session, actor, user.id, actor.services()) if user.goes_away else (),
        **absence_context(session, actor, user, form),
    )


@router.post("/single-keys")
def single_keys(form: ReadForm, session: Writing, actor: Staff) -> Response:
    """Let single keys work on pages, or not."""
    preferences.use_single_keys(session, actor, form.value("uses_single_keys") == "yes")
    return redirect("/account", "Saved")


@router.get("/password", dependencies=[audience()])
def change_password_form(page: Render, form: ReadForm) -> Response:
    """The form for a new password."""
    return page("auth/change_password.html", form=form)


@router.post("/password", dependencies=[hashes_password])
def change_password(page: Render, form: ReadForm, actor: Staff, request: Request) -> Response:
    """Change the password, and end all other sessions."""
    if passwords := form.read(PasswordChange):
        with form.trying():
            token = cookies.read_cookie(request, cookies.LOG_IN)
            password_reset.change_password(actor, passwords, token, names_of_place())
            return redirect("/account", "Your password is changed. You are logged out everywhere else")
    return page("auth/change_password.html", form=form)


@router.post("/log-in-longer")
def stay_logged_in(request: Request, session: Writing, _actor: Staff) -> Response:
    """Let the log-in last longer, for somebody who is in the middle of something."""
    until = login.extend(session, cookies.read_cookie(request, cookies.LOG_IN))
    said = f"You are logged in until {time(until)}." if until else ""
    return redirect(came_from(request) or "/home", said)


@router.post("/log-out-everywhere")
def log_out_everywhere(session: Writing, actor: Staff) -> Response:
    """End all their sessions, this one too."""
    sessions.end_own(session, actor)
    return redirect("/log-in", "You are logged out everywhere")
