"""Finding a person's records: their tickets, and every other place that names or quotes them."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, or_, select
from sqlmodel import Session, col

from navigator.catalogue.contact import Contact
from navigator.catalogue.service import Service
from navigator.people.actor import Actor
from navigator.people.reporter import Reporter, gave, reference
from navigator.people.user import Role, User
from navigator.phone_numbers import e164
from navigator.records.data_map import Place, places, searched, text_columns
from navigator.records.identifiers import Identifier, of_reporter
from navigator.records.mails import ids_naming, original_texts
from navigator.records.own_rows import is_of, is_row
from navigator.tickets.actions.redact import related_tickets
from navigator.tickets.ticket import Ticket

MAIL = "inboundmail"
MAX_MENTIONS = 200
AROUND = 80
"""Characters that are shown on either side of what was found."""
MAY_FIND = (Role.MANAGER,)
"""Who may find, copy and erase: managers read every ticket of their service already."""


@dataclass(frozen=True)
class FoundTicket:
    """A ticket that may be of the person, by what it was found, and whether that is theirs alone."""

    ticket: Ticket
    service: str
    why: str
    is_sure: bool


@dataclass(frozen=True)
class Mention:
    """A place that names or quotes the person and is of no ticket of theirs."""

    key: str
    place: Place
    row: Mapping[str, Any]
    excerpt: str
    is_sure: bool

    @property
    def is_setting(self) -> bool:
        """Whether an administrator changes it among the settings."""
        return not self.place.personal

    @property
    def stays(self) -> str:
        """Why it stays when they are erased; empty where it does not."""
        return self.place.stays


@dataclass(frozen=True)
class Found:
    """All that was found of a person; `is_cut` where more names them than is shown."""

    tickets: Sequence[FoundTicket]
    mentions: Sequence[Mention]
    is_cut: bool = False


def find_person(session: Session, actor: Actor, identifiers: Sequence[Identifier]) -> Found:
    """The tickets and places of a person, in the services whose records an actor may find."""
    services = actor.services(*MAY_FIND)
    tickets = find_tickets(session, services, identifiers)
    sure = [each.ticket.number for each in tickets if each.is_sure]
    everything = with_addresses(session, identifiers, sure)
    mentions: list[Mention] = []
    for mention in find_mentions(session, services, everything, [each.ticket.number for each in tickets]):
        if len(mentions) == MAX_MENTIONS:
            return Found(tickets, mentions, is_cut=True)
        mentions.append(mention)
    return Found(tickets, mentions)


def find_tickets(
    session: Session, services: Collection[int], identifiers: Iterable[Identifier]
) -> list[FoundTicket]:
    """The tickets that are of the person, or may be; no ticket of another service leads to any."""
    found: dict[int, tuple[str, bool]] = {}
    for identifier in identifiers:
        for number in _numbers(session, services, identifier):
            found.setdefault(number, (_why(identifier), identifier.kind != "words"))
    for number, (_, is_sure) in [*found.items()]:
        for other in related_tickets(session, number) - found.keys():
            found[other] = (f"Merged with or split from {reference(number)}", is_sure)
    known = with_addresses(session, (), [number for number, (_, is_sure) in found.items() if is_sure])
    for identifier in known:
        for number in _numbers(session, services, identifier):
            found.setdefault(number, (f"The same {_NAMES[identifier.kind]} was given", False))
    query = select(Ticket, col(Service.name)).join(Service, col(Service.id) == col(Ticket.service_id))
    query = query.where(col(Ticket.number).in_(found), col(Ticket.service_id).in_(services))
    rows = session.execute(query.order_by(col(Ticket.number).desc())).all()
    return [FoundTicket(ticket, service, *found[ticket.number]) for ticket, service in rows]


_NAMES = {"email": "email address", "phone": "phone number", "code": "support code"}


def _why(identifier: Identifier) -> str:
    return f"Found by {({'ticket': 'its number', 'words': 'words'} | _NAMES)[identifier.kind]}"


def _numbers(session: Session, services: Collection[int], identifier: Identifier) -> Sequence[int]:
    condition: ColumnElement[bool]
    if identifier.kind == "ticket":
        condition = col(Ticket.number) == int(identifier.value)
    elif identifier.kind == "email":
        condition = gave("email", identifier.value)
    elif identifier.kind == "phone":
        phone = col(Reporter.phone)
        condition = or_(gave("phone", identifier.value), phone.startswith(f"{identifier.value};"))
    else:
        known_as = func.lower(col(Reporter.known_as)) == identifier.value.lower()
        condition = or_(gave("support_code", identifier.value), known_as)
    query = select(col(Ticket.number)).join(Reporter, col(Reporter.id) == col(Ticket.reporter_id))
    return session.execute(query.where(condition, col(Ticket.service_id).in_(services))).scalars().all()


def with_addresses(
    session: Session, identifiers: Iterable[Identifier], numbers: Collection[int]
) -> list[Identifier]:
    """What was typed, and the addresses and codes of these tickets; none that is of staff or of a service."""
    reporters = places()["reporter"]
    query = select(reporters.rows).where(is_of(session, reporters, numbers))
    rows = session.connection().execute(query.order_by(reporters.rows.c.id)).mappings()
    found = [*identifiers, *(each for row in rows for each in of_reporter(row))]
    own = _own_addresses(session)
    return [each for each in dict.fromkeys(found) if each.value not in own]


def _own_addresses(session: Session) -> set[str]:
    """The addresses and numbers of staff, contacts and services: what names them names no patient."""
    users = session.execute(select(func.lower(col(User.email)))).scalars()
    contacts = session.execute(select(col(Contact.email), col(Contact.phone))).all()
    phones = session.execute(select(col(Service.phone))).scalars()
    emails = {email.lower() for email, _ in contacts if email}
    return {*users, *emails, *(e164(phone) for phone in [*phones, *(row.phone for row in contacts)] if phone)}


def find_mentions(
    session: Session,
    services: Collection[int],
    identifiers: Sequence[Identifier],
    numbers: Collection[int],
) -> Iterator[Mention]:
    """Every row that names or quotes the person and belongs to none of these tickets."""
    for place in searched():
        if place.table == "recordrequest":
            continue  # erasing empties those that name the person by itself
        yield from _mentions_in(session, services, identifiers, numbers, place)
    yield from find_settings(session, services, identifiers)


def find_settings(
    session: Session, services: Collection[int], identifiers: Sequence[Identifier]
) -> Iterator[Mention]:
    """Every setting that names the person."""
    for place in places().values():
        if place.record_class == "setting":
            yield from _mentions_in(session, services, identifiers, (), place)


def _mentions_in(
    session: Session,
    services: Collection[int],
    identifiers: Sequence[Identifier],
    numbers: Collection[int],
    place: Place,
) -> Iterator[Mention]:
    columns = columns_of(place)
    if not identifiers or not columns:
        return
    of_services = _in_services(place, services)
    is_own = bool(of_services) or place.record_class == "setting"
    likes = [cast(column, Text).ilike(each.like) for column in columns for each in identifiers]
    if place.table == MAIL:
        likes.append(place.rows.c.id.in_(ids_naming(session, services, identifiers)))
    query = select(place.rows).where(or_(*likes), *of_services)
    if place.of and numbers:
        query = query.where(~func.coalesce(is_of(session, place, numbers), False))
    ordered = query.order_by(*place.rows.primary_key.columns)
    for row in map(dict, session.connection().execute(ordered).mappings()):
        for identifier in identifiers:
            texts = _texts_of(session, place, row, [column.name for column in columns])
            if excerpt := next((shown for text in texts if (shown := _excerpt(text, identifier))), ""):
                excerpt = excerpt if is_own else ""
                yield Mention(key_of(place, row), place, row, excerpt, identifier.is_sure)
                break


def columns_of(place: Place) -> list[Any]:
    """The columns of a place that are searched: of a setting, all its text."""
    names = place.personal or (text_columns(place.rows) if place.record_class == "setting" else ())
    return [place.rows.c[name] for name in names]


def _in_services(place: Place, services: Collection[int]) -> list[ColumnElement[bool]]:
    """That a row is of these services; what has no service is of all."""
    columns, tickets, problems = place.rows.c, places()["ticket"].rows, places()["problem"].rows
    if place.table == "service":
        return [columns.id.in_(services)]
    if "service_id" in columns:
        return [or_(columns.service_id.in_(services), columns.service_id.is_(None))]
    if "ticket_number" in columns:
        theirs = select(tickets.c.number).where(tickets.c.service_id.in_(services))
        return [or_(columns.ticket_number.in_(theirs), columns.ticket_number.is_(None))]
    if "problem_id" in columns:
        return [columns.problem_id.in_(select(problems.c.id).where(problems.c.service_id.in_(services)))]
    if place.table == "reporter":
        others = select(tickets.c.reporter_id).where(tickets.c.service_id.not_in(services))
        return [columns.id.not_in(others)]
    return []


def texts_in(value: Any) -> Iterator[str]:
    """The texts in a value: itself, or those within JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts_in(one)


def _texts_of(session: Session, place: Place, row: Mapping[str, Any], columns: Iterable[str]) -> list[str]:
    """The texts of a row; of a mail on no ticket, those of its original, too."""
    texts = [text for column in columns for text in texts_in(row[column])]
    is_loose = place.table == MAIL and row["message_id"] is None
    return texts + (original_texts(session, row["id"]) if is_loose else [])


def words_around(
    session: Session, place: Place, row: Mapping[str, Any], identifiers: Sequence[Identifier]
) -> str:
    """The words around what names the person in a row."""
    texts = _texts_of(session, place, row, place.personal)
    return " … ".join(shown for text in texts for each in identifiers if (shown := _excerpt(text, each)))


def _excerpt(text: str, identifier: Identifier) -> str:
    found = identifier.pattern.search(text)
    if found is None:
        return ""
    first, last = max(0, found.start() - AROUND), found.end() + AROUND
    return f"{'…' if first else ''}{text[first:last]}{'…' if last < len(text) else ''}"


def key_of(place: Place, row: Mapping[str, Any]) -> str:
    """The name of a row: its table and its key."""
    return f"{place.table} {json.dumps([row[column.name] for column in place.rows.primary_key.columns])}"


def is_mentioned(
    session: Session, services: Collection[int], identifiers: Sequence[Identifier], key: str
) -> bool:
    """Whether the row of a name is of these services, names the person, and can be changed for them."""
    found = row_of(session, key)
    if found is None or not found[0].personal or found[0].stays:
        return False
    place, row = found
    query = select(func.count()).select_from(place.rows)
    query = query.where(*is_row(place, row), *_in_services(place, services))
    texts = _texts_of(session, place, row, place.personal)
    is_named = any(each.pattern.search(text) for each in identifiers for text in texts)
    return is_named and bool(session.connection().execute(query).scalar())


def row_of(session: Session, key: str) -> tuple[Place, Mapping[str, Any]] | None:
    """The row of such a name; None if it is gone, or there never was one."""
    name, _, values = key.partition(" ")
    place = places().get(name)
    try:
        keys = json.loads(values)
    except ValueError:
        return None
    if place is None or not isinstance(keys, list) or len(keys) != len(place.rows.primary_key.columns):
        return None
    is_it = is_row(place, dict(zip(place.rows.primary_key.columns.keys(), keys, strict=True)))
    row = session.connection().execute(select(place.rows).where(*is_it)).mappings().one_or_none()
    return (place, dict(row)) if row else None
