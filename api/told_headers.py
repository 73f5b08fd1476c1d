"""Headers that every answer may need: what is left of a rate limit, and that a former name was used.

`RateLimit` and `RateLimit-Policy` are as draft-ietf-httpapi-ratelimit-headers-10 has them.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlmodel import Session
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from navigator.people.rate_limit import Counted, counted
from navigator.request_dependencies import open_to_write

PUBLISHED = {"report": "reports"}
"""By the buckets in which callers of the API are counted: how these are called in headers and on the page."""

_TOO_MANY = 429


async def _keep_counts(request: Request, session: Annotated[Session, Depends(open_to_write)]) -> None:
    request.state.counted = counted(session)


tells_limits = Depends(_keep_counts)
"""For routes whose callers are counted: the answer says how often they may still call."""


class ToldHeaders:
    """Middleware that adds to an answer what its route noted, also where it was refused."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and add to the headers of its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state: dict[str, Any] = scope.setdefault("state", {})

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_told(state, message["status"]))
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _told(state: Mapping[str, Any], status: int) -> dict[str, str]:
    told = dict(deprecation.headers) if (deprecation := state.get("deprecation")) else {}
    counts: Mapping[str, Counted] = state.get("counted") or {}
    shown = {PUBLISHED[bucket]: count for bucket, count in counts.items() if bucket in PUBLISHED}
    if shown:
        told["RateLimit-Policy"] = ", ".join(
            f'"{name}";q={count.limit.times};w={int(count.limit.per.total_seconds())}'
            for name, count in shown.items()
        )
        told["RateLimit"] = ", ".join(
            f'"{name}";r={count.left};t={count.seconds_left}' for name, count in shown.items()
        )
        if status == _TOO_MANY:
            told["Retry-After"] = str(max(count.seconds_left for count in shown.values()))
    return told
