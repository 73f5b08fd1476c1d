"""Style sheets, scripts and icons, read once and served under an address that changes with their content."""

import gzip
import hashlib
import mimetypes
from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

FOLDER = Path(__file__).parents[1] / "static"
_COMPRESSED = {".css", ".js", ".svg"}


class StaticFiles:
    """All files of a folder in memory, under one fingerprint, so that they can name each other."""

    def __init__(self, room: Path, address: str) -> None:
        self.files = {
            str(path.relative_to(room)): path.read_bytes()
            for path in sorted(room.rglob("*"))
            if path.is_file()
        }
        content = b"".join(name.encode() + body for name, body in self.files.items())
        self.fingerprint = hashlib.sha256(content).hexdigest()[:12]
        self.address = f"{address}/{self.fingerprint}"
        self.packed = {
            name: gzip.compress(body, mtime=0)
            for name, body in self.files.items()
            if Path(name).suffix in _COMPRESSED
        }

    def url(self, name: str) -> str:
        """The address of a file, good for as long as nothing on the shelf changes."""
        if name not in self.files:
            raise KeyError(name)
        return f"{self.address}/{name}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for a file; an address from before a release gets today's file, not to be kept."""
        asked = scope["path"].removeprefix(scope["root_path"]).strip("/")
        fingerprint, _, name = asked.partition("/")
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or name not in self.files:
            raise HTTPException(404)
        await self._answer(name, fingerprint == self.fingerprint, Headers(scope=scope))(scope, receive, send)

    def _answer(self, name: str, is_current: bool, asked: Headers) -> Response:
        packed = self.packed.get(name) if "gzip" in asked.get("accept-encoding", "") else None
        return Response(
            packed or self.files[name],
            media_type=mimetypes.guess_type(name)[0],
            headers={
                "cache-control": "public, max-age=31536000, immutable" if is_current else "no-cache",
                "vary": "accept-encoding",
                **({"content-encoding": "gzip"} if packed else {}),
            },
        )


STATIC = StaticFiles(FOLDER, "/static")
