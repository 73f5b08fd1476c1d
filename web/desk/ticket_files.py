"""Files on a ticket for staff: those of its messages, and those that wait for one’s next words on it."""

from typing import Annotated

from fastapi import Path
from sqlmodel import Session
from starlette.responses import Response

from navigator.errors import Forbidden, NotFound
from navigator.people.actor import Actor
from navigator.tickets import attached_files
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import reply_drafts
from navigator.tickets.actions.remove_file import removable_file, remove_file
from navigator.tickets.actions.reply_drafts import ReplyDraftInput
from navigator.tickets.attached_files import TAKES_FILES, readable_file
from navigator.tickets.detail import ticket_detail
from web.desk.reply_drafts import Number
from web.kit.deps import Files, PathId, Reading, Router, Staff, Writing
from web.kit.forms import Form, ReadForm
from web.kit.screen_ahead import screened_of_staff
from web.kit.stored_files import Size, to_file
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/tickets/{number}/files")

Address = Annotated[str, Path(pattern=f"^({'|'.join(TAKES_FILES)})$")]


@router.get("/{address}")
def waiting(page: Render, session: Reading, actor: Staff, number: Number, address: Address) -> Response:
    """The files that go with one’s next words, and the box for more."""
    return _page(page, session, actor, number, address, Form())


@router.post("/{address}/words", dependencies=[screened_of_staff])
def keep_words(session: Writing, actor: Staff, form: ReadForm, number: Number, address: Address) -> Response:
    """Keep the words that were typed beside the button that leads here."""
    form.typed["address"] = [address]
    if draft := form.read(ReplyDraftInput):
        reply_drafts.save_draft(session, actor, number, draft)
    return redirect(_here(number, address))


@router.post("/{address}")
def add(
    page: Render,
    session: Writing,
    actor: Staff,
    form: ReadForm,
    number: Number,
    address: Address,
    files: Files,
) -> Response:
    """Add files; what is wrong with one is said."""
    if files.is_taken(form):
        with form.trying(session):
            attached_files.stage(session, actor, number, address, files.stored)
            return redirect(_here(number, address))
    return _page(page, session, actor, number, address, form)


@router.post("/{address}/{file_id}/removal")
def remove(session: Writing, actor: Staff, number: Number, address: Address, file_id: PathId) -> Response:
    """Remove one of them."""
    attached_files.unstage(session, actor, number, address, file_id)
    return redirect(_here(number, address))


@router.get("/{address}/{file_id}/{size}")
def waiting_file(
    session: Reading, actor: Staff, number: Number, address: Address, file_id: PathId, size: Size
) -> Response:
    """One of them, for whoever added it."""
    for one in attached_files.staged_files(session, actor, number, address):
        if one.id == file_id:
            return to_file(one, size)
    raise NotFound("We cannot find that file.")


@router.get("/{file_id}/removal")
def ask_before_removing(
    page: Render, session: Reading, actor: Staff, number: Number, file_id: PathId
) -> Response:
    """Ask whether a file is to be removed for good."""
    detail = ticket_detail(session, actor, number)
    if Action.REDACT not in detail.allowed:
        raise Forbidden("You cannot do that to this ticket.")
    found = removable_file(session, actor, number, file_id)
    return page("desk/ticket/file_removal.html", detail=detail, file=found)


@router.post("/{file_id}/removal")
def remove_for_good(session: Writing, actor: Staff, number: Number, file_id: PathId) -> Response:
    """Remove it for good."""
    remove_file(session, actor, number, file_id)
    return redirect(f"/tickets/{number}", "Removed for good. That you did this is recorded.")


@router.get("/{file_id}/{size}")
def file(session: Reading, actor: Staff, number: Number, file_id: PathId, size: Size) -> Response:
    """A file of a message, for whoever may read that."""
    return to_file(readable_file(session, actor, number, file_id), size)


def _page(
    page: PageRenderer, session: Session, actor: Actor, number: int, address: str, form: Form
) -> Response:
    detail = ticket_detail(session, actor, number)
    attached_files.require_may_send(actor, detail.ticket, address)
    staged = attached_files.staged_files(session, actor, number, address)
    back = f"/tickets/{number}" if address != "notes" else f"/tickets/{number}/notes"
    return page("desk/ticket/files.html", detail=detail, form=form, address=address, staged=staged, back=back)


def _here(number: int, address: str) -> str:
    return f"/tickets/{number}/files/{address}"
