"""Engagement import: who got into the programme, and who was active when, by the codes of cards.

A supplier’s list holds codes and days: no name, and nothing else is kept of it. A code that no card of the
service has is counted; that another service has it nobody learns.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.lookups import service_by_code
from navigator.errors import Forbidden
from navigator.people import card_codes
from navigator.people.actor import Actor
from navigator.people.audit_log import record_change
from navigator.people.support_card import SupportCard
from navigator.people.user import Role
from navigator.support_cards.csv_lines import LineError, Row, day_of, lines_of

COLUMNS = ("code", "first_log_in", "last_activity")
NEEDED = ("code", "first_log_in")
MOST_LINES = 2000
MAY_IMPORT = (Role.NAVIGATOR, Role.INTAKE)


@dataclass(frozen=True)
class Use:
    """When somebody logged in first, and was active last; without either they never got in."""

    first_on: date | None
    last_on: date | None


@dataclass
class ReadUse:
    """What a list says by code, as far as it can be read; and what is wrong, by line."""

    by_code: dict[str, Use] = field(default_factory=dict)
    errors: list[LineError] = field(default_factory=list)


@dataclass(frozen=True)
class ImportedUse:
    """How many cards a list told of, how many never got in by it, and how many codes no card has."""

    cards: int
    never_in: int
    unknown: int
    errors: list[LineError]


def read_list(text: str) -> ReadUse:
    """Read a list, before a transaction begins."""
    read, lines = ReadUse(), dict[str, int]()
    for line, row in lines_of(text, COLUMNS, NEEDED, MOST_LINES):
        code = card_codes.canonical(row["code"]) or ""
        errors = [*_wrong(line, row, lines.get(code))]
        read.errors += errors
        if not errors:
            lines[code] = line
            read.by_code[code] = _use(row)
    return read


def _wrong(line: int, row: Row, earlier: int | None) -> Iterator[LineError]:
    if card_codes.canonical(row["code"]) is None:
        yield LineError(line, "code", f"This is no card’s code. A code looks like {card_codes.EXAMPLE}")
    elif earlier:
        yield LineError(line, "code", f"This code stands in line {earlier} too")
    days = {name: day_of(row.get(name, "")) for name in COLUMNS[1:]}
    for name, day in days.items():
        if day is not None and not isinstance(day, date):
            yield LineError(line, name, "Write a day, like 2026-06-19 or 19/06/2026, or nothing")
        elif day and day > clock.today():
            yield LineError(line, name, "This day has not come yet")
    first, last = days.values()
    if isinstance(first, date) and isinstance(last, date) and last < first:
        yield LineError(line, "last_activity", "This is before they first logged in")


def _use(row: Row) -> Use:
    """Whoever was active has got in, at the latest on that day."""
    first, last = (day_of(row.get(name, "")) for name in COLUMNS[1:])
    return Use(first or last, last or first)


def import_list(
    session: Session, actor: Actor, service: str, read: ReadUse, *, is_dry_run: bool = False
) -> ImportedUse:
    """Note on the cards of a service what a list says of them: all or none, and nothing on a dry run."""
    service_id = service_by_code(session, service).id
    if service_id not in actor.services(*MAY_IMPORT):
        raise Forbidden("You may put in a list for your own service only.")
    cards = _cards(session, service_id, read.by_code)
    if not is_dry_run and not read.errors and read.by_code:
        for card in cards:
            _note(card, read.by_code[card.code])
        title = (
            f"The supplier’s list of who got in was put in: {len(cards)} of {len(read.by_code)} codes known"
        )
        record_change(session, actor, service_id, "card", title)
    never_in = sum(
        card.first_log_in_on is None and read.by_code[card.code].first_on is None for card in cards
    )
    return ImportedUse(len(cards), never_in, len(read.by_code) - len(cards), read.errors)


def _cards(session: Session, service_id: int, by_code: Mapping[str, Use]) -> list[SupportCard]:
    query = select(SupportCard).where(SupportCard.service_id == service_id)
    query = query.where(col(SupportCard.code).in_(sorted(by_code))).order_by(col(SupportCard.id))
    return [*session.exec(query.with_for_update())]


def _note(card: SupportCard, use: Use) -> None:
    """An older list takes nothing back: who got in once has, and the last day stays the last."""
    firsts, lasts = (
        [day for day in days if day]
        for days in ((card.first_log_in_on, use.first_on), (card.last_active_on, use.last_on))
    )
    card.first_log_in_on = min(firsts, default=None)
    card.last_active_on = max(lasts, default=None)
    card.engagement_told_at = clock.now()
