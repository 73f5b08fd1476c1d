"""Two hundred files as somebody who means harm, or an odd phone, may send them."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from PIL import Image, PngImagePlugin

SCRIPT = b"<script>alert(document.cookie)</script>"
HTML = b"<!DOCTYPE html><html><body>" + SCRIPT + b"</body></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
WHOLE_PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"

Case = tuple[str, bytes]


def picture(kind: str, size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: Any) -> bytes:
    """A picture of a kind."""
    content = BytesIO()
    Image.new(mode, size, 0).save(content, kind, **options)
    return content.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    """A chunk of a PNG, with its check sum."""
    return struct.pack("!I", len(data)) + name + data + struct.pack("!I", zlib.crc32(name + data))


def png(width: int, height: int, data: bytes = b"", *, depth: int = 8, color: int = 0) -> bytes:
    """A PNG that says it has a size, and has this compressed data."""
    head = struct.pack("!IIBBBBB", width, height, depth, color, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def zipped(name: str = "a.html", content: bytes = HTML, times: int = 1) -> bytes:
    """A ZIP file."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(times):
            archive.writestr(f"{number}{name}", content)
    return file.getvalue()


def refused() -> Iterator[Case]:
    """What is no picture and no PDF that the desk can open."""
    yield from _other_kinds()
    yield from _bombs()
    yield from _broken()
    yield from _pdfs()


def _other_kinds() -> Iterator[Case]:
    yield from {
        "html": HTML,
        "svg": SVG,
        "svg gz": zlib.compress(SVG),
        "script": b"alert(1)",
        "php": b"<?php system($_GET[0]); ?>",
        "shell": b"#!/bin/sh\nrm -rf /\n",
        "elf": b"\x7fELF" + bytes(200),
        "exe": b"MZ" + bytes(200),
        "zip": zipped(),
        "zip bomb": zipped(content=bytes(5_000_000), times=3),
        "jar": zipped("META-INF/MANIFEST.MF"),
        "rtf": rb"{\rtf1 hello}",
        "ole": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "mp4": b"\0\0\0\x18ftypmp42" + bytes(100),
        "heic": b"\0\0\0\x18ftypheic" + bytes(100),
        "avif": b"\0\0\0\x18ftypavif" + bytes(100),
        "flash": b"CWS\x0a" + bytes(100),
        "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n(%stdin) (r) file",
        "psd": b"8BPS\0\x01" + bytes(100),
        "xcf": b"gimp xcf v003" + bytes(100),
        "fits": b"SIMPLE  =" + bytes(100),
        "jxl": b"\xff\x0a" + bytes(100),
        "webm": b"\x1aE\xdf\xa3" + bytes(100),
        "wav": b"RIFF\x10\0\0\0WAVEfmt " + bytes(100),
        "text": b"My password is fern",
        "one byte": b"x",
        "empty": b"",
        "only spaces": b"   \r\n ",
        "nul": bytes(1000),
        "utf-16 html": HTML.decode().encode("utf-16"),
        "bom html": b"\xef\xbb\xbf" + HTML,
        "xml bomb": b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>',
    }.items()
    for kind in ("TIFF", "ICO", "BMP", "PPM", "PCX", "TGA", "SGI", "JPEG2000", "DDS", "ICNS", "AVIF"):
        yield f"{kind} as Pillow writes it", picture(kind, (64, 64))


def _bombs() -> Iterator[Case]:
    squeezed = zlib.compress(bytes(30_000_000), 9)
    for width, height in (
        (100_000, 100_000),
        (2**31 - 1, 2**31 - 1),
        (65_535, 65_535),
        (1, 2**31 - 1),
        (0, 0),
    ):
        yield f"png of {width} by {height}", png(width, height, squeezed)
    yield "png of 50,000 by 1,000", png(50_000, 1_000, squeezed)
    for depth, color in ((1, 0), (16, 6), (8, 6)):
        yield f"png bomb of depth {depth}", png(30_000, 30_000, squeezed, depth=depth, color=color)
    note = PngImagePlugin.PngInfo()
    note.add_text("a", "b" * 70_000_000, zip=True)
    yield "png with a text bomb", picture("PNG", pnginfo=note)
    for width, height in ((65_535, 65_535), (40_000, 10_000)):
        jpeg = bytearray(picture("JPEG"))
        at = jpeg.index(b"\xff\xc0") + 5
        jpeg[at : at + 4] = struct.pack("!HH", height, width)
        yield f"jpeg of {width} by {height}", bytes(jpeg)
    gif = bytearray(picture("GIF", mode="P"))
    gif[6:10] = struct.pack("<HH", 65_535, 65_535)
    yield "gif of 65,535 by 65,535", bytes(gif)
    webp = bytearray(picture("WEBP", lossless=True))
    webp[21:25] = b"\xff\xff\xff\x0f"
    yield "webp of 16,383 by 16,383", bytes(webp)
    yield "webp of ever larger", b"RIFF" + struct.pack("<I", 2**32 - 1) + b"WEBPVP8X" + b"\xff" * 30


def _broken() -> Iterator[Case]:
    for kind in ("JPEG", "PNG", "WEBP"):
        whole = picture(kind, (200, 150))
        for part in (3, 8, 12, 20, 40, len(whole) // 4, len(whole) // 2):
            yield f"{kind} of {part} bytes", whole[:part]
        for filler in (b"\0", b"\xff", b"A", SCRIPT):
            yield f"{kind} head and then {filler[:3]!r}", whole[:16] + filler * 400
    for head in (b"GIF87a", b"GIF89a"):
        for rest in (b"", b"=1;alert(1)//", SCRIPT, b"\xff" * 400, b"/*" + bytes(20) + b"*/=1;alert(1);"):
            yield f"{head!r} and then {rest[:4]!r}", head + rest
    for magic in (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\xff\0\0\0WEBP"):
        for rest in (HTML, SVG, zipped(), b"\x7fELF" + bytes(100), b"", WHOLE_PDF):
            yield f"{magic[:4]!r} before {rest[:5]!r}", magic + rest
    yield "png with a wrong check sum", picture("PNG").replace(b"IHDR", b"IHDQ")
    yield "png without data", png(30, 30)
    yield "png of half its data", png(3_000, 3_000, zlib.compress(bytes(1_000)))


def _pdfs() -> Iterator[Case]:
    for name, content in {
        "breaks off": WHOLE_PDF[:-8],
        "head alone": b"%PDF-",
        "then html": WHOLE_PDF + HTML,
        "then zip": WHOLE_PDF + zipped(),
        "then jar": WHOLE_PDF + zipped("META-INF/MANIFEST.MF"),
        "then script": WHOLE_PDF + SCRIPT,
        "then much": WHOLE_PDF + b"\n" + b"x" * 5_000,
        "after html": HTML + WHOLE_PDF,
        "after a space": b" " + WHOLE_PDF,
        "after a jpeg head": b"\xff\xd8\xff" + WHOLE_PDF,
        "after gif": b"GIF89a" + WHOLE_PDF,
        "no end": b"%PDF-1.4\n" + b"x" * 3_000,
        "end too early": b"%PDF-1.4\n%%EOF\n" + b"y" * 3_000,
    }.items():
        yield f"pdf: {name}", content


def harmless() -> Iterator[Case]:
    """What is a picture or a PDF, with more in it: what comes out is the picture alone, or a download."""
    for kind in ("JPEG", "PNG", "WEBP", "GIF"):
        whole = picture(kind, mode="P" if kind == "GIF" else "RGB")
        for tail in (
            SCRIPT,
            HTML,
            zipped(),
            WHOLE_PDF,
            b"<?php x(); ?>",
            b"\0" * 5_000,
            b"\x7fELF" + bytes(99),
        ):
            yield f"{kind} and then {tail[:5]!r}", whole + tail
    for text in (SCRIPT, HTML, b"<?php x(); ?>", b"GPS 51.5 -0.1"):
        yield f"jpeg with the comment {text[:6]!r}", picture("JPEG", comment=text)
        exif = Image.Exif()
        exif[0x010E], exif[0x010F], exif[0x8298] = text.decode(), text.decode(), "Somebody"
        exif.get_ifd(0x8825)[2] = (51.0, 30.0, 0.0)
        for kind in ("JPEG", "PNG", "WEBP"):
            yield f"{kind} with exif {text[:6]!r}", picture(kind, exif=exif)
        note = PngImagePlugin.PngInfo()
        note.add_text("Comment", text.decode())
        note.add_itxt("XML:com.adobe.xmp", text.decode())
        yield f"png with the text {text[:6]!r}", picture("PNG", pnginfo=note)
        yield f"jpeg with the profile {text[:6]!r}", picture("JPEG", icc_profile=text)
    for orientation in range(10):
        exif = Image.Exif()
        exif[0x0112] = orientation
        yield f"turned by {orientation}", picture("JPEG", exif=exif)
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"):
        yield f"png of mode {mode}", picture("PNG", mode=mode)
    for mode in ("L", "CMYK", "RGB"):
        yield f"jpeg of mode {mode}", picture("JPEG", mode=mode)
    yield "progressive jpeg", picture("JPEG", (300, 200), progressive=True)
    yield "one pixel", picture("PNG", (1, 1))
    yield "one line", picture("PNG", (5_000, 1))
    frames = [Image.new("RGB", (30, 30), color) for color in ("red", "green", "blue")]
    for kind in ("GIF", "WEBP", "PNG"):
        moving = BytesIO()
        frames[0].save(moving, kind, save_all=True, append_images=frames[1:], duration=10, loop=0)
        yield f"moving {kind}", moving.getvalue()
    for name, more in {
        "javascript": b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>",
        "launch": b"/OpenAction << /S /Launch /F (cmd.exe) >>",
        "address": b"/A << /S /URI /URI (http://evil.example) >>",
        "file": b"/Names << /EmbeddedFiles 5 0 R >>",
        "form": b"/AcroForm << /XFA (x) >>",
        "html": HTML,
    }.items():
        yield f"pdf with {name}", WHOLE_PDF.replace(b"/Catalog", b"/Catalog " + more)


NAMES = (
    "../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/passwd", "C:\\boot.ini", "a\0.png",
    "a\r\nSet-Cookie: x=1",
    "\u202egnp.exe", "con", ".", "..", "", " ", "a" * 5_000, "<script>alert(1)</script>.png", '"quoted".png',
    "x;filename=y.png", "%2e%2e%2f", "\U0001f600.png",
    "I want to kill myself.png", "{{7*7}}", "${jndi:ldap://x}", "~/.ssh/id_rsa", "a.png.html", "\x1b[31mred",
)  # fmt: skip
"""Names as files are sent by: they are shown to their sender alone, and kept nowhere."""
