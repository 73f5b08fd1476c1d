"""Words for a supplier: what staff wrote, or a person cleared, without what could lead to somebody."""

import re
from collections.abc import Iterable
from typing import Any

from sqlmodel import Session, col, select

from navigator.people import card_codes
from navigator.people.reporter import Reporter
from navigator.people.support_card import SupportCard
from navigator.people.user import User
from navigator.tickets.ticket import Ticket
from navigator.triage.redaction import without_identifiers

REMOVED = "[removed]"
_REFERENCE = re.compile(r"(?!DN)[A-Z]{0,6}[-/# ]?\d{1,12}", re.IGNORECASE)
"""What a supplier's own reference looks like; anything else is filtered like other words."""
_CARD_CODE = re.compile(r"\b\w{3}[\W_]{0,3}\w{3}[\W_]{0,3}\w{4}\b")
_NO_NAMES = frozenset({"the", "this", "that", "her", "his", "she", "they", "mrs", "miss", "and", "from"})
"""Words that a practitioner's note of whom they know begins with, and that are nobody's name."""


def clean(text: str, names: Iterable[str]) -> str:
    """Words without what could lead to a person."""
    if not text:
        return ""
    return without_identifiers(_without_short(_without_codes(text), names), names, REMOVED)


def _without_codes(text: str) -> str:
    return _CARD_CODE.sub(lambda code: REMOVED if card_codes.canonical(code[0]) else code[0], text)


def _without_short(text: str, names: Iterable[str]) -> str:
    """Words without names of two letters, as names are written: "an" is a word, and An somebody."""
    short = {part for name in names for part in re.findall(r"\b[^\W\d_]{2}\b", name)}
    parts = sorted(part if part[0].isupper() else part.capitalize() for part in short)
    return re.sub(rf"\b(?:{'|'.join(parts)})\b", REMOVED, text) if parts else text


def names_in(session: Session, text: str, of_tickets: Any) -> list[str]:
    """The names and codes of people that stand in a text, as names are written: "will" is a word too."""
    codes = [code for code in _CARD_CODE.findall(text) if card_codes.canonical(code)]
    people = {*session.exec(select(User.name)), *_called(session, of_tickets)}
    parts = {part for name in people for part in re.findall(r"\w+", name) if len(part) > 1}
    return [*codes, *sorted(parts & {word for word in re.findall(r"\w+", text) if word[0].isupper()})]


def names_known(session: Session, of_tickets: Any) -> frozenset[str]:
    """The names that the desk knows: of staff, and what was said of names on these tickets."""
    query = select(Ticket.practitioner_name_given, Reporter.support_code).join(
        Reporter, col(Reporter.id) == col(Ticket.reporter_id)
    )
    said = (word for row in session.exec(query.where(of_tickets)) for word in row)
    return frozenset({*session.exec(select(User.name)), *_called(session, of_tickets), *said} - {""})


def _called(session: Session, of_tickets: Any) -> set[str]:
    """What the reporters of these tickets are called, by themselves or on their cards."""
    query = select(Reporter.known_as, Reporter.support_code).join(
        Ticket, col(Reporter.id) == col(Ticket.reporter_id)
    )
    rows = session.exec(query.where(of_tickets)).all()
    codes = {card_codes.canonical(code) for _, code in rows} - {None}
    labels = session.exec(select(SupportCard.label).where(col(SupportCard.code).in_(codes))).all()
    return {part for label in (*labels, *(called for called, _ in rows)) for part in _name_parts(label)}


def _name_parts(label: str) -> list[str]:
    """The words of a label that may be a name: the whole of a short one, else those that are written so."""
    parts = re.findall(r"\w+", label)
    if len(parts) == 1:
        return parts
    return [part for part in parts if part[0].isupper() and part.lower() not in _NO_NAMES]


def clean_reference(typed: str, names: Iterable[str]) -> str:
    """The supplier's own reference, if it looks like one."""
    return typed if _REFERENCE.fullmatch(typed) else clean(typed, names) or "not given yet"
