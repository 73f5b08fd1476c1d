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
_CARD_CODE = re.compile(r"\b\w{3}[ -]?\w{3}[ -]?\w{4}\b")
_NO_NAMES = frozenset({"the", "this", "that", "her", "his", "she", "they", "mrs", "miss", "and", "from"})
"""Words that a practitioner's note of whom they know begins with, and that are nobody's name."""


def clean(text: str, names: Iterable[str]) -> str:
    """Words without what could lead to a person."""
    if not text:
        return ""
    without_codes = _CARD_CODE.sub(lambda code: REMOVED if card_codes.canonical(code[0]) else code[0], text)
    return without_identifiers(without_codes, names, REMOVED)


def names_known(session: Session, of_tickets: Any) -> frozenset[str]:
    """The names that the desk knows: of staff, and what was said of names on these tickets."""
    query = select(Ticket.practitioner_name_given, Reporter.known_as, Reporter.support_code).join(
        Reporter, col(Reporter.id) == col(Ticket.reporter_id)
    )
    rows = session.exec(query.where(of_tickets)).all()
    codes = {card_codes.canonical(code) for _, _, code in rows} - {None}
    labels = session.exec(select(SupportCard.label).where(col(SupportCard.code).in_(codes))).all()
    known_as = (part for label in (*labels, *(row[1] for row in rows)) for part in _name_parts(label))
    said = (word for practitioner, _, code in rows for word in (practitioner, code))
    return frozenset({*session.exec(select(User.name)), *known_as, *said} - {""})


def _name_parts(label: str) -> list[str]:
    """The words of a label that may be a name: the whole of a short one, else those that are written so."""
    parts = re.findall(r"\w+", label)
    if len(parts) == 1:
        return parts
    return [part for part in parts if part[0].isupper() and part.lower() not in _NO_NAMES]


def clean_reference(typed: str, names: Iterable[str]) -> str:
    """The supplier's own reference, if it looks like one."""
    return typed if _REFERENCE.fullmatch(typed) else clean(typed, names) or "not given yet"
