"""Routes for unsorted mail: what came and belongs nowhere yet is listed, read and sorted, as on its page."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Path, Query
from pydantic import BaseModel, Field
from sqlmodel import Session
from starlette.responses import Response

from api.deps import Caller, Reading, Router, Writing, audience, looks_at_files
from api.errors import error_responses
from api.pagination import After
from navigator.attachments.receive import deleted_unless_named
from navigator.catalogue.lookups import service_of
from navigator.fields import MAX_ID
from navigator.mail_in import unsorted
from navigator.mail_in.files import MailFiles
from navigator.mail_in.sorted_by_key import SignedAsideInput, SignedJoinInput, SignedReportInput, sorter
from navigator.mail_in.tables import Mail, MailChannel, MailState, UnsortedReason
from navigator.mail_in.unsorted import MAY_SORT, Shown
from navigator.people.actor import Actor
from navigator.request_threads import opened

router = Router(prefix="/mail", tags=["unsorted mail"], responses=error_responses(401, 403))

sorters = audience(*MAY_SORT)
Id = Annotated[int, Path(ge=1, le=MAX_ID)]
Place = Annotated[int, Path(ge=0, le=200)]


class MailOut(BaseModel):
    """A mail or a text, and where it is. What it says of whom it is from is a claim, and proves nobody."""

    id: int
    service: str = Field(examples=["north"])
    channel: MailChannel
    state: MailState
    reason: UnsortedReason | None = Field(description="Why a person must look")
    is_of_concern: bool = Field(description="It may be about somebody’s safety: make a report of it now")
    received_at: datetime
    from_address: str = Field(description="Of a text its number")
    from_name: str
    differs: bool = Field(description="It answers a letter of ours from another address than it went to")
    subject: str
    checks: str = Field(description="What the receiving server found of SPF, DKIM and DMARC")
    size: int
    is_whole: bool = Field(description="Else only its beginning was kept")
    ticket: int | None = Field(description="The ticket that it is on, or by whose address it came")
    decision: str = Field(description="Why it was set aside")
    decided_at: datetime | None


class MailPage(BaseModel):
    """Some mails, and the cursor of those that follow."""

    mail: list[MailOut]
    next: str | None


class FileOut(BaseModel):
    """A file that came with a mail. Nobody has checked it."""

    place: int
    name: str
    size: int


class MailDetail(MailOut):
    """A mail as staff read it: its text alone, without private links of ours."""

    text: str
    is_cut: bool = Field(description="The text went on: what stands there was not read")
    has_original: bool = Field(description="Whether what came is still kept")
    files: list[FileOut]


@router.get("", dependencies=[sorters])
def list_mail(
    session: Reading, actor: Caller, show: Annotated[Shown, Query()] = "unsorted", after: After = None
) -> MailPage:
    """Mail and texts of the key's service: what may be about safety first, then the newest."""
    found = unsorted.list_mail(session, actor, show, after)
    return MailPage(mail=[_mail_out(session, mail) for mail in found], next=unsorted.cursor_after(found))


def _mail_out(session: Session, mail: Mail) -> MailOut:
    code, ticket = service_of(session, mail.service_id).code, mail.ticket_number
    facts = {"service": code, "reason": mail.reason or None, "ticket": ticket}
    return MailOut.model_validate(mail.model_dump() | facts)


@router.get("/{id}", dependencies=[sorters], responses=error_responses(404))
def show_mail(session: Reading, actor: Caller, id: Id) -> MailDetail:
    """One mail as text, with nothing in it that acts or loads."""
    return _detail_out(session, unsorted.mail_detail(session, actor, id))


def _detail_out(session: Session, detail: unsorted.MailDetail) -> MailDetail:
    files = [
        FileOut(place=place, name=part.name, size=len(part.content))
        for place, part in enumerate(detail.parts)
    ]
    facts = _mail_out(session, detail.mail).model_dump() | {"text": detail.text, "files": files}
    return MailDetail(**facts, is_cut=detail.is_cut, has_original=detail.has_original)


_CONTENT: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file", "content": {"application/octet-stream": {}}}
}


@router.get(
    "/{id}/files/{place}",
    response_class=Response,
    dependencies=[sorters],
    responses={**_CONTENT, **error_responses(404)},
)
def read_mail_file(session: Reading, actor: Caller, id: Id, place: Place) -> Response:
    """A file that came with a mail, as it came: nobody has checked it."""
    part = unsorted.part_of(session, actor, id, place)
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(part.name, safe='')}"}
    return Response(part.content, media_type="application/octet-stream", headers=headers)


async def _open_files(actor: Caller, id: Id) -> MailFiles:
    files = unsorted.open_files(actor, id)
    opened(deleted_unless_named(files.stored))
    return files


Opened = Annotated[MailFiles, Depends(_open_files)]
"""The files of a mail, stored before its transaction begins: name it first among the arguments."""


@router.post("/{id}/report", dependencies=[looks_at_files, sorters], responses=error_responses(404, 409))
def make_report_of_mail(
    files: Opened, session: Writing, actor: Caller, id: Id, asked: SignedReportInput
) -> MailOut:
    """Make a report of it; its sender is written to only if whoever sorts it says so."""
    person = sorter(session, actor, id, asked.by)
    unsorted.make_report(session, person, id, asked, files)
    return _after(session, actor, id)


@router.post("/{id}/ticket", dependencies=[looks_at_files, sorters], responses=error_responses(404, 409))
def join_mail(files: Opened, session: Writing, actor: Caller, id: Id, asked: SignedJoinInput) -> MailOut:
    """Join it to a ticket, where staff alone read it: who sent it is not proven."""
    person = sorter(session, actor, id, asked.by)
    unsorted.join(session, person, id, asked, files)
    return _after(session, actor, id)


@router.post("/{id}/aside", dependencies=[sorters], responses=error_responses(404, 409))
def set_mail_aside(session: Writing, actor: Caller, id: Id, asked: SignedAsideInput) -> MailOut:
    """Set it aside, with the reason: it is kept for a while, and can still be sorted."""
    person = sorter(session, actor, id, asked.by)
    unsorted.set_aside(session, person, id, asked)
    return _after(session, actor, id)


def _after(session: Session, actor: Actor, id: int) -> MailOut:
    return _mail_out(session, unsorted.find_mail(session, actor, id))
