"""Stored files as a browser gets them: by a signed address that is good for a minute and proves nothing else.

The page of a ticket names a file by its number. Who asks for it there is looked at as for the page, each
time, and is led on to the address. That needs no cookie and sets none, holds neither ticket nor person, opens
this one file and no page, and stands in no log. It is of use to others for as long as it lasts, no longer: it
is in no page that is kept, no cache stores the answer, and a file tells no other site where it came from.
"""

from datetime import timedelta
from typing import Annotated

from fastapi import Path
from itsdangerous import BadData
from starlette.responses import RedirectResponse, Response, StreamingResponse

from navigator import clock
from navigator.attachments.attachment import MEDIA_TYPES, Attachment, Kind
from navigator.attachments.storage import SMALL, storage
from navigator.errors import NotFound
from web.kit import cookies
from web.kit.deps import Router, needs_no_database, public
from web.kit.file_paths import FILE_ADDRESS

router = Router(prefix=FILE_ADDRESS.rstrip("/"), dependencies=[public, needs_no_database])

LASTS = timedelta(minutes=1)
_PURPOSE = "file address"
_GONE = "This file is not here any more, or its address is too old. Go back to the page that it stands on."

Size = Annotated[str, Path(pattern="^(small|full)$")]


def to_file(attachment: Attachment, size: str) -> Response:
    """Lead whoever may read it to a file, or to its thumbnail."""
    is_small = size == "small" and attachment.small_size > 0
    ends_at = int((clock.now() + LASTS).timestamp())
    facts = [attachment.name, attachment.kind, attachment.id, is_small, ends_at]
    return RedirectResponse(f"{FILE_ADDRESS}{cookies.serializer(_PURPOSE).dumps(facts)}", 303)


@router.get("/{address}")
def file(address: str) -> Response:
    """The file: a picture, which the desk has made itself, is shown; anything else is a download."""
    name, kind, number = _facts(address)
    is_shown = kind is Kind.PICTURE
    headers = {} if is_shown else {"content-disposition": f'attachment; filename="file-{number}.pdf"'}
    return StreamingResponse(storage().read(name), media_type=MEDIA_TYPES[kind], headers=headers)


def _facts(address: str) -> tuple[str, Kind, int]:
    try:
        name, kind, number, is_small, ends_at = cookies.serializer(_PURPOSE).loads(address)
    except (BadData, ValueError, TypeError):
        raise NotFound(_GONE) from None
    if ends_at < clock.now().timestamp():
        raise NotFound(_GONE)
    return name + SMALL if is_small else name, Kind(kind), number
