"""Unsorted mail: what came by mail and belongs nowhere yet, to be read safely and sorted by a person."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Path, Query
from sqlmodel import Session
from starlette.responses import Response

from navigator.attachments.receive import deleted_unless_named
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.lookups import services
from navigator.fields import Id
from navigator.mail_in import move, unsorted
from navigator.mail_in.files import MailFiles
from navigator.mail_in.move import MoveInput, OffInput
from navigator.mail_in.unsorted import MAY_SORT, NO_FILES, AsideInput, JoinInput, ReportOfMailInput, Shown
from navigator.people.actor import Actor
from navigator.people.reporter import reference
from navigator.records.holds import all_held
from navigator.request_threads import opened
from navigator.tickets.queue.queue import said_on
from web.kit.deps import Reading, Router, Writing, audience, looks_at_files
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/mail")

Sorter = Annotated[Actor, audience(*MAY_SORT)]
MailId = Annotated[Id, Path()]
Place = Annotated[int, Path(ge=0, le=200)]


async def _open_files(actor: Sorter, id: MailId, form: ReadForm) -> MailFiles:
    files = NO_FILES if form.value("number") and not form.value(SEEN) else unsorted.open_files(actor, id)
    opened(deleted_unless_named(files.stored))
    return files


Opened = Annotated[MailFiles, Depends(_open_files)]
"""The files of a mail, stored: who comes is asked before, and no session is open meanwhile."""

SEEN = "seen"
"""The box for the ticket that somebody has looked at: before that, no file is opened."""

REASONS = {
    "stranger": "It answers no letter of ours",
    "several": "A text, and several tickets were texted to its number",
    "stop": "STOP: the desk texts that number no more",
    "unknown_token": "It answers a letter whose link has ended, or was made up",
    "staff_letter": "It answers a letter to staff: nothing was done with it",
    "no_words": "There are no words in it",
    "encrypted": "It is encrypted",
    "unreadable": "It cannot be read",
    "too_large": "It is too large: only its beginning was kept",
    "too_long": "It is too long: the desk read only its beginning",
    "too_many": "Too many came from the same sender",
    "no_reports": "No report could be made of it",
    "failed": "The desk tried three times to read it",
    "wrong_ticket": "It was joined to the wrong ticket",
}
"""Why a mail waits for a person, in words."""


@router.get("")
def list_mail(
    page: Render, session: Reading, actor: Sorter, show: Annotated[Shown, Query()] = "unsorted"
) -> Response:
    """The mails that wait, those of machines, or those that were sorted."""
    found = unsorted.list_mail(session, actor, show)
    names = {each.id: each.name for each in services(session)}
    return page("desk/mail/list.html", mails=found, show=show, reasons=REASONS, service_names=names)


@router.get("/{id}")
def show(page: Render, session: Reading, actor: Sorter, id: MailId) -> Response:
    """One mail as text, with nothing in it that acts or loads."""
    return _mail_page(page, session, actor, id, Form())


def _mail_page(page: PageRenderer, session: Session, actor: Actor, id: int, form: Form) -> Response:
    detail = unsorted.mail_detail(session, actor, id)
    off = move.movable_from(session, detail.mail)
    shown: dict[str, Any] = {"detail": detail, "mail": detail.mail, "reasons": REASONS, "off": off}
    return page("desk/mail/mail.html", form=form, **shown)


@router.get("/{id}/files/{place}")
def file(session: Reading, actor: Sorter, id: MailId, place: Place) -> Response:
    """A file of a mail, as a download: nobody has checked it."""
    part = unsorted.part_of(session, actor, id, place)
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(part.name, safe='')}"}
    return Response(part.content, media_type="application/octet-stream", headers=headers)


@router.post("/{id}/report", dependencies=[looks_at_files])
def make_report(
    page: Render, session: Writing, actor: Sorter, form: ReadForm, id: MailId, files: Opened
) -> Response:
    """Make a report of it."""
    if asked := form.read(ReportOfMailInput):
        with form.trying(session):
            number = unsorted.make_report(session, actor, id, asked, files)
            return redirect(f"/tickets/{number}", f"It is {reference(number)} now.")
    return _mail_page(page, session, actor, id, form)


@router.post("/{id}/ticket", dependencies=[looks_at_files])
def join(
    page: Render, session: Writing, actor: Sorter, form: ReadForm, id: MailId, files: Opened
) -> Response:
    """Join it to a ticket, once whoever typed its number has seen which it is."""
    if asked := form.read(JoinInput):
        with form.trying(session):
            if form.value(SEEN) != str(asked.number):
                return _join_preview(page, session, actor, id, asked)
            number = unsorted.join(session, actor, id, asked, files)
            return redirect(f"/tickets/{number}", "The mail stands on this ticket now.")
    return _mail_page(page, session, actor, id, form)


def _join_preview(page: PageRenderer, session: Session, actor: Actor, id: int, asked: JoinInput) -> Response:
    if isinstance(asked, MoveInput):
        ticket, off = move.ticket_to_move_to(session, actor, id, asked), asked.off
    else:
        ticket, off = unsorted.ticket_to_join(session, actor, id, asked), None
    said = said_on(session, actor, [ticket.number]).get(ticket.number)
    category = catalogue().category(ticket.category) if ticket.category else None
    shown: dict[str, Any] = {"ticket": ticket, "mail": unsorted.find_mail(session, actor, id), "off": off}
    return page("desk/mail/join.html", **shown, said=said, category=category)


@router.post("/{id}/move")
def move_on(page: Render, session: Writing, actor: Sorter, form: ReadForm, id: MailId) -> Response:
    """Move it to another ticket, once whoever typed its number has seen which it is."""
    if asked := form.read(MoveInput):
        with form.trying(session):
            if form.value(SEEN) != str(asked.number):
                return _join_preview(page, session, actor, id, asked)
            number = move.move(session, actor, id, asked, all_held(session))
            return redirect(
                f"/tickets/{number}", f"The mail stands here now, and not on {reference(asked.off)}."
            )
    return _mail_page(page, session, actor, id, form)


@router.post("/{id}/off")
def take_off(page: Render, session: Writing, actor: Sorter, form: ReadForm, id: MailId) -> Response:
    """Take it off its ticket, back to unsorted mail."""
    if asked := form.read(OffInput):
        with form.trying(session):
            move.take_off(session, actor, id, asked.off, all_held(session))
            return redirect(f"/mail/{id}", f"It is off {reference(asked.off)}, and waits to be sorted.")
    return _mail_page(page, session, actor, id, form)


@router.post("/{id}/aside")
def set_aside(page: Render, session: Writing, actor: Sorter, form: ReadForm, id: MailId) -> Response:
    """Set it aside, with a reason."""
    if asked := form.read(AsideInput):
        with form.trying(session):
            unsorted.set_aside(session, actor, id, asked)
            return redirect("/mail", "It is set aside. You find it under “Sorted”.")
    return _mail_page(page, session, actor, id, form)
