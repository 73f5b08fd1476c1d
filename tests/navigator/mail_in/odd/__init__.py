"""Odd mails, built by hand from the kinds that bug reports of other desks name: what comes, and where it lands.

A row is a name, the mail, where it must land, and words that must stand in what the desk reads of it. In the
mail, TO stands for the signed address of a letter to Pat: with it, a mail of a person goes to Pat’s ticket.
"""

from dataclasses import dataclass

from tests.navigator.mail_in.mails import letter, many

TO = "desk+token@north.example"
JOINED, UNSORTED, AUTOMATIC, BOUNCE, REPORTED = "joined", "unsorted", "automatic", "bounce", "reported"
NO_WORDS, ENCRYPTED, STRANGER, UNKNOWN, UNREADABLE = (
    f"unsorted: {reason}" for reason in ("no_words", "encrypted", "stranger", "unknown_token", "unreadable")
)


@dataclass(frozen=True)
class Odd:
    """One row of the table."""

    name: str
    content: bytes
    lands: str = JOINED
    says: str = ""
    lacks: str = ""


def of(body: str | bytes, **options: object) -> bytes:
    """A mail to the signed address."""
    return letter(body, to=TO, **options)  # type: ignore[arg-type]


def parts(*pieces: tuple[str, bytes | str], kind: str = "mixed", **options: str) -> bytes:
    """A mail of several parts to the signed address."""
    return many(*pieces, kind=kind, to=TO, **options)


TEXT_HEAD = "Content-Type: text/plain; charset=utf-8"
HTML_HEAD = "Content-Type: text/html; charset=utf-8"
