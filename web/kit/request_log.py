"""Access log: one line per request, without queries, tokens or anything that was typed."""

import re
import secrets
import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_TOKEN = re.compile(r"(?<=/)(?=[^/]*[A-Z0-9])[A-Za-z0-9_~.=-]{20,}(?=/|$)")
_DEBUG_ONLY = ("/static/", "/healthz", "/readyz")

log = structlog.get_logger("desk.web")


class RequestLog:
    """Access log middleware: method, path, status, milliseconds; a code for each request's error page."""

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
            path = without_token(scope["path"])
            write = log.debug if path.startswith(_DEBUG_ONLY) else log.info
            milliseconds = round((time.perf_counter() - started) * 1000, 1)
            write("request", method=scope["method"], path=path, status=status, ms=milliseconds, code=code)


def without_token(path: str) -> str:
    """A path as it may be logged: whatever looks like a token becomes "…"."""
    return _TOKEN.sub("…", path)
