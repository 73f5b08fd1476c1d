"""Somebody's own open log-ins: on which devices, and ending any of them."""

from fastapi import Request
from starlette.responses import Response

from navigator.openid.log_in import provider_names
from navigator.people import sessions
from web.kit import cookies
from web.kit.deps import Reading, Router, Staff, Writing
from web.kit.forms import ReadForm
from web.kit.templating import Render, redirect

router = Router(prefix="/account/log-ins")
_HOME = "/account/log-ins"


@router.get("")
def list_log_ins(page: Render, session: Reading, actor: Staff, request: Request) -> Response:
    """Where somebody is logged in, and when each was used last."""
    token = cookies.read_cookie(request, cookies.LOG_IN)
    names = provider_names(session)
    return page("auth/log_ins.html", log_ins=sessions.list_own(session, actor, token), provider_names=names)


@router.post("/end")
def end_one(session: Writing, form: ReadForm, actor: Staff) -> Response:
    """End one of them."""
    sessions.end_one(session, actor, form.value("key"))
    return redirect(_HOME, "That log-in is ended")


@router.post("/end-others")
def end_others(session: Writing, actor: Staff, request: Request) -> Response:
    """End all but this one."""
    token = cookies.read_cookie(request, cookies.LOG_IN)
    sessions.end_own(session, actor, except_token=token)
    return redirect(_HOME, "You are logged out everywhere else")
