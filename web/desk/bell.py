"""The bell: what a member of staff was told, unread first; opening a line reads it."""

from starlette.responses import JSONResponse, Response

from navigator.catalogue.catalogue import catalogue
from navigator.fields import MAX_ID
from navigator.tickets import bell
from web.kit.deps import PathId, Reading, Router, Staff, Writing
from web.kit.forms import ReadForm
from web.kit.templating import Render, redirect

router = Router(prefix="/notices")


@router.get("")
def notices(page: Render, session: Reading, actor: Staff) -> Response:
    """All that somebody was told, read or not."""
    return page("desk/notices.html", notices=bell.list_notices(session, actor), catalogue=catalogue())


@router.get("/count")
def count(page: Render, _actor: Staff) -> Response:
    """How many are unread, for the bell of an open page."""
    return JSONResponse({"count": page.context["staff"].unread_notices})


@router.post("/all-read")
def read_all(session: Writing, actor: Staff, form: ReadForm) -> Response:
    """All that the page showed is read."""
    newest = form.value("newest")
    bell.read_all(session, actor, min(int(newest), MAX_ID) if newest.isascii() and newest.isdigit() else 0)
    return redirect("/notices")


@router.post("/{notice_id}/opening")
def open_notice(session: Writing, actor: Staff, notice_id: PathId) -> Response:
    """Go to what it is about, and have read it."""
    return redirect(f"/tickets/{bell.read_one(session, actor, notice_id)}")
