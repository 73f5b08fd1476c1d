"""A mail server and GOV.UK Notify for tests: real servers on loopback, which keep what they get."""

import asyncio
import json
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.loopback_server import served

ENOUGH = "421 4.7.0 Too many letters by one connection"


@dataclass
class Mailbox:
    """What a mail server got, and how it is to answer: `refuses` by recipient, `hangs_up` after a command.

    It has enough, `has_enough_at` a command, of a connection by which it has got a letter.
    """

    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    hangs_up: str = ""
    has_enough_at: str = ""
    at_data: Callable[[], object] = lambda: None
    is_encrypted: bool = False
    port: int = 0
    opened: int = 0
    _served: list[Session] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._has_enough("MAIL", session):
            return ENOUGH
        envelope.mail_from, envelope.mail_options = address, options
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self._has_enough("RCPT", session):
            return ENOUGH
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        if self._has_enough("DATA", session):
            return ENOUGH
        self._served.append(session)
        self.at_data()
        self.is_encrypted = session.ssl is not None
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients += envelope.rcpt_tos
        self._maybe_hang_up("DATA", server)
        return "250 OK"

    async def handle_RSET(self, server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        self._maybe_hang_up("RSET", server)
        return "250 OK"

    async def handle_QUIT(self, server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        self._maybe_hang_up("QUIT", server)
        return "221 Bye"

    def _has_enough(self, command: str, session: Session) -> bool:
        return command == self.has_enough_at and any(each is session for each in self._served)

    def _maybe_hang_up(self, command: str, server: SMTP) -> None:
        if command == self.hangs_up and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, tried: Any
    ) -> AuthResult:
        assert isinstance(tried, LoginPassword)
        self.logins.append((tried.login.decode(), tried.password.decode()))
        is_right = tried.password == b"correct horse"
        return AuthResult(success=is_right, handled=is_right)


@contextmanager
def mail_server(
    certificate: Path | None = None, *, at_once: bool = False, takes_unicode: bool = False
) -> Iterator[Mailbox]:
    """A mail server; with a certificate it insists on STARTTLS and a log-in, or speaks TLS `at_once`."""
    box = Mailbox()
    context = _context(certificate) if certificate else None
    offered = None if at_once else context

    connections: list[SMTP] = []

    def connection() -> SMTP:
        smtp = SMTP(
            box,
            hostname="mail.example",
            enable_SMTPUTF8=takes_unicode,
            tls_context=offered,
            require_starttls=offered is not None,
            authenticator=box.authenticate if context else None,
            auth_required=offered is not None,
            auth_require_tls=offered is not None,
        )
        connections.append(smtp)
        box.opened += 1
        return smtp

    with _loop() as loop:
        opening = loop.create_server(connection, "127.0.0.1", 0, ssl=context if at_once else None)
        server = asyncio.run_coroutine_threadsafe(opening, loop).result()
        box.port = server.sockets[0].getsockname()[1]
        yield box
        asyncio.run_coroutine_threadsafe(_close(server, connections), loop).result()


async def _close(server: asyncio.Server, connections: list[SMTP]) -> None:
    server.close()
    for connection in connections:
        # After a handshake that failed, aiosmtpd leaves the connection beneath it open.
        transport = connection._original_transport or connection.transport
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()


def _context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@contextmanager
def _loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield loop
    asyncio.run_coroutine_threadsafe(_end_connections(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


async def _end_connections() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def make_certificate(folder: Path) -> Path:
    """A key and a certificate for localhost, signed by itself, in one file."""
    path = folder / "localhost.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-keyout", path, "-out", folder / "certificate.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    path.write_text(path.read_text() + (folder / "certificate.pem").read_text())
    return path


@dataclass
class Notify:
    """What GOV.UK Notify was asked, how it is to answer, and what it calls afterwards.

    Each text has an id of its own; `came` is what it would post to a desk, in the published form.
    """

    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    answer: tuple[int, dict[str, Any]] = (201, {})
    url: str = ""

    def took(self, body: dict[str, Any]) -> dict[str, Any]:
        """What it answers to a text that it takes: with its id, and what it sends."""
        id = f"740e5834-3a29-46b4-9a6f-{len(self.asked):012d}"
        content = {"body": f"North: {body['personalisation']['message']}", "from_number": "NORTH"}
        return {"id": id, "reference": body["reference"], "content": content, "uri": f"{self.url}/{id}"}

    def receipt(self, status: str, of: int = -1) -> dict[str, Any]:
        """The receipt of a text, the last one if none is named."""
        body, at = self.asked[of][2], "2026-06-09T09:00:00.000000Z"
        id = f"740e5834-3a29-46b4-9a6f-{self.asked.index(self.asked[of]) + 1:012d}"
        return {
            "id": id, "reference": body["reference"], "to": body["phone_number"], "status": status,
            "created_at": at, "completed_at": at, "sent_at": at, "notification_type": "sms",
            "template_id": body["template_id"], "template_version": 1,
        }  # fmt: skip

    @staticmethod
    def received(message: str, number: str = "447700900123", id: str = "1") -> dict[str, Any]:
        """A text of somebody, as it passes it on."""
        return {
            "id": f"a7e5834c-3a29-46b4-9a6f-{id:0>12}", "source_number": number,
            "destination_number": "07700987654", "message": message,
            "date_received": "2026-06-09T09:00:00.000000Z",
        }  # fmt: skip


@contextmanager
def notify_server() -> Iterator[Notify]:
    """GOV.UK Notify, as far as sending a text message goes."""
    notify = Notify()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            notify.asked.append((self.path, self.headers["Authorization"], body))
            status, words = notify.answer
            words = notify.took(body) if status == 201 and not words else words
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(words).encode())

        def log_message(self, *_: object) -> None:
            pass

    with served(Door) as notify.url:
        yield notify
