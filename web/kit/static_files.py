"""Static files: style sheets, scripts and icons, served from memory under a URL with their fingerprint."""

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
    """All static files of a folder in memory, under one fingerprint, so that they can name each other."""

    def __init__(self, folder: Path, prefix: str) -> None:
        self.files = {
            str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        content = b"".join(name.encode() + body for name, body in self.files.items())
        self.fingerprint = hashlib.sha256(content).hexdigest()[:12]
        self.address = f"{prefix}/{self.fingerprint}"
        self._compressed: dict[str, bytes] = {}

    def url(self, name: str) -> str:
        """The URL of a static file, good for as long as no file changes."""
        if name not in self.files:
            raise KeyError(name)
        return f"{self.address}/{name}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for a file; a URL from before a release gets today's file, not to be cached."""
        path = scope["path"].removeprefix(scope["root_path"]).strip("/")
        fingerprint, _, name = path.partition("/")
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or name not in self.files:
            raise HTTPException(404)
        await self._response(name, fingerprint == self.fingerprint, Headers(scope=scope))(
            scope, receive, send
        )

    def _response(self, name: str, is_current: bool, headers: Headers) -> Response:
        compressed = self._gzipped(name) if "gzip" in headers.get("accept-encoding", "") else None
        return Response(
            compressed or self.files[name],
            media_type=mimetypes.guess_type(name)[0],
            headers={
                "cache-control": "public, max-age=31536000, immutable" if is_current else "no-cache",
                "vary": "accept-encoding",
                **({"content-encoding": "gzip"} if compressed else {}),
            },
        )

    def _gzipped(self, name: str) -> bytes | None:
        """A file compressed, by whoever asks for it first: no start waits for all of them."""
        if Path(name).suffix not in _COMPRESSED:
            return None
        if name not in self._compressed:
            self._compressed[name] = gzip.compress(self.files[name], mtime=0)
        return self._compressed[name]


STATIC = StaticFiles(FOLDER, "/static")
