"""A person in every table: a row of each, with their name and address in every column that may hold words."""

import re
from collections.abc import Collection
from datetime import date, datetime
from email.message import EmailMessage
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Integer, Table, select
from sqlmodel import Session

from navigator.attachments.storage import new_name
from navigator.models import metadata
from navigator.people import card_codes
from navigator.people.private_links import address_hash
from navigator.records.data_map import places
from navigator.tickets.ticket import Status, Ticket
from tests.conftest import MOMENT
from tests.navigator.tickets.report_factory import tell
from tests.people import People

EMAIL, PHONE, NAME, CODE = "zebulon.quill@example.org", "+447700900982", "Zebulon Quill", card_codes.mint()
CANARY = f"{NAME} of {EMAIL}, 07700 900 982"
SIGNS = ("zebulon", "quill", "900982", "900 982", CODE.lower())
"""By what they would be found, anywhere."""
EXAMPLES: dict[type, Any] = {
    int: 1, float: 0.5, bool: False, str: "x", bytes: b"x", datetime: MOMENT, object: MOMENT,
    date: date(2026, 6, 1),
}  # fmt: skip
_MADE = ("ticket", "reporter", "message", "lease", "referenceversion", "unneededfile", "programme")
"""Tables whose rows are there already, or are of nobody."""
_NEEDED = ("peerdesk", "modelversion", "modelcontent")
"""Tables on which others stand, or that are spoken of here."""
_LISTS = ("why", "suggested_why", "identifiers", "unopened")


def plant(session: Session, people: People, but: Collection[str] = ()) -> Ticket:
    """Somebody's closed ticket, and a row in every table (but some) that is theirs or speaks of them."""
    ticket = tell(session, text=CANARY, contact={"route": "email", "email": EMAIL})
    ids: dict[str, Any] = {"service": people.north, "user": people.amina.user_id, "ticket": ticket.number}
    ids |= {"reporter": ticket.reporter_id}
    connection = session.connection()
    tickets, reporters = metadata.tables["ticket"], metadata.tables["reporter"]
    connection.execute(tickets.update().values(status=Status.CLOSED, needs_answer_since_at=None))
    for table in metadata.sorted_tables:
        if table.name not in but:
            _row(session, table, ids, ticket)
    for name, key, value in (("ticket", "number", ticket.number), ("reporter", "id", ticket.reporter_id)):
        values = {column: _words(metadata.tables[name].c[column]) for column in places()[name].personal}
        is_it = metadata.tables[name].c[key] == value
        connection.execute(metadata.tables[name].update().where(is_it).values(values))
    connection.execute(reporters.update().values(email=EMAIL, phone=PHONE, support_code=CODE))
    session.expire_all()
    return ticket


def _row(session: Session, table: Table, ids: dict[str, Any], ticket: Ticket) -> None:
    connection = session.connection()
    if table.name == "programme":
        ids["programme"] = connection.execute(select(table.c.id)).scalar()
    place = places()[table.name]
    if table.name in _MADE or not (place.personal or place.of or table.name in _NEEDED):
        return
    row = {column.name: _value(table, column, ids, ticket) for column in table.columns if not column.computed}
    if "id" in row and isinstance(table.c.id.type, Integer):
        del row["id"]
    if table.name == "attachment":
        row |= {"ticket_number": None, "user_id": None, "draft_hash": None}
    made = connection.execute(table.insert().values(row))
    ids[table.name] = made.inserted_primary_key[0]  # type: ignore[index]


def _value(table: Table, column: Column[Any], ids: dict[str, Any], ticket: Ticket) -> Any:
    if fixed := _FIXED.get((table.name, column.name)):
        return fixed(ticket)
    if column.name in places()[table.name].personal:
        return _words(column)
    if column.foreign_keys:
        target = next(iter(column.foreign_keys)).column.table
        return _message(target, ids) if target.name == "message" else ids.get(target.name)
    allowed = [value for check in _checks(table, column.name) for value in re.findall(r"'([^']*)'", check)]
    if allowed:
        return allowed[0]
    return [] if isinstance(column.type, JSON) else EXAMPLES[column.type.python_type]


def _message(messages: Table, ids: dict[str, Any]) -> Any:
    return select(messages.c.id).where(messages.c.ticket_number == ids["ticket"]).limit(1).scalar_subquery()


def _words(column: Column[Any]) -> Any:
    if isinstance(column.type, JSON):
        return [CANARY] if column.name in _LISTS else {"words": [CANARY]}
    return CANARY


def mail(to: str = "desk@example.org") -> bytes:
    """A mail of the person, of whose words no byte can be read: they are in Base64."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = f"{NAME} <{EMAIL}>", to, "I cannot get in"
    message.set_content(CANARY, cte="base64")
    return message.as_bytes()


def _checks(table: Table, column: str) -> list[str]:
    checks = [str(one.sqltext) for one in table.constraints if isinstance(one, CheckConstraint)]
    return [check for check in checks if check.split(maxsplit=1)[0] == column]


_FIXED: dict[tuple[str, str], Any] = {
    ("kept_form", "owner"): lambda ticket: f"reporter {ticket.number}",
    ("kept_form", "path"): lambda ticket: f"/follow/{ticket.number}",
    ("answeredquestion", "who"): lambda ticket: f"reporter {ticket.reporter_id}",
    ("supportcard", "code"): lambda _: CODE,
    ("supportcard", "email"): lambda _: EMAIL,
    ("supportcard", "phone"): lambda _: PHONE,
    ("inboundmail", "from_address"): lambda _: EMAIL,
    ("inboundmail", "state"): lambda _: "joined",
    ("noticesubscriber", "contact_hash"): lambda _: address_hash(EMAIL),
    ("mailoriginal", "content"): lambda _: mail(),
    ("attachment", "name"): lambda _: new_name(),
    ("modelversion", "number"): lambda _: 7,
    ("letter", "ticket_number"): lambda ticket: ticket.number,
    ("modelversion", "tickets"): lambda ticket: [ticket.number],
    ("repeatedreport", "numbers"): lambda ticket: [ticket.number],
}
