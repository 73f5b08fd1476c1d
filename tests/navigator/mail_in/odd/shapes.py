"""Shapes: MIME that is nested, broken off or made up, and what comes with a mail besides words.

osTicket #4857, barbushin/php-imap #152, roundcube #9011, Enough-Software #141: mails in mails, and winmail.dat.
"""

import base64
import io

from PIL import Image

from tests.navigator.mail_in.mails import letter
from tests.navigator.mail_in.odd import (
    ENCRYPTED,
    HTML_HEAD,
    JOINED,
    NO_WORDS,
    TEXT_HEAD,
    UNREADABLE,
    Odd,
    of,
    parts,
)

NEW = "Still broken."
T = (TEXT_HEAD, NEW)


def _file(kind: str, name: str, content: bytes | str = b"x", way: str = "attachment") -> tuple[str, bytes]:
    content = content.encode() if isinstance(content, str) else content
    head = f'Content-Type: {kind}\nContent-Disposition: {way}; filename="{name}"\nContent-Transfer-Encoding: base64'
    return head, base64.encodebytes(content)


def _picture(kind: str) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(made, kind)
    return made.getvalue()


_INNER = "From: Lee <lee@x.example>\nSubject: inner\nContent-Type: text/plain\n\nThe inner words"
FILES = [
    Odd("a picture", parts(T, _file("image/png", "s.png", _picture("PNG"))), JOINED, NEW),
    Odd(
        "a picture that is called a PDF",
        parts(T, _file("application/pdf", "s.pdf", _picture("PNG"))),
        JOINED,
        NEW,
    ),
    Odd(
        "a picture without words",
        parts(_file("image/jpeg", "s.jpg", _picture("JPEG"))),
        JOINED,
        "without words",
    ),
    Odd(
        "a mail that is a picture",
        of(
            base64.encodebytes(_picture("PNG")),
            head={"Content-Type": "image/png", "Content-Transfer-Encoding": "base64"},
        ),
        JOINED,
        "without words",
    ),
    Odd("a picture that is none", parts(T, _file("image/png", "s.png", b"not a picture")), JOINED, NEW),
    Odd("an empty file", parts(T, _file("image/png", "s.png", b"")), JOINED, NEW),
    Odd("a PDF that breaks off", parts(T, _file("application/pdf", "a.pdf", b"%PDF-1.7 abc")), JOINED, NEW),
    Odd("a program", parts(T, _file("application/octet-stream", "run.exe", b"MZ")), JOINED, NEW),
    Odd("a zip", parts(T, _file("application/zip", "a.zip", b"PK")), JOINED, NEW),
    Odd("thirty files", parts(T, *[_file("text/csv", f"{n}.csv") for n in range(30)]), JOINED, NEW),
    Odd("a text that is a file", parts(T, _file("text/plain", "log.txt", "the log")), JOINED, NEW, "the log"),
    Odd(
        "a page that is a file",
        parts(T, _file("text/html", "page.html", "<p>the page</p>")),
        JOINED,
        NEW,
        "the page",
    ),
    Odd("a file with a path for a name", parts(T, _file("text/csv", "../../etc/passwd")), JOINED, NEW),
    Odd("a file with a name of 5,000 signs", parts(T, _file("text/csv", "n" * 5000)), JOINED, NEW),
    Odd("a name that hides its end", parts(T, _file("text/csv", "a\u202egpj.exe")), JOINED, NEW),
    Odd(
        "a name in RFC 2231",
        parts(
            T,
            ("Content-Type: text/csv\nContent-Disposition: attachment; filename*=utf-8''%E2%9C%97.csv", "x"),
        ),
        JOINED,
        NEW,
    ),
    Odd(
        "a name in RFC 2231 of an unknown charset",
        parts(T, ("Content-Type: text/csv\nContent-Disposition: attachment; filename*=nope''%E2.csv", "x")),
        JOINED,
        NEW,
    ),
    Odd("a name in RFC 2047", parts(T, _file("text/csv", "=?utf-8?b?4pyXLmNzdg==?=")), JOINED, NEW),
    Odd(
        "a logo in the signature",
        parts(
            T,
            (
                "Content-Type: image/png\nContent-ID: <a>\nContent-Transfer-Encoding: base64",
                base64.encodebytes(_picture("PNG")),
            ),
            kind="related",
        ),
        JOINED,
        NEW,
    ),
    Odd(
        "winmail.dat beside words",
        parts(T, _file("application/ms-tnef", "winmail.dat", b"\x78\x9f\x3e\x22")),
        JOINED,
        NEW,
    ),
    Odd(
        "nothing but winmail.dat",
        parts(_file("application/ms-tnef", "winmail.dat", b"\x78\x9f\x3e\x22")),
        NO_WORDS,
    ),
    Odd("a contact", parts(T, _file("text/vcard", "pat.vcf")), JOINED, NEW),
    Odd("a voice message", parts(T, _file("audio/mpeg", "v.mp3")), JOINED, NEW),
]

SEALED = [
    Odd(
        "S/MIME, signed",
        parts(T, _file("application/pkcs7-signature", "smime.p7s"), kind="signed; protocol=x"),
        JOINED,
        NEW,
    ),
    Odd(
        "S/MIME, encrypted",
        of(
            "MIIB",
            head={
                "Content-Type": "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m",
                "Content-Transfer-Encoding": "base64",
            },
        ),
        ENCRYPTED,
    ),
    Odd(
        "S/MIME, encrypted, by its old name",
        of("MIIB", head={"Content-Type": "application/x-pkcs7-mime; name=smime.p7m"}),
        ENCRYPTED,
    ),
    Odd(
        "PGP, signed",
        parts(T, ("Content-Type: application/pgp-signature", "-----BEGIN PGP SIGNATURE-----"), kind="signed"),
        JOINED,
        NEW,
    ),
    Odd(
        "PGP/MIME, encrypted",
        parts(
            ("Content-Type: application/pgp-encrypted", "Version: 1"),
            ("Content-Type: application/octet-stream", "-----BEGIN PGP MESSAGE-----"),
            kind="encrypted",
        ),
        ENCRYPTED,
    ),
    Odd("PGP, in the text", of("-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----"), ENCRYPTED),
    Odd(
        "PGP, signed in the text",
        of(f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{NEW}"),
        JOINED,
        NEW,
    ),
]

NESTED = [
    Odd("a mail in a mail", parts(T, ("Content-Type: message/rfc822", _INNER)), JOINED, NEW, "inner words"),
    Odd("nothing but a mail in a mail", parts(("Content-Type: message/rfc822", _INNER)), NO_WORDS),
    Odd("a mail in a mail, in base64", parts(T, _file("message/rfc822", "m.eml", _INNER)), JOINED, NEW),
    Odd(
        "mixed in alternative in mixed",
        parts(
            T, ('Content-Type: multipart/alternative; boundary="i"', f"--i\n{HTML_HEAD}\n\n<p>x</p>\n--i--")
        ),
        JOINED,
        NEW,
    ),
    Odd(
        "the same boundary inside",
        parts(T, ('Content-Type: multipart/mixed; boundary="=_b"', "--=_b\n\nx\n--=_b--")),
        JOINED,
        NEW,
    ),
    Odd("two texts", parts(T, (TEXT_HEAD, "And more.")), JOINED, "And more."),
    Odd("a digest", parts(("Content-Type: message/rfc822", _INNER), T, kind="digest"), JOINED, NEW),
    Odd("a parallel", parts(T, kind="parallel"), JOINED, NEW),
    Odd("a kind of multipart that nobody knows", parts(T, kind="x-strange"), JOINED, NEW),
    Odd("two hundred parts", parts(T, *[_file("text/csv", f"{n}.csv") for n in range(220)]), UNREADABLE),
    Odd(
        "an external body",
        parts(T, ('Content-Type: message/external-body; access-type=URL; URL="http://x"', "x")),
        JOINED,
        NEW,
    ),
    Odd(
        "half of a mail",
        of("x", head={"Content-Type": "message/partial; id=a; number=1; total=2"}),
        JOINED,
        "x",
    ),
]


def _multipart(body: str, boundary: str = 'boundary="b"') -> bytes:
    return of(body, head={"Content-Type": f"multipart/mixed; {boundary}", "Content-Transfer-Encoding": ""})


BROKEN = [
    Odd("no end", _multipart(f"--b\n{TEXT_HEAD}\n\n{NEW}"), JOINED, NEW),
    Odd("no boundary", _multipart(NEW, "x=y"), JOINED, NEW),
    Odd("a boundary that never comes", _multipart(NEW), JOINED, NEW),
    Odd("an empty boundary", _multipart(NEW, 'boundary=""'), JOINED, NEW),
    Odd(
        "a boundary with spaces at its end", _multipart(f"--b  \n{TEXT_HEAD}\n\n{NEW}\n--b--  "), JOINED, NEW
    ),
    Odd(
        "words before the first part",
        _multipart(f"This is MIME\n--b\n{TEXT_HEAD}\n\n{NEW}\n--b--"),
        JOINED,
        NEW,
        "This is MIME",
    ),
    Odd("a part without headers", _multipart(f"--b\n\n{NEW}\n--b--"), JOINED, NEW),
    Odd("a part that is empty", _multipart(f"--b\n--b\n{TEXT_HEAD}\n\n{NEW}\n--b--"), JOINED, NEW),
    Odd("a type without a subtype", of(NEW, head={"Content-Type": "text"}), JOINED, NEW),
    Odd("a type that is nonsense", of(NEW, head={"Content-Type": "!!!; ???"}), JOINED, NEW),
    Odd(
        "a type with semicolons", of(NEW, head={"Content-Type": "text/plain;;;; charset=utf-8;"}), JOINED, NEW
    ),
    Odd("text/enriched", of(NEW, head={"Content-Type": "text/enriched"}), NO_WORDS),
    Odd(
        "flowed text",
        of("It is still \nbroken here.", head={"Content-Type": "text/plain; format=flowed"}),
        JOINED,
        "It is still broken here.",
    ),
    Odd(
        "flowed text with DelSp",
        of("still bro \nken", head={"Content-Type": "text/plain; format=flowed; delsp=yes"}),
        JOINED,
        "still broken",
    ),
    Odd("nothing at all", of(""), NO_WORDS),
    Odd("nothing but spaces", of(" \t \n\u00a0\u200b"), NO_WORDS),
    Odd("headers and no body", letter(b"", to="desk+token@north.example").rstrip(), NO_WORDS),
    Odd("line ends of old Macs in the body", of(b"one\rtwo"), JOINED, "one\ntwo"),
    Odd("line ends of Unix throughout", of(NEW).replace(b"\r\n", b"\n"), JOINED, NEW),
]

ROWS = [*FILES, *SEALED, *NESTED, *BROKEN]
