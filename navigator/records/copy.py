"""A copy for a person: what is kept of them, staff as roles, others flagged, as HTML and JSON."""

import html
import json
import re
import tempfile
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Integer, select
from sqlmodel import Session, col

from navigator import clock
from navigator.attachments.attachment import MEDIA_TYPES, Kind
from navigator.attachments.check import workplace
from navigator.attachments.storage import storage
from navigator.dates_in_words import when
from navigator.mail_in.tables import MailOriginal
from navigator.people.reporter import reference
from navigator.people.user import User
from navigator.records.data_map import Place
from navigator.records.find import MAIL, Mention, key_of, row_of, texts_in, words_around
from navigator.records.identifiers import Identifier
from navigator.records.mails import is_from, shown
from navigator.records.own_rows import all_rows
from navigator.tickets.actions.redact import pattern_of

CHUNK = 65_536
STAFF = "a member of staff"
ORIGINAL = "mailoriginal"
_LAST = "of no ticket alone"
"""It comes after every number of a ticket."""
LEFT_OUT = frozenset({"presence", "ticketread", "watch", "bulkitem", "clearedwords", "notice", "recordhold"})
"""What the desk notes of its own work on a ticket, and nothing of its person."""
_HIDDEN = re.compile(
    r"hash|^search_words$|^once$|^vector$|^token|^sha256$|^deed$|^owner$|^mark$"
    r"|^fingerprint$|^message_ref$|^uid|^decided_by$|^attempts$"
)
_BY_STAFF = frozenset({"actor_name", "opened_by", "no_concern_by", "started_by"})
_IN_WORDS: Mapping[str, str] = {
    "door": "how it was told",
    "pwp_said": "practitioner, as they were named",
    "pwp_is_confirmed": "the practitioner was checked",
    "guard_at": "to be planned without it from",
    "hand_over_is_open": "a clinician must read it",
    "passed_to": "passed on to",
    "likely": "likelihood of categories, as the computer suggested",
    "facts": "details",
    "at": "when",
    "why": "what was noticed",
    "route": "how they want to be reached",
}
"""Columns whose names of before say nothing to whom they are about."""
_THEMSELVES = frozenset({"Reporter", "Navigator Desk"})
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+|\+?\d[\d\s().-]{8,}\d")
_TWO_NAMES = re.compile(r"(?<=[\w,;:] )[A-Z][a-z’'-]+ [A-Z][a-z’'-]+")
BY_CLINICIAN = "A clinician should look at this before it leaves."
OF_STAFF = "Staff wrote this for each other. Look whether it speaks of somebody else."
OF_ANOTHER = "It stands in a record of somebody else. Look whether it says anything about them."
OF_MAIL = "It is the mail as it came. Look whether what it quotes speaks of somebody else."
OF_SETTING = "It is a setting. Look whether it is about them."
OTHER_ADDRESS = "It holds an address or a number that is not theirs."


@dataclass(frozen=True)
class Piece:
    """One thing that is kept of a person, as they would read it, and what to look at before it leaves."""

    key: str
    title: str
    fields: tuple[tuple[str, str], ...]
    flags: tuple[str, ...] = ()
    file: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Copy:
    """What is handed over: pieces, and those that are withheld with their reasons."""

    pieces: Sequence[Piece]
    withheld: Mapping[str, str] = field(default_factory=dict)

    @property
    def leaving(self) -> list[Piece]:
        """The pieces that leave."""
        return [piece for piece in self.pieces if piece.key not in self.withheld]


def pieces_of(session: Session, numbers: Collection[int], identifiers: Sequence[Identifier]) -> list[Piece]:
    """Everything that is kept of these tickets and their person, piece by piece, ticket by ticket."""
    names = _staff_pattern(session)
    rows = [(place, row) for place, row in all_rows(session, numbers) if place.table not in LEFT_OUT]
    rows.sort(key=lambda each: _number(each[1]) or _LAST)
    pieces = [_piece(place, row, names, identifiers) for place, row in rows]
    return [_as_one([*group]) for _, group in groupby(pieces, key=_together)]


def _together(piece: Piece) -> str:
    """By what pieces are one: what was done to a ticket is looked at as a whole."""
    return piece.title if piece.key.startswith("event ") else piece.key


def _as_one(pieces: Sequence[Piece]) -> Piece:
    if len(pieces) == 1:
        return pieces[0]
    lines = ("; ".join(f"{name}: {value}" for name, value in piece.fields) for piece in pieces)
    return replace(pieces[0], fields=tuple((str(nth), line) for nth, line in enumerate(lines, 1)))


def pieces_of_mentions(
    session: Session, keys: Sequence[str], identifiers: Sequence[Identifier]
) -> list[Piece]:
    """Where else they are named: of each place the words around it alone, to be looked at."""
    names = _staff_pattern(session)
    pieces = []
    for key in keys:
        found = row_of(session, key)
        if found and found[0].table == MAIL and is_from(found[1], identifiers):
            pieces.append(_mail_from_them(session, *found, names, identifiers))
        elif found and (words := words_around(session, *found, identifiers)):
            fields = (("words", names.sub(f"[{STAFF}]", words)),)
            pieces.append(Piece(key, f"{found[0].holds} (of somebody else)", fields, (OF_ANOTHER,)))
    return pieces


def pieces_of_settings(mentions: Sequence[Mention]) -> list[Piece]:
    """What settings say of a person, to be looked at before it leaves."""
    return [
        Piece(each.key, f"{each.place.holds} (a setting)", (("words", each.excerpt),), (OF_SETTING,))
        for each in mentions
    ]


def _mail_from_them(
    session: Session,
    place: Place,
    row: Mapping[str, Any],
    names: re.Pattern[str],
    identifiers: Sequence[Identifier],
) -> Piece:
    """A mail of theirs that is on no ticket, whole, as long as it is kept."""
    piece = _piece(place, row, names, identifiers)
    original = session.get(MailOriginal, row["id"])
    fields = piece.fields + (_as_it_came(original.content, names) if original else ())
    return replace(piece, fields=fields, flags=(OF_MAIL,))


def _as_it_came(content: bytes, names: re.Pattern[str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, names.sub(f"[{STAFF}]", text)) for name, text in shown(content).items() if text)


def _staff_pattern(session: Session) -> re.Pattern[str]:
    """What finds the names and addresses of staff in a text."""
    found = [text for row in session.execute(select(col(User.name), col(User.email))) for text in row if text]
    patterns = [pattern.pattern for text in found if (pattern := pattern_of(text))]
    return re.compile("|".join(sorted(patterns, key=len, reverse=True)) or r"(?!)", re.IGNORECASE)


def _piece(
    place: Place, row: Mapping[str, Any], names: re.Pattern[str], identifiers: Sequence[Identifier]
) -> Piece:
    shown = {name: _shown(place, name, row[name], names) for name in row if _is_shown(place, name)}
    names_of = {name: _IN_WORDS.get(name, name.replace("_", " ")) for name in shown}
    fields = tuple((names_of[name], value) for name, value in shown.items() if value)
    if place.table == ORIGINAL:
        return Piece(key_of(place, row), place.holds, _as_it_came(row["content"], names), (OF_MAIL,))
    file = row["name"] if place.table == "attachment" else ""
    title = f"{place.holds} ({_number(row)})" if _number(row) else place.holds
    flags = tuple(dict.fromkeys(_flags(place, row, identifiers)))
    return Piece(key_of(place, row), title, fields, flags, file, row.get("kind", ""))


def _number(row: Mapping[str, Any]) -> str:
    number = row.get("ticket_number") or row.get("number")
    return reference(number) if number else ""


def _is_shown(place: Place, name: str) -> bool:
    is_number = isinstance(place.rows.c[name].type, Integer) and (name == "id" or name.endswith("_id"))
    is_file = place.table == "attachment" and name == "name"
    return not (_HIDDEN.search(name) or is_number or is_file)


def _shown(place: Place, name: str, value: Any, names: re.Pattern[str]) -> str:
    """A value as it is read: of staff their role alone."""
    if name in _BY_STAFF and place.table != "phonecall":
        return str(value) if value in _THEMSELVES or not value else STAFF
    if value is None or value in ("", [], {}) or isinstance(value, bytes):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return when(value)
    if isinstance(value, date):
        return f"{value:%-d %B %Y}"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return names.sub(f"[{STAFF}]", text) if isinstance(value, str | list | dict) else text


def _flags(place: Place, row: Mapping[str, Any], identifiers: Sequence[Identifier]) -> Iterator[str]:
    if place.table == "handover":
        yield BY_CLINICIAN
    if place.table == "message" and row["audience"] == "staff":
        yield OF_STAFF
    if place.table == "event":
        return  # it holds codes and times, which only look like numbers
    for text in (text for name in place.words for text in texts_in(row[name])):
        if any(not _is_theirs(found.group(), identifiers) for found in _ADDRESS.finditer(text)):
            yield OTHER_ADDRESS
        for found in _TWO_NAMES.finditer(text):
            if not _is_theirs(found.group(), identifiers):
                yield f"It may name somebody: {found.group()}."


def _is_theirs(text: str, identifiers: Sequence[Identifier]) -> bool:
    return any(each.pattern.search(text) for each in identifiers)


def as_zip(copy: Copy) -> Iterator[bytes]:
    """The copy as a zip file: a page, the same as data, and the pictures and PDFs; it asks the file store."""
    with tempfile.TemporaryFile(dir=workplace()) as made:
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("copy.html", as_html(copy))
            archive.writestr("copy.json", as_json(copy))
            for nth, piece in enumerate(copy.leaving, 1):
                if piece.file:
                    with archive.open(_file_name(nth, piece), "w") as file:
                        file.writelines(storage().read(piece.file))
        made.seek(0)
        yield from iter(lambda: made.read(CHUNK), b"")


def _file_name(nth: int, piece: Piece) -> str:
    return f"files/{nth}.{'pdf' if MEDIA_TYPES[Kind(piece.kind)] == 'application/pdf' else 'jpg'}"


def as_json(copy: Copy) -> str:
    """The copy as data."""
    pieces = [
        {"what": piece.title, **dict(piece.fields)} | ({"file": _file_name(nth, piece)} if piece.file else {})
        for nth, piece in enumerate(copy.leaving, 1)
    ]
    held = {"made_at": clock.now().isoformat(), "withheld": len(copy.withheld), "pieces": pieces}
    return json.dumps(held, ensure_ascii=False, indent=2)


def as_html(copy: Copy) -> str:
    """The copy as one page that needs nothing else."""
    body = "".join(_section(nth, piece) for nth, piece in enumerate(copy.leaving, 1))
    count = len(copy.withheld)
    left = f"<p>{count} {'thing is' if count == 1 else 'things are'} left out.</p>" if count else ""
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>What is kept about you</title>'
        f"<h1>What is kept about you</h1><p>Made on {when(clock.now())}.</p>{left}{body}</html>"
    )


def _section(nth: int, piece: Piece) -> str:
    rows = "".join(
        f"<dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd>" for name, value in piece.fields
    )
    file = f'<p><a href="{_file_name(nth, piece)}">The file</a></p>' if piece.file else ""
    return f"<h2>{html.escape(piece.title)}</h2><dl>{rows}</dl>{file}"
