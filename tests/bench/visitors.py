"""Who comes to a served desk from another process: `listeners` hold streams, `reporters` send reports."""

import asyncio
import json
import sys
from collections.abc import Mapping
from itertools import count
from time import sleep
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

PAUSE = 0.25
"""Seconds between two reports: many times more than a desk gets in its busiest hour."""

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def look_for(client: Any, words: str) -> str:
    """Look for words, so that `/search/1` shows what is found; the cookie that keeps what was looked for."""
    client.post("/search", data={"sought": words}, headers={"sec-fetch-site": "same-origin"})
    return str(client.cookies["desk_searches"])


class Browser:
    """One connection that asks for one thing after the other, and costs little beside the desk itself."""

    def __init__(self, address: str, headers: Mapping[str, str] | None = None) -> None:
        self.where = urlsplit(address)
        own = {"host": self.where.netloc, "content-type": "application/json"} | dict(headers or {})
        self.head = "".join(f"{name}: {value}\r\n" for name, value in own.items())

    async def __aenter__(self) -> Self:
        self.reader, self.writer = await asyncio.open_connection(self.where.hostname, self.where.port)
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.writer.close()

    async def ask(self, method: str, path: str, sent: Any = None) -> int:
        """The status of an answer that was read to its end.

        A connection that the desk has closed meanwhile is opened again, as browsers do for a page.
        """
        try:
            return await self._ask(method, path, sent)
        except (ConnectionResetError, BrokenPipeError, asyncio.IncompleteReadError):
            if method != "GET":
                raise
            await self.__aenter__()
            return await self._ask(method, path, sent)

    async def _ask(self, method: str, path: str, sent: Any) -> int:
        body = json.dumps(sent).encode() if sent is not None else b""
        head = f"{method} {path} HTTP/1.1\r\n{self.head}content-length: {len(body)}\r\n\r\n"
        self.writer.write(head.encode() + body)
        answer = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        length = answer.partition(b"content-length:")[2].partition(b"\r\n")[0]
        await self.reader.readexactly(int(length))
        return int(answer.split(maxsplit=2)[1])


async def listen(address: str, token: str) -> Stream:
    """A live stream that has heard its first line."""
    where = urlsplit(address)
    asked = f"GET /live HTTP/1.1\r\nhost: {where.netloc}\r\ncookie: desk_log_in={token}\r\n\r\n".encode()
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    writer.write(asked)
    await reader.readuntil(b"retry: 3000")
    return reader, writer


async def hear(stream: Stream) -> None:
    """Hear a stream to its end."""
    while await stream[0].read(4096):
        pass


async def listeners(address: str, token: str, many: str) -> None:
    """Hold so many streams open until ended; say "open" when each has heard its first line."""
    streams = [await listen(address, token) for _ in range(int(many))]
    print("open", flush=True)
    await asyncio.gather(*map(hear, streams))


async def reporters(address: str) -> None:
    """Send one report after the other until ended; say "open" when the first is kept."""
    with httpx.Client(base_url=address) as client:
        for n in count():
            told = {"service": "north", "programme": "fern", "text": f"it keeps logging me out {n}"}
            contact = {"route": "email", "email": f"arriving{n}@example.org"}
            caller = {"x-forwarded-for": f"10.9.{n // 256}.{n % 256}"}
            client.post(
                "/api/v1/reports", json=told | {"contact": contact}, headers=caller
            ).raise_for_status()
            if n == 0:
                print("open", flush=True)
            sleep(PAUSE)


if __name__ == "__main__":
    who: dict[str, Any] = {"listeners": listeners, "reporters": reporters}
    asyncio.run(who[sys.argv[1]](*sys.argv[2:]))
