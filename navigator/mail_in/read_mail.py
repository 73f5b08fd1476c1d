"""Reading a mail: its words, its files and its marks, from bytes that may be broken in any way."""

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import Message
from typing import Any, NamedTuple

from navigator.fields import MAX_TEXT_LENGTH, is_blank
from navigator.mail_in.automatic import Machine, machine
from navigator.mail_in.charsets import decoded
from navigator.mail_in.headers import header, headers, one_line, recipients, references, sender
from navigator.mail_in.html_text import LONGEST, text_of
from navigator.mail_in.reply_text import new_words

MOST_PARTS = 200
MOST_FILES = 10
LONGEST_WHOLE = 200_000
SMALLEST_PICTURE = 10_000
"""Bytes: a smaller picture that the text shows is of a signature."""
_ENCRYPTED = frozenset(
    {"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted", "multipart/encrypted"}
)
_BASE64 = re.compile(rb"[A-Za-z0-9+/]+={0,2}")
_PGP = "-----BEGIN PGP MESSAGE-----"
_OPENED = ("image/", "application/pdf")
_NO_NAMES = {
    "text/calendar": "invitation.ics",
    "message/rfc822": "mail.eml",
    "application/ms-tnef": "winmail.dat",
}


class NotReadable(Exception):
    """Nothing can be read of a mail."""


@dataclass(frozen=True)
class Part:
    """A file that came with a mail: what it is called there, its kind, and its bytes."""

    name: str
    media_type: str
    content: bytes = field(repr=False)
    is_file: bool = False


class _Words(NamedTuple):
    """Words of a mail, and whether these went on longer than they are read."""

    text: str
    is_cut: bool


@dataclass(frozen=True)
class ReadMail:
    """A mail as it was read: `words` are new in it, `whole` is all its text, that of enclosed mails too.

    Where it `is_cut`, its text went on, and nobody knows what stands there.
    """

    words: str
    whole: str
    is_cut: bool = False
    from_name: str = ""
    from_address: str = ""
    subject: str = ""
    message_ref: str = ""
    date: str = ""
    recipients: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    machine: Machine = Machine.NO
    parts: tuple[Part, ...] = ()
    is_encrypted: bool = False
    message: Message = field(default_factory=Message, repr=False)

    @property
    def has_words(self) -> bool:
        """Whether somebody wrote anything that can be read."""
        return bool(self.words.strip())


def read_mail(content: bytes) -> ReadMail:
    """Read a mail; `NotReadable` where even its parts cannot be told apart."""
    try:
        mail = message_from_bytes(content, policy=policy.compat32)
        return _read(mail)
    except NotReadable:
        raise
    except Exception as error:  # a parser of what strangers send may fail in any way
        raise NotReadable(type(error).__name__) from None


def as_it_came(content: bytes) -> ReadMail:
    """A mail that cannot be taken apart: all that can be read of it, for a person and the safety screen."""
    raw = content[: 2 * LONGEST_WHOLE].replace(b"\r\n", b"\n").replace(b"=\n", b"")
    _, _, body = raw.partition(b"\n\n")
    whole = storable(decoded(raw, ""))
    return ReadMail(
        words=storable(decoded(body, ""))[:LONGEST_WHOLE],
        whole=whole[:LONGEST_WHOLE],
        is_cut=len(content) > 2 * LONGEST_WHOLE or len(whole) > LONGEST_WHOLE,
    )


def fingerprint(content: bytes) -> str:
    """The fingerprint of a mail: its Message-ID and what its writer made, without the marks of its way."""
    head, _, body = content.replace(b"\r\n", b"\n").partition(b"\n\n")
    try:
        mail = message_from_bytes(head + b"\n\n", policy=policy.compat32)
        facts = [header(mail, name) for name in ("Message-ID", "From", "Date", "Subject")]
    except Exception:
        facts = []
    if not any(facts):  # nothing tells it from others but all of it
        facts = [head.decode("latin-1")]
    digest = hashlib.sha256("\0".join(facts).encode("utf-8", "replace"))
    digest.update(b"\0" + body.rstrip())
    return digest.hexdigest()


def _read(mail: Message) -> ReadMail:
    own, enclosed = _own_and_enclosed(mail)
    if len(own) + len(enclosed) > MOST_PARTS:
        raise NotReadable("too many parts")
    read = _body(_words(own, "text/plain"), _words(own, "text/html"))
    others = [_words([part], kind) for part in enclosed for kind in ("text/plain", "text/html")]
    name, address = sender(mail)
    is_encrypted = mail.get_content_type() in _ENCRYPTED or any(
        part.get_content_type() in _ENCRYPTED and not _is_signature(part) for part in own
    )
    body = storable(read.text)
    whole = storable("\n\n".join([body, *(each.text for each in others)]))
    return ReadMail(
        from_name=name,
        from_address=address,
        subject=header(mail, "Subject", 200),
        message_ref=header(mail, "Message-ID"),
        date=header(mail, "Date", 60),
        recipients=tuple(dict.fromkeys(recipients(mail))),
        references=tuple(references(mail)),
        machine=machine(mail),
        words="" if body.startswith(_PGP) or is_blank(body) else new_words(body),
        whole=whole[:LONGEST_WHOLE],
        parts=tuple(_files(own)),
        is_encrypted=is_encrypted or body.startswith(_PGP),
        message=mail,
        is_cut=any(each.is_cut for each in (read, *others)) or len(whole) > LONGEST_WHOLE,
    )


def _own_and_enclosed(mail: Message) -> tuple[list[Message], list[Message]]:
    """The parts of a mail, and those of the mails that lie in it."""
    own: list[Message] = []
    enclosed: list[Message] = []

    def walk(part: Message, is_enclosed: bool) -> None:
        is_mail = part.get_content_type() == "message/rfc822" and part is not mail
        if is_mail and not is_enclosed:
            own.append(part)
        if part.is_multipart() and isinstance(payload := part.get_payload(), list):
            for each in payload:
                if isinstance(each, Message):
                    walk(each, is_enclosed or is_mail)
        else:
            (enclosed if is_enclosed or is_mail else own).append(part)

    walk(mail, False)
    return own, enclosed


def _is_signature(part: Message) -> bool:
    return "signed-data" in str(part.get_param("smime-type") or "").lower() and part.is_multipart()


def _is_text(part: Message, media_type: str) -> bool:
    kind = part.get_content_type()
    if kind.startswith("multipart/") and not part.is_multipart():  # its boundary is wrong: all of it is text
        kind = "text/plain"
    return kind == media_type and not _is_attached(part)


def _is_attached(part: Message) -> bool:
    return header(part, "Content-Disposition").lower().startswith("attachment")


def _words(parts: list[Message], kind: str) -> _Words:
    """The words of the parts of a kind, in whatever charset they really are."""
    texts = [(part, decoded(_bytes(part), _param(part, "charset"))) for part in parts if _is_text(part, kind)]
    lines = [_lines(part, text[:LONGEST]) for part, text in texts]
    words = map(text_of, lines) if kind == "text/html" else lines
    return _Words("\n\n".join(filter(None, words)), any(len(text) > LONGEST for _, text in texts))


def _lines(part: Message, text: str) -> str:
    """A text as lines; flowed ones (RFC 3676) are joined."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _unflowed(text, _param(part, "delsp") == "yes") if _param(part, "format") == "flowed" else text


def _param(part: Message, name: str) -> str:
    try:
        value = part.get_param(name)
    except Exception:
        return ""
    value = value[2] if isinstance(value, tuple) else value
    return str(value or "").strip().lower()


def _unflowed(text: str, drops_space: bool) -> str:
    lines: list[list[str]] = []
    flows = is_quoted = False
    for line in text.split("\n"):
        is_quote = line.startswith(">")
        words = line[1:] if line.startswith(" ") and not is_quote else line
        if flows and is_quoted == is_quote and words != "-- ":
            words = words.lstrip("> ") if is_quote else words
        else:
            lines.append([])
            is_quoted = is_quote
        flows = line.endswith(" ") and line != "-- "
        lines[-1].append(words[:-1] if flows and drops_space else words)
    return "\n".join("".join(pieces) for pieces in lines)


def _body(plain: _Words, html: _Words) -> _Words:
    """The words of a mail: the plain ones, unless these only say to look at the others."""
    length = len(plain.text.strip())
    is_stub = length < 200 and len(html.text) > 3 * length + 20
    return html if html.text and (not length or is_stub) else plain


def storable(text: str) -> str:
    """A text that both databases hold, and whose lines are lines."""
    text = text.replace("\x00", "").encode("utf-8", "replace").decode()
    return re.sub(r"[\u202a-\u202e\u2066-\u2069]", "", text).strip()


def _files(own: list[Message]) -> Iterator[Part]:
    for part in own:
        kind = part.get_content_type()
        is_words = kind in ("text/plain", "text/html") and not _is_attached(part)
        if is_words or kind.startswith("multipart/"):
            continue
        content = _bytes(part)
        is_shown = kind.startswith("image/") and bool(header(part, "Content-ID")) and not _is_attached(part)
        is_small = is_shown and len(content) < SMALLEST_PICTURE
        name = _name(part) or _NO_NAMES.get(kind, f"file.{kind.rpartition('/')[2][:20] or 'bin'}")
        opens = kind.startswith(_OPENED) or name.lower().endswith(
            (".pdf", ".jpg", ".jpeg", ".png", ".gif", ".webp")
        )
        yield Part(name, kind, content, is_file=opens and not is_small)


def _bytes(part: Message) -> bytes:
    if part.is_multipart():
        payload: Any = part.get_payload()
        return b"\n".join(each.as_bytes() for each in payload if isinstance(each, Message))
    content = part.get_payload(decode=True)
    content = content if isinstance(content, bytes) else b""
    is_base64 = header(part, "Content-Transfer-Encoding").lower().startswith("base64")
    return _repaired(content) if is_base64 else content


def _repaired(content: bytes) -> bytes:
    """What was wrapped in base64 that breaks off, and so was left as it is; anything else unchanged."""
    packed = b"".join(content.split())
    if len(packed) < 8 or not _BASE64.fullmatch(packed):
        return content
    return base64.b64decode(packed.rstrip(b"=")[: len(packed.rstrip(b"=")) // 4 * 4])


def _name(part: Message) -> str:
    try:
        name = part.get_filename()
    except Exception:
        name = None
    name = one_line(str(name or ""), 80).replace("/", "_").replace("\\", "_")
    return name.strip(". ")


def shortened(words: str) -> str:
    """Words as long as a message may be; where they went on, a line says so."""
    more = "\n\n[The mail goes on. Read the whole mail.]"
    return words if len(words) <= MAX_TEXT_LENGTH else words[: MAX_TEXT_LENGTH - len(more)].rstrip() + more


def checks_of(mail: Message, receiving_server: str) -> str:
    """What the receiving server found of the sender (RFC 8601), in words; of another server, nothing."""
    if not receiving_server:
        return ""
    for value in headers(mail, "Authentication-Results"):
        server, _, results = value.partition(";")
        if server.split(" ")[0].strip().lower() == receiving_server.lower():
            found = dict.fromkeys(re.findall(r"\b(spf|dkim|dmarc)\s*=\s*([a-z]+)", results.lower()))
            return ", ".join(f"{method.upper()} {result}" for method, result in found)
        return ""  # only the topmost is the receiving server’s: those below came with the mail
    return ""
