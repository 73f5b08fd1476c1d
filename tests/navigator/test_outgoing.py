"""What the desk asks of other machines: only what was named, nothing of its own network, within limits."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import sleep
from typing import Any

import pytest

from navigator.outgoing import (
    Browser,
    Limits,
    NotAllowed,
    Unreachable,
    allowed_addresses,
    check_url,
    is_allowed,
)
from navigator.settings import settings

LIMITS = Limits(size=1000, seconds=20)


@pytest.fixture
def asks_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "asks_itself", True)


@pytest.mark.parametrize(
    "url",
    [
        "http://desk.example.nhs.uk/feed",
        "http://127.0.0.1/feed",
        "ftp://desk.example/feed",
        "https://user:word@desk.example/feed",
        "https:///feed",
        "https://desk.example:99999/feed",
        "file:///etc/passwd",
        "https://desk.example/a b",
        "//desk.example/feed",
        "",
    ],
)
def test_an_address_that_is_no_https_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"https://"):
        check_url(url)


def test_loopback_is_for_tests_alone(asks_itself: None) -> None:
    assert check_url("http://127.0.0.1:99/feed")
    with pytest.raises(ValueError, match="https"):
        check_url("http://desk.example/feed")


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.0.1", "100.64.0.1", "169.254.169.254", "0.0.0.0"),  # noqa: S104
        *("224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1"),
        *("64:ff9b::a00:1", "2002:a00:1::", "ff02::1"),
    ],
)
def test_no_address_of_our_own_network(address: str) -> None:
    """T16 of the peers."""
    assert not is_allowed(address)


@pytest.mark.parametrize("address", ["10.0.0.1", "192.168.0.1", "fc00::1", "::ffff:10.0.0.1"])
def test_private_addresses_where_somebody_said_so(address: str) -> None:
    assert is_allowed(address, allows_private=True)


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "::1", "0.0.0.0", "fe80::1"])  # noqa: S104
def test_never_this_machine_nor_what_its_network_says_of_it(address: str) -> None:
    assert not is_allowed(address, allows_private=True)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_addresses_of_the_internet(address: str) -> None:
    assert is_allowed(address)


def test_one_bad_address_of_a_name_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """T16 of the peers."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in ("1.1.1.1", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(NotAllowed, match="private network"):
        allowed_addresses("desk.example", 443)
    with Browser(LIMITS) as browser, pytest.raises(NotAllowed):
        browser.ask("https://desk.example/feed")


class Door(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()
        elif self.path == "/packed":
            self.send_response(200)
            self.send_header("content-encoding", "gzip")
            self.end_headers()
        elif self.path == "/hang":
            sleep(10)
            self._say(b"")
        elif self.path == "/drip":
            self._drip()
        else:
            self._say(b"x" * (2000 if self.path == "/long" else 10))

    def _say(self, words: bytes) -> None:
        with suppress(OSError):  # whoever asked may have gone
            self.send_response(200)
            self.end_headers()
            self.wfile.write(words)

    def _drip(self) -> None:
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            for _ in range(100):
                self.wfile.write(b"x: 1\r\n")
                sleep(0.1)
            self.wfile.write(b"\r\n")
        except OSError:
            pass

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def serving() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_an_answer_within_its_limits_is_read(asks_itself: None) -> None:
    with serving() as address, Browser(LIMITS) as browser:
        assert browser.ask(f"{address}/short").text == "x" * 10
        moved = browser.ask(f"{address}/moved")
        assert (moved.status, moved.location) == (302, "http://127.0.0.1:1/elsewhere")  # nobody went there
        for path, words in (("/long", "too long"), ("/packed", "compressed")):
            with pytest.raises(NotAllowed, match=words):
                browser.ask(address + path)


def test_an_answer_that_drips_is_waited_for_once_and_not_for_each_drop(asks_itself: None) -> None:
    """Its end would come after ten seconds, and be an answer."""
    with serving() as address, Browser(Limits(1000, 1)) as browser, pytest.raises(Unreachable):
        browser.ask(f"{address}/drip")


def test_what_says_nothing_is_waited_for_no_longer_than_altogether(asks_itself: None) -> None:
    """Nor is this one, which would say something after ten seconds."""
    with serving() as address, Browser(Limits(1000, 1)) as browser, pytest.raises(Unreachable):
        browser.ask(f"{address}/hang")


def test_without_that_setting_this_machine_is_not_asked() -> None:
    with serving() as address, Browser(LIMITS) as browser, pytest.raises(NotAllowed):
        browser.ask(f"{address}/short")


def test_what_does_not_answer_says_so_and_nothing_more(asks_itself: None) -> None:
    with (
        Browser(LIMITS) as browser,
        pytest.raises(Unreachable, match=r"^There is no answer \(ConnectError\).$"),
    ):
        browser.ask("http://127.0.0.1:9/secret")
