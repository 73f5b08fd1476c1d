"""A server of LMTP (RFC 2033): a mail server of this machine delivers, and hears if the mail is kept.

Nothing is answered with 250 before it is committed: whatever is killed, the mail server still has the mail,
tries again, and the same mail again is the one that is kept. No session is open while a sender is waited for.
"""

import asyncio
import logging
import os
import signal
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, cast

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, syntax

from navigator.errors import Conflict
from navigator.mail_in.delivered import is_too_large, keep_delivered, service_of_address
from navigator.mail_in.lmtp_place import Place, require_free
from navigator.mail_in.store import BEGINNING, LARGEST, Arrived
from navigator.safe_logging import exception_location

SECONDS = 300.0
"""So long a command is waited for, and so long a mail may take to come in, as RFC 5321 has it."""
LIFE = 1800.0
"""Seconds that a connection lasts, however often its sender says something: a mail server makes a new one."""
MOST_CONNECTIONS = 10
"""Each may hold one mail in memory."""
MOST_RECIPIENTS = 100
LONGEST_COMMAND = 2_000
SOCKET_MODE = 0o117
"""What a new socket denies: its owner and its group alone may deliver."""

KEPT, TOO_LARGE = "250 2.0.0 Kept", "552 5.3.4 Too large: only its beginning was kept"
NO_MAILBOX, TRY_AGAIN = "550 5.1.1 There is no such mailbox here", "451 4.3.0 Not kept now, please try again"
TOO_MANY, BUSY = "452 4.5.3 Too many recipients", b"421 4.3.2 Too many connections, please try again\r\n"
LONG_ENOUGH = b"421 4.4.2 This connection has lasted long enough, please come again\r\n"

log = structlog.get_logger("desk.mail")


class _Delivery(Envelope):
    """A mail on its way in: of each recipient that was taken, the service."""

    def __init__(self) -> None:
        super().__init__()
        self.service_ids: list[int] = []


class _Full(asyncio.Protocol):
    """A connection too many: it is told to come again."""

    def connection_made(self, transport: Any) -> None:
        """Say so, and end."""
        transport.write(BUSY)
        transport.close()


class _Answers:
    """What the desk says to the commands of LMTP."""

    def __init__(self, in_thread: Callable[..., Any]) -> None:
        self.in_thread = in_thread

    async def handle_EHLO(  # noqa: N802 - aiosmtpd’s name
        self, _server: Any, session: Any, _mail: Any, host: str, said: list[str]
    ) -> list[str]:
        """Commands may be sent without waiting for each answer."""
        session.host_name = host
        return [*said[:-1], "250-PIPELINING", said[-1]]

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, mail: _Delivery, address: str, _options: Any
    ) -> str:
        """Take a recipient whose mailbox there is."""
        if len(mail.rcpt_tos) >= MOST_RECIPIENTS:
            return TOO_MANY
        try:
            service_id = await self.in_thread(service_of_address, address)
        except Exception as error:  # whatever it is, the mail server still has the mail
            return _try_again(error)
        if service_id is None:
            return NO_MAILBOX
        mail.rcpt_tos.append(address)
        mail.service_ids.append(service_id)
        return "250 2.1.5 OK"

    async def handle_exception(self, error: Exception) -> str:
        """A command that nobody foresaw."""
        return _try_again(error)

    async def keep(self, mail: _Delivery, arrived: Arrived) -> list[str]:
        """Keep a mail once a service; an answer for each of its recipients, in their order."""
        answers: dict[int, str] = {}
        for service_id in dict.fromkeys(mail.service_ids):
            pairs = zip(mail.service_ids, mail.rcpt_tos, strict=True)
            recipients = [address for of_service, address in pairs if of_service == service_id]
            try:
                await self.in_thread(keep_delivered, service_id, mail.mail_from or "", recipients, arrived)
                answers[service_id] = TOO_LARGE if is_too_large(arrived) else KEPT
            except Exception as error:
                answers[service_id] = _try_again(error)
        return [answers[service_id] for service_id in mail.service_ids]


def _try_again(error: Exception) -> str:
    log.error("mail not kept", error=exception_location(error))
    return TRY_AGAIN


class _Connection(LMTP):
    """A connection as aiosmtpd has it, but for the mail itself: each of its recipients has an answer."""

    line_length_limit = 65_536
    """How much is read at once; a longer line of a mail is read in pieces, and kept."""
    command_size_limit = LONGEST_COMMAND

    def __init__(
        self, answers: _Answers, seconds: float, life: float, ended: Callable[["_Connection"], None]
    ) -> None:
        self.answers, self.life, self.ended = answers, life, ended
        self.takes_mail = self.is_old = False
        super().__init__(
            answers,
            data_size_limit=None,
            enable_SMTPUTF8=True,
            hostname="navigator-desk",
            ident="LMTP",
            timeout=seconds,
        )
        self.command_size_limits = defaultdict(lambda: LONGEST_COMMAND)

    def _create_envelope(self) -> _Delivery:
        return _Delivery()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It begins, and is bounded."""
        super().connection_made(transport)
        self.ageing = asyncio.get_running_loop().call_later(self.life, self._grow_old)

    def _grow_old(self) -> None:
        """End it politely: at once, or when the mail that comes in is kept and answered."""
        self.is_old = True
        if isinstance(self.transport, asyncio.WriteTransport) and not self.takes_mail:
            self.transport.write(LONG_ENOUGH)
            self.transport.close()  # nobody who reads nothing holds it: that is `seconds` long, as before

    def connection_lost(self, error: Exception | None) -> None:
        """It ends, however that came."""
        self.ageing.cancel()
        self.ended(self)
        super().connection_lost(error)

    def end(self) -> None:
        """End it now, whether or not anybody reads what was answered."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    def _timeout_cb(self) -> None:
        self.end()

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        """Take a mail, keep it, and only then answer, once for each recipient."""
        mail = cast("_Delivery", self.envelope)
        if arg or not mail.rcpt_tos:
            await self.push("501 5.5.4 Syntax: DATA" if arg else "503 5.5.1 Name a recipient first")
            return
        self.takes_mail = True
        try:
            await self._take(mail)
        finally:
            self.takes_mail = False
        if self.is_old:
            self._grow_old()

    async def _take(self, mail: _Delivery) -> None:
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        arrived = await self._arrived()
        self._reset_timeout()
        answers = await self.answers.keep(mail, arrived)
        self.envelope = self._create_envelope()
        await self.push("\r\n".join(answers))

    async def _arrived(self) -> Arrived:
        """What is sent before the lone dot; of more than is kept, only the beginning stays in memory."""
        content, size, is_at_start = bytearray(), 0, True
        while (piece := await self._piece()) != b".\r\n" or not is_at_start:
            kept = piece[1:] if is_at_start and piece.startswith(b".") else piece
            is_at_start = piece.endswith(b"\r\n")
            size += len(kept)
            if size <= LARGEST:
                content += kept
            else:
                del content[BEGINNING:]
        return Arrived(bytes(content), size)

    async def _piece(self) -> bytes:
        """A line, or as much of a long one as there is."""
        try:
            return await self._reader.readuntil(b"\r\n")
        except asyncio.LimitOverrunError as error:
            return await self._reader.read(error.consumed)


class Door:
    """Where mail servers come in: so many at once, each for so long."""

    def __init__(self, seconds: float = SECONDS, most: int = MOST_CONNECTIONS, life: float = LIFE) -> None:
        self.seconds, self.most, self.life = seconds, most, life
        self.connections: set[_Connection] = set()
        self.threads = ThreadPoolExecutor(2, "lmtp")

    async def open(self, place: Place) -> asyncio.Server:
        """Listen; a socket that a server has left behind is made anew."""
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # aiosmtpd’s: it repeats what was sent
        try:
            return await self._listen(place)
        except OSError as error:
            raise Conflict(f"{place.path or place.host}: {error.strerror or error}") from None

    async def _listen(self, place: Place) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        if place.path is None:
            return await loop.create_server(self._connection, place.host, place.port)
        require_free(place.path)
        mask = os.umask(SOCKET_MODE)
        try:
            return await loop.create_unix_server(self._connection, str(place.path))
        finally:
            os.umask(mask)

    def _connection(self) -> asyncio.Protocol:
        if len(self.connections) >= self.most:
            return _Full()
        run = partial(asyncio.get_running_loop().run_in_executor, self.threads)
        connection = _Connection(_Answers(run), self.seconds, self.life, self.connections.discard)
        self.connections.add(connection)
        return connection

    def close(self) -> None:
        """End what is open; what is just being kept is kept, and is asked for again."""
        for connection in tuple(self.connections):
            connection.end()
        self.threads.shutdown()


async def serve(place: Place, ready: Callable[[str], None]) -> None:
    """Take mail until a signal says that it is enough."""
    door, stopped, loop = Door(), asyncio.Event(), asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stopped.set)
    server = await door.open(place)
    ready(str(place.path) if place.path else "{}:{}".format(*server.sockets[0].getsockname()[:2]))
    await stopped.wait()
    server.close()
    door.close()
    if place.path:
        place.path.unlink(missing_ok=True)
