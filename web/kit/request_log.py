"""The visitors' book: one line for each request, without queries, tokens or anything that was typed."""

import re
import secrets
import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_TOKEN = re.compile(r"(?<=/)(?=[^/]*[A-Z0-9])[A-Za-z0-9_~.=-]{20,}(?=/|$)")
_QUIET = ("/static/", "/healthz", "/readyz")

log = structlog.get_logger("desk.web")


class RequestLog:
    """Writes down method, path, status and milliseconds; gives each request a code for its error page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and write it down when it is answered, however that went."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500
        code = scope.setdefault("state", {})["code"] = secrets.token_hex(4)

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watch)
        finally:
            path = without_token(scope["path"])
            write = log.debug if path.startswith(_QUIET) else log.info
            spent = round((time.perf_counter() - began) * 1000, 1)
            write("request", method=scope["method"], path=path, status=status, ms=spent, code=code)


def without_token(path: str) -> str:
    """A path as it may be written down: whatever looks like a token becomes "…"."""
    return _TOKEN.sub("…", path)
