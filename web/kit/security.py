"""The guard at the door: refuses what other sites send or what is too large; safe headers for all answers."""

from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from navigator.settings import settings
from web.kit.cookies import is_secure
from web.kit.error_pages import error_page

LARGEST_BODY = 500_000
"""Bytes: several texts of 5,000 characters, each of which takes up to 60,000 when sent."""

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_ALWAYS = {
    "content-security-policy": _CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    # Not "no-referrer": under it browsers send "Origin: null" even to ourselves, and an old phone, sending no
    # Sec-Fetch-Site, could not be told from another site.
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_UNLESS_THE_PAGE_SAYS = {"cache-control": "no-store", "x-robots-tag": "noindex, nofollow"}
_ONLY_BY_TLS = {"strict-transport-security": "max-age=31536000"}


class SecurityMiddleware:
    """Stands before the whole application, error pages included."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        app: Any = self.app
        if scope["method"] not in _SAFE_METHODS:
            if not is_same_origin(scope, headers):
                app = error_page(scope, 403, "This did not come from a page of this desk. Nothing was saved.")
            elif _announced_size(headers) > LARGEST_BODY:
                app = error_page(scope, 413)
        # Whoever asks for the head alone gets that of the page; the routes know GET only.
        asked = {**scope, "method": "GET", "head_alone": True} if scope["method"] == "HEAD" else scope
        await app(asked, receive, _dressed(scope, send))


def is_same_origin(scope: Scope, headers: Headers) -> bool:
    """Whether an unsafe request comes from our own pages, or from no browser at all and for the API."""
    if site := headers.get("sec-fetch-site"):
        return site in ("same-origin", "none")
    if origin := headers.get("origin"):
        return urlsplit(origin).netloc in (headers.get("host"), urlsplit(settings().base_url).netloc)
    return str(scope["path"]).startswith("/api/")


def _announced_size(headers: Headers) -> int:
    size = headers.get("content-length", "0")
    return int(size) if size.isdecimal() else 0


def _dressed(scope: Scope, send: Send) -> Send:
    async def dress(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(_ALWAYS | (_ONLY_BY_TLS if scope["scheme"] == "https" or is_secure() else {}))
            for name, value in _UNLESS_THE_PAGE_SAYS.items():
                headers.setdefault(name, value)
        elif scope["method"] == "HEAD":
            message = {**message, "body": b""}
        await send(message)

    return dress
