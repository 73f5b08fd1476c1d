"""Who comes to a served desk from another process: `listeners` hold streams, `reporters` send reports."""

import asyncio
import sys
from itertools import count
from time import sleep
from typing import Any
from urllib.parse import urlsplit

import httpx

PAUSE = 0.25
"""Seconds between two reports: many times more than a desk gets in its busiest hour."""


async def listeners(address: str, token: str, many: str) -> None:
    """Hold so many streams open until ended; say "open" when each has heard its first line."""
    where = urlsplit(address)
    asked = f"GET /live HTTP/1.1\r\nhost: {where.netloc}\r\ncookie: desk_log_in={token}\r\n\r\n".encode()
    streams = []
    for _ in range(int(many)):
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        writer.write(asked)
        await reader.readuntil(b"retry: 3000")
        streams.append((reader, writer))
    print("open", flush=True)
    await asyncio.gather(*(_hear(reader) for reader, _ in streams))


async def _hear(reader: asyncio.StreamReader) -> None:
    while await reader.read(4096):
        pass


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
