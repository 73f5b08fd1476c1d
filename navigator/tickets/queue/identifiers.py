"""Search by what names a ticket: its reference, what its reporter gave, or its practitioner.

What somebody typed into a report joins work and never readers: the same address is not the same person.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Row,
    Select,
    String,
    bindparam,
    func,
    literal,
    select,
    text,
    union_all,
)
from sqlmodel import Session, col

from navigator.catalogue.service import Service
from navigator.database import ask
from navigator.people.actor import Actor
from navigator.people.card_codes import canonical
from navigator.people.reporter import Reporter, gave, number_of
from navigator.people.user import Membership, Role, User
from navigator.phone_numbers import normalised
from navigator.search_words import asked_words, index_words
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import ACTORS, may_see_reporter, visible_to

MAX_RESULTS = 50
MAX_PRACTITIONERS = 5
SHORTEST_NAME = 2
CONTACT = ("email", "phone", "support_code")
CARD_CODE = "card_code"
"""A support code, as the code of a card is kept, however it was typed."""
COLUMNS: tuple[Any, ...] = (
    Ticket.number, Ticket.category, Ticket.status, Ticket.reported_at,
    col(Ticket.has_open_review).label("has_open_review"), col(Service.name).label("service"),
)  # fmt: skip

_NEWEST_FIRST = (col(Ticket.number).desc(), text("field"))


class Identified(NamedTuple):
    """A ticket, as a list shows it, and the fields that name it."""

    ticket: Row[Any]
    fields: tuple[str, ...]


def identifiers(search_text: str) -> dict[str, Any]:
    """What a search may name besides words: a reference, or a code, an address or a number of a reporter."""
    typed = search_text.strip()
    named: dict[str, Any] = {"number": number_of(search_text) or 0, "support_code": typed}
    if "@" in typed:
        named["email"] = typed.lower()
    elif phone := normalised(typed):
        named["phone"] = phone
    if (code := canonical(typed)) and code != typed:
        named[CARD_CODE] = code
    return named


def has_identifier(actor: Actor, search_text: str) -> ColumnElement[bool]:
    """Tickets whose reference this is, or whose reporter gave this code: what a filter’s URL may hold."""
    named = identifiers(search_text)
    values = {name: literal(named[name]) for name in ("number", "support_code", CARD_CODE) if name in named}
    # As one list of numbers and not as "or", for which every ticket would be looked at.
    return col(Ticket.number).in_(select(_numbers(actor, values).subquery().c.number))


def find_identified(session: Session, actor: Actor, named: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """The tickets that an actor may see and that are named so, each with the `field` that names it.

    Whose reference it is comes first, then the newest: of an address that many gave, not all are shown."""
    return ask(session, _identified(actor, *named), **named).all()


@lru_cache(maxsize=ACTORS)
def _identified(actor: Actor, *names: str) -> Select[Any]:
    values = {name: bindparam(name, type_=Integer() if name == "number" else String()) for name in names}
    is_other = col(Ticket.number) != values["number"]
    query = _tickets_of(actor, _numbers(actor, values))
    return query.order_by(is_other, *_NEWEST_FIRST).limit(MAX_RESULTS)


def _numbers(actor: Actor, values: Mapping[str, ColumnElement[Any]]) -> CompoundSelect[Any]:
    """The numbers of the tickets that values name, each with the field that holds the value."""
    by_field = [_of_reporter(actor, name, value) for name, value in values.items() if name != "number"]
    if "number" in values:
        by_field.append(select(values["number"].label("number"), literal("number").label("field")))
    return union_all(*by_field)


def _of_reporter(actor: Actor, name: str, value: ColumnElement[Any]) -> Select[Any]:
    field = "support_code" if name == CARD_CODE else name
    columns: tuple[Any, ...] = (col(Ticket.number).label("number"), literal(field).label("field"))
    numbers: Select[Any] = select(*columns)
    numbers = numbers.join(Reporter, col(Reporter.id) == col(Ticket.reporter_id))
    return numbers.where(gave(field, value), may_see_reporter(actor)).correlate(None)


def _tickets_of(actor: Actor, numbers: CompoundSelect[Any]) -> Select[Any]:
    """What a list shows of the tickets with these numbers, as far as an actor may see them."""
    # First of all, or an engine may look through every ticket for the newest, or those that were not merged.
    found = numbers.cte("found").prefix_with("MATERIALIZED")
    query = select(*COLUMNS, *(column for column in found.c if column.key != "number")).select_from(found)
    query = query.join(Ticket, col(Ticket.number) == found.c.number)
    return query.join(Service, col(Service.id) == col(Ticket.service_id)).where(visible_to(actor))


def once_each(rows: Sequence[Row[Any]]) -> list[Identified]:
    """Each ticket once, with all the fields that name it."""
    by_number: dict[int, list[Row[Any]]] = {}
    for row in rows:
        by_number.setdefault(row.number, []).append(row)
    return [Identified(same[0], tuple(row.field for row in same)) for same in by_number.values()]


def same_contact(session: Session, actor: Actor, number: int, reporter: Reporter | None) -> list[Identified]:
    """Other tickets whose reporter gave the same address, phone number or code, the newest first.

    Nothing without a reporter, whom the actor may not see; merged tickets are left out."""
    given = {name: value for name in CONTACT if (value := getattr(reporter, name, ""))}
    if "email" in given:
        given["email"] = given["email"].lower()
    values = given | {"own_number": number}
    return once_each(ask(session, _same_contact(actor, *given), **values).all() if given else ())


@lru_cache(maxsize=ACTORS)
def _same_contact(actor: Actor, *names: str) -> Select[Any]:
    values = {name: bindparam(name, type_=String()) for name in names}
    query = _tickets_of(actor, _numbers(actor, values)).where(col(Ticket.merged_into).is_(None))
    is_other = col(Ticket.number) != bindparam("own_number", type_=Integer())
    return query.where(is_other).order_by(*_NEWEST_FIRST).limit(MAX_RESULTS)


def find_by_practitioner(session: Session, actor: Actor, search_text: str) -> Sequence[Row[Any]]:
    """The newest tickets of the practitioners of these names, each with the `field` and the `person`."""
    people = _practitioners(session, actor, search_text)
    if not people:
        return ()
    query = _tickets_of(actor, union_all(*_of_practitioners(people, search_text)))
    return session.execute(query.order_by(*_NEWEST_FIRST, text("person")).limit(MAX_RESULTS)).all()


def _practitioners(session: Session, actor: Actor, search_text: str) -> dict[int, str]:
    """The practitioners of an actor's services whose names have words that begin so, by id."""
    asked = [word.joined for word in asked_words(search_text, MAX_PRACTITIONERS)]
    if not asked or min(map(len, asked)) < SHORTEST_NAME or any(map(str.isdigit, "".join(asked))):
        return {}
    named = [row for row in session.execute(_practitioners_of(actor)) if _has_words(row.name, asked)]
    return {row.id: row.name for row in named[:MAX_PRACTITIONERS]}


@lru_cache(maxsize=ACTORS)
def _practitioners_of(actor: Actor) -> Select[Any]:
    columns: tuple[Any, ...] = (col(User.id), col(User.name))
    query: Select[Any] = select(*columns).join(Membership, col(Membership.user_id) == col(User.id))
    is_theirs = col(Membership.service_id).in_(sorted(actor.services()))
    query = query.where(col(Membership.role) == Role.PWP, is_theirs).distinct()
    return query.order_by(col(User.name), col(User.id))


def _has_words(name: str, asked: Sequence[str]) -> bool:
    words = index_words(name).split()
    return all(any(word.startswith(beginning) for word in words) for beginning in asked)


def _of_practitioners(people: Mapping[int, str], search_text: str) -> list[Select[Any]]:
    """By whom a ticket is said to be of: confirmed, reported by themselves, or named by its reporter."""
    fields = {
        "practitioner": (col(Ticket.pwp_id), col(Ticket.practitioner_is_confirmed)),
        "reported_by": (col(Ticket.reporter_user_id), col(Ticket.reporter_user_id).is_not(None)),
    }
    found = [
        _of_person(literal(name), field, column == id, condition)
        for field, (column, condition) in fields.items()
        for id, name in people.items()
    ]
    given = col(Ticket.practitioner_name_given)
    is_unconfirmed = (col(Ticket.practitioner_is_confirmed).is_(False), given != text("''"))
    spellings = {search_text.strip().lower(), *(name.lower() for name in people.values())}
    # `lower` and "not empty" as the index says them.
    return [*found, _of_person(given, "named", func.lower(given).in_(sorted(spellings)), *is_unconfirmed)]


def _of_person(name: Any, field: str, *conditions: Any) -> Select[Any]:
    number: Any = col(Ticket.number).label("number")
    return select(number, literal(field).label("field"), name.label("person")).where(*conditions)
