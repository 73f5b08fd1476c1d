"""The calendar of a member of staff at its private address, which calendars ask for by themselves."""

import hashlib
from typing import Annotated

from fastapi import Header
from starlette.responses import Response

from navigator.calendar_feed import MEDIA_TYPE, calendar_of
from web.kit.deps import Reading, Router, public

router = Router(dependencies=[public])

Known = Annotated[str, Header(alias="if-none-match")]


@router.get("/calendar/{token}.ics")
def calendar(session: Reading, token: str, known: Known = "") -> Response:
    """What is in it now; that nothing has changed, where a calendar says what it has."""
    return _answer(calendar_of(session, token), known)


def _answer(content: bytes | None, known: str) -> Response:
    if content is None:
        return Response("There is no calendar at this address.", status_code=404, media_type="text/plain")
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "private, no-cache"}
    if tag in {each.strip().removeprefix("W/") for each in known.split(",")}:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=MEDIA_TYPE, headers=headers)
