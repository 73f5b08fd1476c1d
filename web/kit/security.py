"""Security middleware: CSRF protection against cross-site requests, body size limit, security headers."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from navigator.settings import settings
from web.kit.cookies import is_secure
from web.kit.error_pages import error_page
from web.kit.file_paths import FILE_ADDRESS, largest_body

LONGEST_PATH = 2000
"""Characters: the codes and tokens in a path are shorter, and no database is asked for a NUL."""

WITHOUT_ORIGIN = ("/api/", "/status/leave/")
"""Where no browser need send a form: the API, which takes keys, and the end of messages by one press in a
mail program, which its own signed token allows and which reads no cookie."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CONTENT_POLICY = "content-security-policy"


def content_policy(hosts: Iterable[str] = ()) -> str:
    """The content security policy of a page whose script may ask these hosts too, and no others."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            " ".join(("connect-src 'self'", *(f"https://{host}" for host in hosts))),
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


_SECURITY_HEADERS = {
    CONTENT_POLICY: content_policy(),
    "x-content-type-options": "nosniff",
    # Not "no-referrer": under it browsers send "Origin: null" even to ourselves, and an old phone, sending no
    # Sec-Fetch-Site, could not be told from another site.
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_DEFAULT_HEADERS = {"cache-control": "no-store", "x-robots-tag": "noindex, nofollow"}
_HTTPS_HEADERS = {"strict-transport-security": "max-age=31536000"}


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers.items()]


_RAW_DEFAULTS = _raw(_DEFAULT_HEADERS)
_FILE_HEADERS = {
    "content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
}
"""Of what people sent: nothing in it runs, loads or is framed, and its address is told to nobody."""
_RAW_SECURITY = {False: _raw(_SECURITY_HEADERS), True: _raw(_SECURITY_HEADERS | _HTTPS_HEADERS)}
_RAW_FILE = {
    is_https: _raw(dict(_SECURITY_HEADERS) | (_HTTPS_HEADERS if is_https else {}) | _FILE_HEADERS)
    for is_https in (False, True)
}
_SECURITY_NAMES = frozenset(name for name, _ in _RAW_SECURITY[True]) - {CONTENT_POLICY.encode()}
"""What no page says otherwise; its own content policy is made by `content_policy`."""


class SecurityMiddleware:
    """CSRF protection, size limit and security headers around the whole application, error pages too."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        app: Any = self.app
        if "\0" in scope["path"] or len(scope["path"]) > LONGEST_PATH:
            app = error_page(scope, 404)
        elif len(headers.getlist("host")) > 1:
            app = error_page(scope, 400)  # a proxy may have looked at the other one
        elif scope["method"] not in _SAFE_METHODS:
            if not is_same_origin(scope, headers):
                app = error_page(scope, 403, "This did not come from a page of this desk. Nothing was saved.")
            elif _content_length(headers) > largest_body(scope, headers.get("content-type", "")):
                app = error_page(scope, 413)
        # Whoever asks for the head alone gets that of the page; the routes know GET only.
        app_scope = {**scope, "method": "GET", "head_alone": True} if scope["method"] == "HEAD" else scope
        try:
            await app(app_scope, receive, _with_headers(scope, send))
        finally:  # for the log
            scope.update({name: app_scope[name] for name in ("route", "root_path") if name in app_scope})


def is_same_origin(scope: Scope, headers: Headers) -> bool:
    """Whether an unsafe request comes from our own origin, or from no browser at all and for the API."""
    if site := headers.get("sec-fetch-site"):
        return site in ("same-origin", "none")
    if origin := headers.get("origin"):
        scheme = "https" if _is_https(scope) else "http"
        own = (f"{scheme}://{headers.get('host', '')}", settings().base_url)
        return origin_of(origin) in {origin_of(url) for url in own} - {None}
    return str(scope["path"]).startswith(WITHOUT_ORIGIN)


def origin_of(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of a URL, which browsers compare; None if it is no web address."""
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname and port else None


def _is_https(scope: Scope) -> bool:
    """Whether a browser came by https, be it to a proxy in front of the desk."""
    return scope["scheme"] == "https" or is_secure()


def _content_length(headers: Headers) -> int:
    size = headers.get("content-length", "0")
    return int(size) if size.isdecimal() else 0


def _with_headers(scope: Scope, send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = [header for header in message.get("headers", ()) if header[0] not in _SECURITY_NAMES]
            names = {name for name, _ in own}
            is_file = scope["path"].startswith(FILE_ADDRESS) and message["status"] == 200  # else our own page
            secure = _RAW_FILE if is_file else _RAW_SECURITY
            ours = (*secure[_is_https(scope)], *_RAW_DEFAULTS)
            message["headers"] = [*own, *(header for header in ours if header[0] not in names)]
        elif scope["method"] == "HEAD":
            message = {**message, "body": b""}
        await send(message)

    return send_with_headers
