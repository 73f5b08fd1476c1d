"""Forms with files, read whole before anything is taken for them: each file goes to the disk as it comes.

Nothing of a file is held in memory. What the application is called with is the same form without its files,
so that whatever reads forms reads this one too; the files are in the scope, and gone with the request.
"""

import asyncio
import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, BinaryIO
from urllib.parse import urlencode

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.datastructures import Headers
from starlette.types import Receive, Scope

from navigator.attachments.check import LARGEST_FILE, workplace
from navigator.attachments.limits import MOST_AT_ONCE
from navigator.people.client_ip import client_ip
from navigator.settings import settings
from web.kit.file_paths import LARGEST_BODY, LARGEST_UPLOAD

FILES = "files"
"""The name under which the application finds the files in the scope, and the box with their digests: a form
that is sent again with another picture is another form."""

MOST_AT_A_TIME = 24
MOST_OF_AN_ADDRESS = 6
"""Forms with files that are read or answered at a time: a disk, and not a memory, is what they take."""
MOST_PARTS = 250


class FilePart:
    """A file of a form: it lies on the disk, and has no name there; of one too many nothing does."""

    def __init__(self, file_name: str, file: BinaryIO | None) -> None:
        self.file_name, self.file = file_name, file
        self.size, self.is_too_large = 0, False
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> None:
        """Keep more of it; of what is too large no more is kept."""
        self.size += len(data)
        self.is_too_large = self.size > LARGEST_FILE
        self.digest.update(data)
        if self.file and not self.is_too_large:
            self.file.write(data)


class Upload:
    """A form with files, on its way: `feed` it with what comes."""

    def __init__(self, address: str, content_type: str, until_answered: ExitStack) -> None:
        self.address = address
        self.patience: asyncio.Timeout | None = None
        self.is_crowded_out = False
        self.fields: list[tuple[str, str]] = []
        self.files: list[FilePart] = []
        self._until_answered = until_answered
        self._words = 0
        self._parts = 0
        self._ended = False
        self._content_type = content_type
        self._parser: MultipartParser | None = None

    def feed(self, data: bytes) -> None:
        """Take what came; FormParserError where it is no form."""
        if self._parser is None:
            boundary = parse_options_header(self._content_type)[1].get(b"boundary", b"")
            self._parser = MultipartParser(boundary, self._callbacks())  # type: ignore[arg-type]
        self._parser.write(data)

    def finish(self) -> None:
        """All of it is here; FormParserError where it breaks off."""
        if not self._ended:
            raise FormParserError("no end")

    def crowd_out(self) -> None:
        """Refuse it while it is still coming."""
        self.is_crowded_out = True
        if self.patience:
            self.patience.reschedule(0)

    def as_plain_form(self) -> bytes:
        """The form without its files, as any other form is sent; for each file its digest."""
        digests = [(FILES, one.digest.hexdigest()) for one in self.files]
        return urlencode([*self.fields, *digests]).encode()

    def _callbacks(self) -> dict[str, Any]:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header,
            "on_headers_finished": self._choose,
            "on_part_data": lambda data, start, end: self._take(data[start:end]),
            "on_part_end": self._end,
            "on_end": self._finished,
        }

    def _begin(self) -> None:
        self._name, self._value = b"", b""
        self._disposition = b""
        self._part: FilePart | None = None
        self._text = bytearray()
        self._is_file = False
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise FormParserError("too many parts")

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]  # the parser bounds how long

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header(self) -> None:
        if self._name.lower() == b"content-disposition":
            self._disposition = self._value
        self._name, self._value = b"", b""

    def _choose(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._field = options.get(b"name", b"").decode("utf-8", "replace")
        self._is_file = b"filename" in options
        self._file_name = options.get(b"filename", b"").decode("utf-8", "replace")

    def _take(self, data: bytes) -> None:
        if not self._is_file:
            self._words += len(data)
            if self._words > LARGEST_BODY:
                raise OverflowError
            self._text += data
        else:
            self._part = self._part or self._new_file()
            self._part.write(data)

    def _new_file(self) -> FilePart:
        file: Any = None
        if len(self.files) < MOST_AT_ONCE:
            # Unbuffered, so that another process may read on where it lies.
            opened = tempfile.TemporaryFile(dir=workplace(), buffering=0)  # noqa: SIM115 - it is entered
            file = self._until_answered.enter_context(opened)
        part = FilePart(self._file_name, file)
        self.files.append(part)
        return part

    def _end(self) -> None:
        if not self._is_file:
            self.fields.append((self._field, self._text.decode("utf-8", "replace")))
        elif self._part is None and self._file_name:
            self._new_file()  # chosen, and empty

    def _finished(self) -> None:
        self._ended = True


async def read_upload(receive: Receive, upload: Upload) -> int:
    """Read a form with files whole: 0, or the status of the answer to one that cannot be read."""
    now = asyncio.get_running_loop().time
    ends, size, is_whole, status = now() + settings().slow_upload_seconds, 0, False, 0
    try:
        async with asyncio.timeout_at(ends) as upload.patience:
            while not (is_whole or upload.is_crowded_out):
                upload.patience.reschedule(min(ends, now() + settings().stalled_request_seconds))
                message = await receive()
                if message["type"] != "http.request":
                    return 408  # gone: nobody hears it
                is_whole = not message.get("more_body", False)
                size += len(message.get("body", b""))
                if size > LARGEST_UPLOAD:
                    return 413
                upload.feed(message.get("body", b""))
        upload.finish()
    except (FormParserError, OverflowError, TimeoutError, OSError) as error:
        status = next(status for kind, status in _STATUSES if isinstance(error, kind))
    finally:
        upload.patience = None
    return 503 if upload.is_crowded_out else status


_STATUSES: Sequence[tuple[type[Exception], int]] = (
    (FormParserError, 400),
    (OverflowError, 413),
    (TimeoutError, 408),
    (OSError, 503),
)
"""What cannot be read as a form, or has too many words, or comes too slowly; and a disk that is full."""


def become_plain(scope: Scope, form: bytes, upload: Upload) -> None:
    """Let a request be one whose body is the form without its files."""
    replaced = (b"content-type", b"content-length", b"transfer-encoding")
    headers = [header for header in scope["headers"] if header[0] not in replaced]
    headers += [
        (b"content-type", b"application/x-www-form-urlencoded"),
        (b"content-length", str(len(form)).encode()),
    ]
    scope.update({"headers": headers, FILES: upload.files})


class _Reading:
    """The forms with files of this process that are read or answered now, the oldest first."""

    uploads: list[Upload] = []  # noqa: RUF012 - one for the process

    @classmethod
    def has_room(cls, address: str) -> bool:
        """Whether an address may send one more: where all places are taken, by whoever has most of them."""
        taken = Counter(upload.address for upload in cls.uploads)
        if taken[address] >= MOST_OF_AN_ADDRESS:
            return False
        if len(cls.uploads) < MOST_AT_A_TIME:
            return True
        coming = [one for one in cls.uploads if one.patience and taken[one.address] > taken[address] + 1]
        if not coming:
            return False
        crowded_out = max(coming, key=lambda one: taken[one.address])
        cls.uploads.remove(crowded_out)
        crowded_out.crowd_out()
        return True


@contextmanager
def admitted(scope: Scope, headers: Headers) -> Iterator[Upload | None]:
    """A form with files that may be read now, None for one too many; it counts until it is answered."""
    address = client_ip((scope.get("client") or ("",))[0], headers.getlist("x-forwarded-for"))
    if not _Reading.has_room(address):
        yield None
        return
    with ExitStack() as until_answered:
        upload = Upload(address, headers.get("content-type", ""), until_answered)
        _Reading.uploads.append(upload)
        try:
            yield upload
        finally:
            if not upload.is_crowded_out:
                _Reading.uploads.remove(upload)
