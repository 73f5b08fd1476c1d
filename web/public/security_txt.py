"""`/.well-known/security.txt` (RFC 9116): whom to write to about a weakness, until a day that is set."""

from datetime import time, timedelta

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response

from navigator import clock
from navigator.settings import settings
from web.kit.deps import Router, needs_no_database, public

router = Router(dependencies=[public, needs_no_database])

ADDRESS = "/.well-known/security.txt"


@router.get(ADDRESS)
def security_txt() -> Response:
    """The contact; nothing, where none is set or its day is over."""
    return PlainTextResponse("".join(f"{name}: {value}\r\n" for name, value in _fields().items()))


def _fields() -> dict[str, str]:
    config = settings()
    until = config.security_contact_until
    if not config.security_contact or until is None or until < clock.today():
        raise HTTPException(404)
    ends_at = clock.london_time(until + timedelta(days=1), time(0))
    return {
        "Contact": config.security_contact,
        "Expires": f"{ends_at:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages": "en",
        "Canonical": config.base_url.rstrip("/") + ADDRESS,
    }
