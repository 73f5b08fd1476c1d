"""What the desk leaves in a browser: only for itself, out of scripts' reach, over TLS wherever it can."""

from datetime import timedelta

from fastapi import Request
from itsdangerous import BadData, URLSafeSerializer
from starlette.responses import Response

from navigator.settings import settings

LOG_IN = "desk_log_in"
QUEUE = "desk_queue"
"""Where somebody was in the queue: the end of its address."""
PLACE = "desk_place"
"""The ticket that somebody is at, and where in the queue it stood when they came."""
PASSWORD = "desk_password"  # noqa: S105 - a name, not a password


def is_secure() -> bool:
    """Whether the desk is reached by https, so that its cookies are kept to it."""
    return settings().base_url.startswith("https:")


def read_cookie(request: Request, name: str) -> str:
    """What a cookie holds; "" without it."""
    return request.cookies.get(_full(name), "")


def set_cookie(response: Response, name: str, value: str, lasts: timedelta | None = None) -> None:
    """Leave a cookie for so long, or until the browser is closed."""
    response.set_cookie(
        _full(name),
        value,
        max_age=int(lasts.total_seconds()) if lasts else None,
        httponly=True,
        samesite="lax",
        secure=is_secure(),
    )


def delete_cookie(response: Response, name: str) -> None:
    """Take a cookie back."""
    response.delete_cookie(_full(name), httponly=True, samesite="lax", secure=is_secure())


def sign(value: int, of: str) -> str:
    """A number that a browser may carry but not change."""
    return _seal(of).dumps(value)


def unsign(sealed: str, of: str) -> int | None:
    """The number that was sealed; None if anybody else made it."""
    try:
        value: int = _seal(of).loads(sealed)
    except BadData:
        return None
    return value


def _seal(of: str) -> URLSafeSerializer:
    return URLSafeSerializer(settings().signing_key(), salt=of)


def _full(name: str) -> str:
    return f"__Host-{name}" if is_secure() else name
