"""Requests to other machines that somebody named in a setting, within limits: where to, how much, how long.

A name is resolved once, each of its addresses is looked at, and the connection goes to one of these: a name
that leads into the network of the desk (SSRF) is refused, also where it is another one at the second look.
"""

import ipaddress
import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from time import monotonic
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx

from navigator.settings import settings

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
STEP_SECONDS = 10.0
"""So long one connection, or one piece of an answer, is waited for."""

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class Unreachable(Exception):
    """There was no answer that may be read; the message says why, and nothing of what was sent or read."""


class NotAllowed(Unreachable):
    """The desk does not ask this: an address outside what was named, or inside its own network."""


@dataclass(frozen=True)
class Limits:
    """The most that is read, in bytes, and for how long altogether."""

    size: int
    seconds: float


@dataclass(frozen=True)
class Answer:
    """An answer, whole and within its limits."""

    status: int
    text: str
    url: str
    location: str = ""
    retry_after: str = ""


def check_url(url: str) -> str:
    """A web address that may be asked, as it was typed; ValueError says to a person why it may not."""
    parts = urlsplit(url)
    try:
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if not host or parts.username or parts.password or parts.fragment or not url.isascii() or " " in url:
        raise ValueError("Write a whole web address, like https://desk.example.nhs.uk/path")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_test_of_own(host)):
        raise ValueError("It must begin with https://")
    return url


def is_test_of_own(host: str) -> bool:
    """Whether a host is this machine itself, where a test says that it may be asked."""
    return host in LOOPBACK and settings().asks_itself


class Browser:
    """Asks one web address after another, with the cookies that it was given; for one occasion only."""

    def __init__(self, limits: Limits, allows_private: bool = False) -> None:
        self.limits = limits
        headers = {"user-agent": "Navigator Desk", "accept-encoding": "identity"}
        transport = _Transport(allows_private, monotonic() + limits.seconds)
        self._client = httpx.Client(transport=transport, headers=headers, timeout=STEP_SECONDS)

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def ask(
        self,
        url: str,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> Answer:
        """Get an address, or post a form to it; no redirect is followed."""
        return self._send("GET" if form is None else "POST", url, data=form, headers=headers)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Post a body to an address; no redirect is followed."""
        return self._send("POST", url, content=body, headers=dict(headers))

    def _send(self, method: str, url: str, **sent: Any) -> Answer:
        try:
            check_url(url)
            with self._client.stream(method, url, **sent) as response:
                if response.headers.get("content-encoding", "identity") != "identity":
                    raise NotAllowed("The answer is compressed, which was not asked for.")
                text = self._read(response)
                location = response.headers.get("location", "") if response.is_redirect else ""
                retry_after = response.headers.get("retry-after", "")
                return Answer(response.status_code, text, str(response.url), location, retry_after)
        except (httpx.HTTPError, httpx.InvalidURL, *_FAILURES) as error:
            raise Unreachable(f"There is no answer ({type(error).__name__}).") from None
        except ValueError as error:
            raise NotAllowed(str(error)) from None

    def _read(self, response: httpx.Response) -> str:
        read = bytearray()
        for piece in response.iter_raw():
            read += piece
            if len(read) > self.limits.size:
                raise NotAllowed("The answer is too long.")
        return read.decode(response.charset_encoding or "utf-8", "replace")


_FAILURES = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, OSError, LookupError)


class _Body(httpx.SyncByteStream):
    """The body of an answer, as it comes in."""

    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        yield from self._response.iter_stream()

    def close(self) -> None:
        """Let the connection go."""
        self._response.close()


class _Transport(httpx.BaseTransport):
    """Sends requests by connections that were looked at; it knows no proxy and no environment."""

    def __init__(self, allows_private: bool, ends_at: float) -> None:
        backend = _CheckedBackend(allows_private, ends_at)
        self._pool = httpcore.ConnectionPool(ssl.create_default_context(), network_backend=backend)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request."""
        asked = request.url
        url = httpcore.URL(
            scheme=asked.raw_scheme, host=asked.raw_host, port=asked.port, target=asked.raw_path
        )
        content: Any = request.stream
        sent = httpcore.Request(
            request.method, url, headers=request.headers.raw, content=content, extensions=request.extensions
        )
        answer = self._pool.handle_request(sent)
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions
        )

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()


class _CheckedBackend(httpcore.NetworkBackend):
    """Connections to addresses that may be asked, which all end at one moment."""

    def __init__(self, allows_private: bool, ends_at: float) -> None:
        self._allows_private, self._ends_at = allows_private, ends_at
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to a host, at the first of its addresses that answers."""
        error: Exception = OSError("no address")
        for address in allowed_addresses(host, port, self._allows_private):
            try:
                wait = _left(self._ends_at, timeout)
                stream = self._inner.connect_tcp(address, port, wait, local_address, socket_options)
                return _TimedStream(stream, self._ends_at)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failed:
                error = failed
        raise error


class _TimedStream(httpcore.NetworkStream):
    """A connection on which nothing is waited for beyond its end, however slowly it drips."""

    def __init__(self, inner: httpcore.NetworkStream, ends_at: float) -> None:
        self._inner, self._ends_at = inner, ends_at

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what is there."""
        return self._inner.read(max_bytes, _left(self._ends_at, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of it."""
        self._inner.write(buffer, _left(self._ends_at, timeout))

    def close(self) -> None:
        """Close it."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Go on under TLS, with a certificate for the name that was asked for."""
        wait = _left(self._ends_at, timeout)
        return _TimedStream(self._inner.start_tls(ssl_context, server_hostname, wait), self._ends_at)

    def get_extra_info(self, info: str) -> Any:
        """What the connection says of itself."""
        return self._inner.get_extra_info(info)


def _left(ends_at: float, timeout: float | None) -> float:
    left = ends_at - monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return min(left, timeout or STEP_SECONDS)


def allowed_addresses(host: str, port: int, allows_private: bool = False) -> list[str]:
    """The addresses of a host; `NotAllowed` if one of them is none that the desk may ask."""
    found = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    for address in found:
        if not is_allowed(address, allows_private):
            raise NotAllowed("The address leads into a private network.")
    return sorted(found)


def is_allowed(address: str, allows_private: bool = False) -> bool:
    """Whether an IP address may be asked: of the internet, or private where that was said of it."""
    ip = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    if ip.is_loopback:
        return settings().asks_itself
    if ip.is_multicast or ip.is_unspecified or ip.is_link_local or ip.is_reserved:
        return False
    return ip.is_global or (allows_private and ip.is_private)


def _unwrapped(ip: IpAddress) -> IpAddress:
    """The IPv4 address that an IPv6 address stands for, if it does."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip
