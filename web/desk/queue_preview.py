"""The preview beside the queue on a wide screen: one ticket’s facts and conversation, or not."""

from datetime import timedelta

from fastapi import Request
from starlette.responses import Response

from navigator.tickets import reads
from navigator.tickets.detail import ticket_detail
from web.desk import queue_position
from web.desk.reply_drafts import Number
from web.kit import cookies
from web.kit.deps import Reading, Router, Staff
from web.kit.forms import ReadForm
from web.kit.templating import Render, redirect

router = Router(prefix="/desk/preview")

KEPT_FOR = timedelta(days=400)
"""As long as browsers keep any cookie."""
OFF = "off"


def is_on(request: Request) -> bool:
    """Whether this browser shows the preview where there is room."""
    return cookies.read_cookie(request, cookies.PREVIEW) != OFF


@router.post("")
def switch(page: Render, _: Staff, form: ReadForm) -> Response:
    """Show the preview in this browser from now on, or no longer."""
    response = redirect(queue_position.queue_url(page.request))
    cookies.set_cookie(response, cookies.PREVIEW, OFF if form.value("preview") == OFF else "on", KEPT_FOR)
    return response


@router.get("/{number}")
def preview(page: Render, session: Reading, actor: Staff, number: Number) -> Response:
    """One ticket as it is shown beside the queue."""
    detail = ticket_detail(session, actor, number)
    new_from = reads.first_unread_id(session, actor, number, detail.messages)
    return page("desk/queue_preview.html", detail=detail, new_from=new_from)
