"""Pictures and PDFs of a ticket: sent as a form of parts, and read by whoever may read their message."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import Field, ValidationError
from starlette.responses import Response, StreamingResponse

from api.deps import AttachmentId, Caller, Files, Number, Reading, Router, Writing, audience, looked_at
from api.errors import error_responses
from api.schemas import ConfirmedInput, ReporterState, WrittenState
from api.ticket_state import reporter_state, written_state
from navigator.attachments.attachment import MEDIA_TYPES, Kind
from navigator.attachments.limits import MOST_AT_ONCE
from navigator.attachments.receive import StoredFile
from navigator.attachments.storage import storage
from navigator.errors import Invalid
from navigator.people.user import Role
from navigator.request_dependencies import SentFiles
from navigator.tickets import attached_files
from navigator.tickets.actions import reporter, staff
from navigator.tickets.inputs import PicturesInput, SayInput

router = Router(
    prefix="/tickets/{number}/attachments", tags=["tickets"], responses=error_responses(401, 403, 404)
)


class AttachmentsInput(PicturesInput, ConfirmedInput):
    """What is sent beside the files."""

    audience: Literal["public", "staff"] = Field(
        default="public", title="who reads it", description="Of staff’s words: `staff` is a note"
    )


_FILES = {
    "type": "array",
    "maxItems": MOST_AT_ONCE,
    "items": {"type": "string", "format": "binary"},
    "description": "JPEG, PNG, WebP, GIF or PDF, each of up to 8 MB",
}
_FORM: dict[str, Any] = {
    "type": "object",
    "required": ["files"],
    "properties": {"files": _FILES, **AttachmentsInput.model_json_schema()["properties"]},
}
_BODY = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}}
_CONTENT: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file", "content": {kind: {} for kind in MEDIA_TYPES.values()}}
}


async def _said(request: Request) -> AttachmentsInput:
    async with request.form(max_files=0, max_fields=20) as form:
        given = {name: value for name, value in form.items() if name != "files"}
    try:
        return AttachmentsInput.model_validate(given, strict=False)
    except ValidationError as invalid:
        raise RequestValidationError(invalid.errors()) from None


@router.post(
    "",
    dependencies=[audience(Role.NAVIGATOR, reporter=True)],
    responses=error_responses(409, 429),
    openapi_extra=_BODY,
)
def attach_files(
    session: Writing,
    actor: Caller,
    number: Number,
    said: Annotated[AttachmentsInput, Depends(_said)],
    files: Files,
) -> ReporterState | WrittenState:
    """Send pictures or PDFs with an answer, a reply or a note: checked by content, pictures made anew.

    The token of a report's private link sends them after the report; staff's keys must say something with
    them. Where a file is not taken, nothing is.
    """
    stored = _required(files)
    if actor.ticket_number is not None:
        return reporter_state(session, actor, reporter.answer(session, actor, number, said, stored))
    if not said.body:
        raise Invalid("There is a problem", {"body": "Say what they show."})
    words = SayInput(body=said.body, version=said.version)
    write = staff.note if said.audience == "staff" else staff.reply
    ticket = write(session, looked_at(actor, said), number, words)
    attached_files.attach_to_newest(session, ticket, stored)
    return written_state(session, ticket, said.body)


def _required(files: SentFiles) -> Sequence[StoredFile]:
    if files.refused:
        raise files.refused
    if not files.stored:
        raise Invalid("There is a problem", {"files": "Send a picture or a PDF."})
    return files.stored


@router.get(
    "/{attachment_id}",
    response_class=Response,
    dependencies=[audience(Role.NAVIGATOR, Role.CLINICIAN, Role.MANAGER, reporter=True)],
    responses=_CONTENT,
)
def read_attachment(session: Reading, actor: Caller, number: Number, attachment_id: AttachmentId) -> Response:
    """The content of a file, for whoever may read the message that it came with."""
    found = attached_files.readable_file(session, actor, number, attachment_id)
    headers = {"content-disposition": "attachment"}
    return StreamingResponse(
        storage().read(found.name), media_type=MEDIA_TYPES[Kind(found.kind)], headers=headers
    )
