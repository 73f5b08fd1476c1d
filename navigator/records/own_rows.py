"""The rows of a person: which rows of each place belong to tickets, and how they are emptied or deleted."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlmodel import Session

from navigator.people.access_needs import NEEDS
from navigator.people.card_codes import canonical
from navigator.people.private_links import address_hash
from navigator.phone_numbers import e164
from navigator.records.data_map import Place, of_tickets, places
from navigator.tickets.redaction import REMOVED

IS_CODE = 40
"""Characters of the longest code."""


def is_of(session: Session, place: Place, numbers: Collection[int]) -> ColumnElement[bool]:
    """The condition that a row of a place belongs to these tickets."""
    columns = place.rows.c
    if place.of in _WAYS:
        found: ColumnElement[bool] = _WAYS[place.of](session, columns, sorted(numbers))
        return found
    return columns[place.of].in_(sorted(numbers))


def is_row_of(session: Session, place: Place, row: Mapping[str, Any], numbers: Collection[int]) -> bool:
    """Whether a row of a place belongs to these tickets."""
    query = select(true()).select_from(place.rows).where(*is_row(place, row), is_of(session, place, numbers))
    return session.connection().execute(query).first() is not None


def rows_of(session: Session, place: Place, numbers: Collection[int]) -> list[Mapping[str, Any]]:
    """The rows of a place that belong to these tickets, oldest first."""
    query = select(place.rows).where(is_of(session, place, numbers))
    query = query.order_by(*place.rows.primary_key.columns)
    return [dict(row) for row in session.connection().execute(query).mappings()]


def forget_rows(session: Session, numbers: Collection[int]) -> dict[str, int]:
    """Empty or delete what belongs to these tickets, everywhere but on the tickets; rows by place."""
    session.flush()
    counts: dict[str, int] = {}
    for place in of_tickets():
        if place.table == "ticket" or place.own == "keep":
            continue
        is_theirs = is_of(session, place, numbers)
        if place.own == "delete":
            done = session.connection().execute(place.rows.delete().where(is_theirs)).rowcount
        else:
            done = _empty(session, place, numbers)
        counts |= {place.table: done} if done else {}
    session.expire_all()
    return counts


def _empty(session: Session, place: Place, numbers: Collection[int]) -> int:
    done = 0
    for row in rows_of(session, place, numbers):
        values = {name: emptied(place, name, row[name]) for name in place.personal}
        if place.table == "reporter":
            values["access_needs"] = [code for code in row["access_needs"] if code in NEEDS]
        if place.table == "message" and values["body"]:
            values["search_words"] = ""
        if place.table == "message":
            values["has_attachments"] = False
        if any(row[name] != value for name, value in values.items()):
            write_row(session, place, row, values)
            done += 1
    return done


def write_row(session: Session, place: Place, row: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Write columns of a row of a place, past the ORM."""
    session.connection().execute(place.rows.update().where(*is_row(place, row)).values(**values))


def is_row(place: Place, row: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """The condition that a row of a place is this one."""
    return [column == row[column.name] for column in place.rows.primary_key.columns]


def emptied(place: Place, column: str, value: Any) -> Any:
    """What stands in a column once its words are gone: that there were any is still seen."""
    if column in place.clear:
        return ""
    if place.table == "event":
        return _codes_alone(value)
    return without_words(value)


def without_words(value: Any) -> Any:
    """A text, or JSON with texts, with a mark in the place of its words."""
    if isinstance(value, str):
        return REMOVED if value else ""
    if isinstance(value, dict):
        return {name: without_words(one) for name, one in value.items()}
    return [without_words(one) for one in value] if isinstance(value, list) else value


def _codes_alone(value: Any) -> Any:
    """Of the facts of an event what is counted: numbers, yes and no, codes; what reads like words goes."""
    if isinstance(value, str):
        is_code = len(value) <= IS_CODE and value.replace("_", "a").replace(".", "a").isalnum()
        return value if is_code and value == value.lower() else without_words(value)
    if isinstance(value, dict):
        return {name: _codes_alone(one) for name, one in value.items()}
    return [_codes_alone(one) for one in value] if isinstance(value, list) else value


def _numbered(table: str, column: str, numbers: list[int], wanted: str) -> Any:
    rows = places()[table].rows
    return select(rows.c[wanted]).where(rows.c[column].in_(numbers))


def _of_reporter(session: Session, columns: Any, numbers: list[int]) -> Any:  # noqa: ARG001
    return columns.id.in_(_numbered("ticket", "number", numbers, "reporter_id"))


def _of_message(session: Session, columns: Any, numbers: list[int]) -> Any:  # noqa: ARG001
    is_of_message = columns.message_id.in_(_numbered("message", "ticket_number", numbers, "id"))
    if "ticket_number" in columns:
        return or_(is_of_message, columns.ticket_number.in_(numbers))
    return is_of_message


def _of_form(session: Session, columns: Any, numbers: list[int]) -> Any:
    """Forms of reporters, and on pages of tickets: a condition for each is too deep for SQLite."""
    pages = {("", page, str(number)) for number in numbers for page in ("tickets", "follow")}
    paths = session.connection().execute(select(columns.path).distinct()).scalars()
    on_pages = columns.path.in_([path for path in paths if tuple(path.split("/")[:3]) in pages])
    return or_(columns.owner.in_([f"reporter {number}" for number in numbers]), on_pages)


def _of_affected(session: Session, columns: Any, numbers: list[int]) -> Any:  # noqa: ARG001
    reporters = _numbered("ticket", "number", numbers, "reporter_id")
    return or_(columns.ticket_number.in_(numbers), columns.reporter_id.in_(reporters))


def _of_subscriber(session: Session, columns: Any, numbers: list[int]) -> Any:
    """Subscriptions by an address that somebody gave with a report: they hold no number of it."""
    rows = places()["reporter"].rows
    given = select(rows.c.email, rows.c.phone).where(_of_reporter(session, rows.c, numbers))
    addresses = [
        to for row in session.connection().execute(given) for to in (row.email, e164(row.phone)) if to
    ]
    return columns.contact_hash.in_([address_hash(to) for to in addresses])


def _of_card(session: Session, columns: Any, numbers: list[int]) -> Any:
    return columns.code.in_(_codes(session, numbers)) if numbers else false()


def _codes(session: Session, numbers: list[int]) -> list[str]:
    rows = places()["reporter"].rows
    given = select(rows.c.support_code).where(_of_reporter(session, rows.c, numbers))
    return [code for typed in session.connection().execute(given).scalars() if (code := canonical(typed))]


def _reporter_ids(session: Session, numbers: list[int]) -> list[int]:
    query = _numbered("ticket", "number", numbers, "reporter_id")
    return list(session.connection().execute(query).scalars())


def _card_ids(session: Session, numbers: list[int]) -> list[int]:
    cards = places()["supportcard"].rows
    query = select(cards.c.id).where(cards.c.code.in_(_codes(session, numbers)))
    return list(session.connection().execute(query).scalars())


def _of_answered(session: Session, columns: Any, numbers: list[int]) -> Any:
    reporters = [f"reporter {id}" for id in _reporter_ids(session, numbers)]
    return columns.who.in_(reporters + [f"card {id}" for id in _card_ids(session, numbers)])


def _mails(numbers: list[int]) -> Any:
    """The ids of the mails that are on tickets, or answer a letter of them."""
    mails = places()["inboundmail"].rows
    is_message = mails.c.message_id.in_(_numbered("message", "ticket_number", numbers, "id"))
    return select(mails.c.id).where(or_(mails.c.ticket_number.in_(numbers), is_message))


def _of_mail(session: Session, columns: Any, numbers: list[int]) -> Any:  # noqa: ARG001
    return (columns.mail_id if "mail_id" in columns else columns.id).in_(_mails(numbers))


def _of_letter(session: Session, columns: Any, numbers: list[int]) -> Any:
    to_reporter = and_(
        columns.recipient == "reporter", columns.recipient_id.in_(_reporter_ids(session, numbers))
    )
    to_card = and_(columns.recipient == "card", columns.recipient_id.in_(_card_ids(session, numbers)))
    to_mail = and_(columns.recipient == "mail", columns.recipient_id.in_(_mails(numbers)))
    return or_(columns.ticket_number.in_(numbers), to_reporter, to_card, to_mail)


_WAYS: Mapping[str, Callable[[Session, Any, list[int]], Any]] = {
    "reporter": _of_reporter,
    "message": _of_message,
    "form": _of_form,
    "affected": _of_affected,
    "subscriber": _of_subscriber,
    "card": _of_card,
    "answered": _of_answered,
    "letter": _of_letter,
    "mail": _of_mail,
}
"""How rows belong to tickets where no column has a number."""


def all_rows(session: Session, numbers: Collection[int]) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """Every row that belongs to these tickets, place by place."""
    for place in places().values():
        if place.of:
            for row in rows_of(session, place, numbers):
                yield place, row
