"""The requests of a flood: a page of every kind, and now and then something broken."""

import random
import re
from dataclasses import dataclass

from tests.web.doors import doors
from web.app import app

OFTEN_ASKED = (
    *("/", "/report", "/known", "/help", "/check", "/status", "/card", "/lost-link", "/log-in"),
    *("/healthz", "/static/api.css", "/static/nothing.css", "/privacy", "/accessibility", "/favicon.ico"),
    *("/home", "/desk", "/tickets/3", "/search", "/problems", "/training", "/cards", "/guide"),
    *("/api/v1/tickets", "/api/v1/nothing", "/api/v1/known", "/t/wrong", "/c/wrong", "/files/1"),
)
DOORS = [(method, path) for method, path, _ in doors(app) if method not in ("HEAD", "OPTIONS")]
EVERY = sorted({path for method, path in DOORS if method == "GET" and path != "/live"})
UNSAFE = sorted({door for door in DOORS if door[0] != "GET"})
KNOWN = ("1", "2", "7", "north", "fern", "0", "wrong", "99999999999999999999")
"""What a part of an address may be: what is there, and what is not."""
ODD = (
    *(b"", b"{", b"[]", b"null", b"\x00", b"\xff\xfe", b"a=%00&b=%ff&a=2", b"=&=&&", b"text=" + b"x" * 9000),
    *(b'{"text": "\\u0000 <"}', b'{"text": ' + b"[" * 3000, b"--b\r\n\r\n", b'{"text": 1e999}'),
    b'--b\r\ncontent-disposition: form-data; name="f"; filename="\xff.png"\r\n\r\n\x89PNG\r\n--b--\r\n',
)
KINDS = (
    b"application/json",
    b"application/x-www-form-urlencoded",
    b"multipart/form-data; boundary=b",
    b"multipart/form-data",
    b"text/html; charset=utf-99",
    b"\xff",
)
QUERIES = (b"?view=%00", b"?page=-1&page=x", b"?q=%ff%fe", b"?" + b"a" * 5000, b"?before=%27%22<")
HEADERS = (
    b"cookie: desk_log_in=%00; desk_searches=\xff\xfe; =; ;;",
    b"accept-language: \xff;q=9,*;q=-1,,x-" + b"y" * 500,
    b"user-agent: \xf0\x9f\x98\x80" * 3,
    b"range: bytes=5-1,-,x",
    b"if-none-match: \xff",
    b"if-modified-since: Thu, 99 Foo 0000",
    b"x-forwarded-for: \xff, , ::::",
    b"content-length: 5",
    b"host: ",
    b"accept: */*;q=x",
    b"expect: 100-continue",
    b"authorization: Bearer \xff",
)
NO_HTTP = (
    b"GET\r\n\r\n",
    b"\x16\x03\x01\x00\xa5\x01\x00\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET http://[::1 HTTP/1.1\r\nhost: x\r\n\r\n",
    b"BREW / HTTP/1.1\r\nhost: x\r\n\r\n",
    b"POST /report HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
)


@dataclass
class Sender:
    """Somebody who asks for a page after the other: known by a header, or nobody."""

    chance: random.Random
    known_by: tuple[str, str] = ("", "")
    """A header of who looks at pages, and of who sends what is broken."""
    sent: int = 0

    def next(self) -> tuple[str, bytes, bool]:
        """What is asked, as one says it; the whole of it; and whether it is broken."""
        self.sent += 1
        if self.chance.random() < 0.05:
            return (*self._broken(), True)
        path = self.chance.choice(EVERY if self.chance.random() < 0.1 else OFTEN_ASKED)
        return f"GET {path}", self._whole(b"GET", self._address(path), self.known_by[0]), False

    def _address(self, path: str) -> bytes:
        return re.sub(r"\{[^}]*\}", lambda _: self.chance.choice(KNOWN), path).encode()

    def _broken(self) -> tuple[str, bytes]:
        dice = self.chance.random()
        if dice < 0.05:
            return "no HTTP", self.chance.choice(NO_HTTP)
        if dice < 0.5:
            path = self.chance.choice(EVERY)
            odd = self.chance.choice(HEADERS) + b"\r\n" if dice < 0.3 else b""
            address = self._address(path) + self.chance.choice(QUERIES)
            return f"GET {path} {odd[:20]!r}", self._whole(b"GET", address, self.known_by[0], odd)
        method, path = self.chance.choice(UNSAFE)
        body, kind = self.chance.choice(ODD), self.chance.choice(KINDS)
        odd = b"content-type: %s\r\ncontent-length: %d\r\n" % (kind, len(body))
        return f"{method} {path} {body[:20]!r}", self._whole(
            method.encode(), self._address(path), self.known_by[1], odd, body
        )

    def _whole(
        self, method: bytes, address: bytes, known_by: str, odd: bytes = b"", body: bytes = b""
    ) -> bytes:
        n = self.chance.getrandbits(24)
        head = b"%s %s HTTP/1.1\r\nhost: 127.0.0.1\r\nsec-fetch-site: same-origin\r\n" % (method, address)
        forwarded = b"x-forwarded-for: 10.%d.%d.%d\r\n" % (n >> 16, n >> 8 & 255, n & 255)
        own = f"{known_by}\r\n".encode() if known_by else b""
        return head + forwarded + own + odd + b"\r\n" + body
