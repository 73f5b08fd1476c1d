"""Access log: one line per request, by its route: no paths, queries, tokens or anything that was typed.

The same facts, and no others, go to metrics and traces where these are set up (`observed_by`).
"""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NO_PAGE = "(no page)"
_DEBUG_ONLY = ("/static", "/healthz", "/readyz", "/metrics")

Observer = Callable[[Scope, str, int, float], None]
"""Told of each request that was answered: its scope, route, status and seconds."""

_observers: list[Observer] = []

log = structlog.get_logger("desk.web")


class RequestLog:
    """Access log middleware: method, route, status, milliseconds; a code for each request's error page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and log it when it is answered, however that went."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500
        code = scope.setdefault("state", {})["code"] = secrets.token_hex(4)

        async def send_and_note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_and_note_status)
        finally:
            path, seconds = route_of(scope), time.perf_counter() - started
            write = log.debug if path in _DEBUG_ONLY else log.info
            write(
                "request",
                method=scope["method"],
                path=path,
                status=status,
                ms=round(seconds * 1000, 1),
                code=code,
            )
            for observe in _observers:
                observe(scope, path, status, seconds)


@contextmanager
def observed_by(*observers: Observer) -> Iterator[None]:
    """Tell these of each request meanwhile."""
    _observers.extend(observers)
    try:
        yield
    finally:
        for one in observers:
            _observers.remove(one)


def route_of(scope: Scope) -> str:
    """The route that answers a request, as it may be logged: `/t/{token}`, never what stands in the path."""
    mounted_at = str(scope.get("root_path", ""))
    route = scope.get("route")
    path = "" if isinstance(route, Mount) else getattr(route, "path", "")
    return mounted_at + path or NO_PAGE
