"""People who report again and again: a navigator says why nothing more is needed."""

from starlette.responses import Response

from navigator.errors import NotFound
from navigator.tickets import repeats
from navigator.tickets.detail import ticket_detail
from navigator.tickets.repeats import REASONS, DismissInput
from web.desk.reply_drafts import Number
from web.kit.deps import Reading, Router, Staff, Writing
from web.kit.forms import ReadForm
from web.kit.templating import Render, redirect

router = Router(prefix="/tickets/{number}")


@router.get("/repeat")
def dismiss_form(page: Render, session: Reading, actor: Staff, form: ReadForm, number: Number) -> Response:
    """Why nothing more is needed for whoever reported so often."""
    detail = ticket_detail(session, actor, number)
    repeat = repeats.repeat_of(session, actor, detail.ticket)
    if repeat is None:
        raise NotFound("Nobody is asked to look at this.")
    return page("desk/ticket/repeat.html", detail=detail, form=form, repeat=repeat, reasons=REASONS)


@router.post("/repeat")
def dismiss(page: Render, session: Writing, actor: Staff, form: ReadForm, number: Number) -> Response:
    """Say why nothing more is needed."""
    if chosen := form.read(DismissInput):
        repeats.dismiss(session, actor, number, chosen.reason)
        return redirect(f"/tickets/{number}", "Noted. If they report again, it is shown again.")
    return dismiss_form(page, session, actor, form, number)
