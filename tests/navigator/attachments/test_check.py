"""The check by content: two hundred hostile files are refused, or come out as a picture and nothing else."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from navigator.attachments.attachment import Kind
from navigator.attachments.check import DAMAGED, EMPTY, TOO_LARGE, TOO_MANY, checked, workplace
from navigator.errors import Invalid
from tests.navigator.attachments import hostile_files
from tests.navigator.attachments.hostile_files import NAMES, SCRIPT, WHOLE_PDF, picture

pytestmark = pytest.mark.slow


@cache
def files(which: str) -> dict[str, bytes]:
    return dict(getattr(hostile_files, which)())


@contextmanager
def file_of(content: bytes) -> Iterator[Any]:
    with tempfile.TemporaryFile(buffering=0) as file:
        file.write(content)
        yield file


def taken(content: bytes) -> tuple[Kind, bytes, bytes]:
    """What is stored of a file, and its thumbnail."""
    with file_of(content) as file, checked(file) as found:
        found.content.seek(0)
        return found.kind, found.content.read(), found.small.read() if found.small else b""


def why_not(content: bytes) -> str:
    with pytest.raises(Invalid) as refusal:
        taken(content)
    return refusal.value.message


def test_there_are_two_hundred():
    assert len(files("refused")) + len(files("harmless")) + len(NAMES) >= 200


def test_what_is_no_picture_and_no_pdf_is_refused():
    """T14 of the peers."""
    sentences = {name: _why_not(content) for name, content in files("refused").items()}
    assert [name for name, words in sentences.items() if not words.endswith(".")] == []


def _why_not(content: bytes) -> str:
    try:
        taken(content)
    except Invalid as refused:
        return refused.message
    return "it was taken"


def test_what_comes_out_is_a_picture_and_nothing_else():
    found = {name: [*_more_than_a_picture(content)] for name, content in files("harmless").items()}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def _more_than_a_picture(content: bytes) -> Iterator[str]:
    """What is wrong with what comes out of a file."""
    try:
        kind, full, small = taken(content)
    except Invalid as refused:
        yield refused.message
        return
    if kind is Kind.PDF:
        yield from [] if full == content else ["another PDF"]  # a download, which no page of ours opens
        return
    for made in (full, small):
        with Image.open(BytesIO(made)) as image:
            image.load()
            known = {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
            is_plain = (image.format, image.mode, getattr(image, "n_frames", 1)) == ("JPEG", "RGB", 1)
            if not is_plain or image.getexif() or image.info.keys() - known:
                yield f"{image.format} {image.mode} {image.info.keys()}"
        if not made.endswith(b"\xff\xd9") or any(
            one in made for one in (SCRIPT, b"php", b"Somebody", b"GPS")
        ):
            yield "something that came with it"


@pytest.mark.parametrize(("orientation", "corner"), [(1, "nw"), (3, "se"), (6, "ne"), (8, "sw")])
def test_a_photo_is_turned_as_it_was_held(orientation: int, corner: str):
    image = Image.new("RGB", (64, 32), "white")
    image.paste("red", (0, 0, 16, 8))
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = BytesIO()
    image.save(content, "JPEG", exif=exif, quality=95)
    with Image.open(BytesIO(taken(content.getvalue())[1])) as turned:
        assert turned.size == ((64, 32) if orientation < 5 else (32, 64))
        at = (4 if "w" in corner else turned.width - 5, 4 if "n" in corner else turned.height - 5)
        red, green, _ = turned.getpixel(at)  # type: ignore[misc]
        assert (red > 200, green < 100) == (True, True)


def test_what_is_wrong_is_said_in_its_senders_words():
    assert why_not(b"") == EMPTY
    assert why_not(b"\xff\xd8\xff" + bytes(8_500_000)) == TOO_LARGE
    assert why_not(files("refused")["png of 100000 by 100000"]) == TOO_MANY
    assert why_not(picture("JPEG")[:40]) == DAMAGED
    assert "screenshot" in why_not(files("refused")["heic"])


def test_a_large_photo_and_a_long_screenshot_come_out_readable():
    photo = picture("JPEG", (9_000, 6_000))
    with Image.open(BytesIO(taken(photo)[1])) as image:
        assert 5_000_000 < image.width * image.height <= 6_000_000
    long = picture("PNG", (1_080, 5_000))
    with Image.open(BytesIO(taken(long)[1])) as image:
        assert image.size == (1_080, 5_000)


def test_nothing_of_it_stays_if_the_desk_is_killed_meanwhile():
    """No job looks for what would lie there then: so nothing that is looked at has a name."""
    with file_of(picture("PNG")) as file, checked(file):
        assert [*workplace().iterdir()] == []


def test_a_pdf_is_kept_as_it_is():
    assert taken(WHOLE_PDF) == (Kind.PDF, WHOLE_PDF, b"")
    assert taken(WHOLE_PDF + b"\n\n \0")[0] is Kind.PDF
