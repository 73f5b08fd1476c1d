"""What staff are told of tickets: they say that they have read it, and which tickets they watch."""

from typing import Any, Literal

from starlette.responses import Response

from navigator.fields import Input
from navigator.people.actor import Actor
from navigator.tickets import notices, reads
from navigator.tickets.actions.undo_merge import undoable_merges
from navigator.tickets.detail import TicketDetail, ticket_detail
from web.desk.reply_drafts import Number
from web.kit.deps import Reading, Router, Staff, Writing
from web.kit.forms import ReadForm
from web.kit.templating import Render, redirect

router = Router(prefix="/tickets/{number}")


class WatchInput(Input):
    """Whether somebody watches a ticket: on their Today alone, by email too, or not."""

    how: Literal["today", "email", "no"]


_DONE = {
    "today": "You watch it. Your Today tells you of answers, and when it is resolved.",
    "email": "You watch it. Your Today and an email tell you of answers, and when it is resolved.",
    "no": "You do not watch it any more.",
}


@router.post("/seen")
def seen(session: Writing, actor: Staff, form: ReadForm, number: Number) -> Response:
    """Acknowledge what one was told of a ticket."""
    notices.acknowledge(session, actor, number)
    return redirect("/home" if form.value("from") == "home" else f"/tickets/{number}")


@router.get("/watching")
def watching_form(page: Render, session: Reading, actor: Staff, form: ReadForm, number: Number) -> Response:
    """How one would like to watch a ticket."""
    detail = ticket_detail(session, actor, number)
    watched = notices.notices_on(session, actor, detail.ticket).is_mailed
    form.fill({"how": "email" if watched else "today"})
    return page("desk/ticket/watching.html", detail=detail, form=form, is_watched=watched is not None)


@router.post("/watching")
def watching(page: Render, session: Writing, actor: Staff, form: ReadForm, number: Number) -> Response:
    """Watch a ticket, or watch it no more."""
    if chosen := form.read(WatchInput):
        if chosen.how == "no":
            notices.unwatch(session, actor, number)
        else:
            notices.watch(session, actor, number, is_mailed=chosen.how == "email")
        return redirect(f"/tickets/{number}", _DONE[chosen.how])
    return watching_form(page, session, actor, form, number)


def told_on(actor: Actor, detail: TicketDetail, told: notices.ToldOf) -> dict[str, Any]:
    """What a ticket's page shows of this: what its reader was told and has not read, and fresh merges."""
    new_from = reads.first_after(told.read_at, actor, detail.messages)
    return {
        "notices": told.unread,
        "watched": told.is_mailed,
        "new_from": new_from,
        "merges": undoable_merges(detail),
    }
