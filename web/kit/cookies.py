"""Cookies: HttpOnly, SameSite, Secure behind https; and the signing of what a browser must not change."""

from datetime import timedelta
from functools import lru_cache

from fastapi import Request
from itsdangerous import BadData, URLSafeSerializer
from starlette.responses import Response

from navigator.settings import settings

LOG_IN = "desk_log_in"
HALF_LOG_IN = "desk_half_log_in"
"""That the password was right, and the second step is still to come: it opens nothing else."""
QUEUE = "desk_queue"
"""The view of the queue that somebody was in: its query string."""
QUEUE_POSITION = "desk_place"
"""The ticket that somebody is at, and its cursor in the queue when they came."""
SEARCHES = "desk_searches"
"""What somebody looked for last, for them alone: no address holds it."""
PREVIEW = "desk_preview"
"""Whether this browser shows a ticket beside the queue."""
PASSWORD = "desk_password"  # noqa: S105 - a name, not a password
ATTEMPT = "desk_attempt"
"""What an attempt to log in by a provider must bring back beside its answer, sealed."""
DRAFT = "desk_draft"
"""The report that is being written in this browser, or was just sent from it."""
SENT = "desk_sent"
"""The private link that the confirmation of a report shows."""
LANGUAGE = "desk_language"
"""The language that somebody chose for patients' pages: its code, and nothing of them."""
COUNTED = "desk_counted"
"""The token by which a browser counts once among those who have a known problem."""

CHANGED = "desk_changed"
"""That somebody changed something from this browser a moment ago: a copy of the database may not have it."""

CHECK = "desk_check"
"""That this browser keeps cookies: set by the page of a check, and looked for when that is sent."""


def is_secure() -> bool:
    """Whether people reach the desk by https, so that its cookies are sent over nothing else."""
    return settings().base_url.startswith("https:")


def read_cookie(request: Request, name: str) -> str:
    """The value of a cookie; "" without it."""
    return request.cookies.get(_cookie_name(name), "")


def set_cookie(response: Response, name: str, value: str, max_age: timedelta | None = None) -> None:
    """Set a cookie for so long, or until the browser is closed."""
    response.set_cookie(
        _cookie_name(name),
        value,
        max_age=int(max_age.total_seconds()) if max_age else None,
        httponly=True,
        samesite="lax",
        secure=is_secure(),
    )


def delete_cookie(response: Response, name: str) -> None:
    """Delete a cookie."""
    response.delete_cookie(_cookie_name(name), httponly=True, samesite="lax", secure=is_secure())


def sign(value: int, purpose: str) -> str:
    """A signed number: a browser may carry it but not change it."""
    return serializer(purpose).dumps(value)


def unsign(signed: str, purpose: str) -> int | None:
    """The number that was signed for this purpose; None if anybody else made it."""
    try:
        value: int = serializer(purpose).loads(signed)
    except BadData:
        return None
    return value


def serializer(purpose: str) -> URLSafeSerializer:
    """What signs for one purpose, with the secret of this installation."""
    return _serializer(settings().signing_key(), purpose)


@lru_cache(maxsize=10)
def _serializer(key: str, purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt=purpose)


def _cookie_name(name: str) -> str:
    return f"__Host-{name}" if is_secure() else name
