"""The check of a file by its content: a picture, which is made anew, or a PDF, or why it is neither."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from navigator import private_files
from navigator.attachments.attachment import Kind
from navigator.attachments.reencode import SECONDS, TOO_MANY_PIXELS
from navigator.errors import Invalid
from navigator.settings import settings

LARGEST_FILE = 8_000_000 + 400_000
"""Bytes: 8 MB, however a phone counts them."""
PATIENCE = SECONDS + 10
"""Seconds that a picture is waited for, on a machine that has other work."""

_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")
_APPLES = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"heif")
_PDF = b"%PDF-"
_END_OF_PDF = b"%%EOF"
_WHITE = b" \t\r\n\0\f"

EMPTY = "It is empty."
TOO_LARGE = "It is bigger than 8 MB. Take a screenshot of it and send that, or choose a smaller one."
NO_PICTURE = "It is not a picture or a PDF that we can open. A screenshot or a photo works best."
APPLE_PICTURE = "It is a kind of photo that only some phones can open. Take a screenshot of it and send that."
DAMAGED = "We could not open it. Take a screenshot of it and send that."
TOO_MANY = "The picture is too large to open. Take a screenshot of it and send that."
HALF_A_PDF = "We could not open this PDF. Save it again, or send a screenshot of what it shows."


@dataclass(frozen=True)
class Checked:
    """A file that may be stored: what it is, its content, and of a picture the thumbnail and its size."""

    kind: Kind
    content: BinaryIO
    small: BinaryIO | None = None
    width: int = 0
    height: int = 0


@contextmanager
def checked(file: BinaryIO) -> Iterator[Checked]:
    """A file as it may be stored, as long as it is asked for; `Invalid` with a sentence if it may not be."""
    file.seek(0, 2)
    size = file.tell()
    if size > LARGEST_FILE:
        raise Invalid(TOO_LARGE)
    file.seek(0)
    kind = _kind(file.read(64), size)
    if kind is Kind.PDF:
        _require_whole_pdf(file, size)
        yield Checked(kind, file)
        return
    # Files without a name: of a process that is killed meanwhile nothing stays.
    with tempfile.TemporaryFile(dir=workplace()) as content, tempfile.TemporaryFile(dir=workplace()) as small:
        width, height = _reencode(file, content.fileno(), small.fileno())
        for made in (content, small):
            made.seek(0)
        yield Checked(kind, content, small, width, height)


def workplace() -> Path:
    """Where files lie while they are looked at: on the disk of the data, for their owner alone."""
    return private_files.make_folder(settings().data_dir / "incoming")


def _kind(head: bytes, size: int) -> Kind:
    if size == 0:
        raise Invalid(EMPTY)
    if head.startswith(_PDF):
        return Kind.PDF
    if head.startswith(_PICTURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return Kind.PICTURE
    raise Invalid(APPLE_PICTURE if head[4:8] == b"ftyp" and head[8:12] in _APPLES else NO_PICTURE)


def _require_whole_pdf(file: BinaryIO, size: int) -> None:
    """Refuse a PDF that breaks off, or that something else follows: another kind of file, perhaps."""
    file.seek(max(0, size - 2048))
    if not file.read().rstrip(_WHITE).endswith(_END_OF_PDF):
        raise Invalid(HALF_A_PDF)


def _reencode(file: BinaryIO, *to: int) -> tuple[int, int]:
    """Make a picture and its thumbnail anew, in a process of its own; the width and height."""
    os.lseek(file.fileno(), 0, os.SEEK_SET)  # where the other process reads on
    program = [sys.executable, "-I", str(Path(__file__).with_name("reencode.py")), *map(str, to)]
    try:
        # What it says of a picture that it cannot read is not kept.
        ran = subprocess.run(  # noqa: S603 - our own program
            program, stdin=file, pass_fds=to, capture_output=True, timeout=PATIENCE, env={}, check=False
        )
    except subprocess.TimeoutExpired:
        raise Invalid(DAMAGED) from None
    if ran.returncode:
        raise Invalid(TOO_MANY if ran.returncode == TOO_MANY_PIXELS else DAMAGED)
    width, height = map(int, ran.stdout.split())
    return width, height
