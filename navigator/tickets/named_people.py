"""Who is named on a ticket’s page: its reporter, for those who may know how to reach them, and staff."""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Integer, and_, bindparam
from sqlmodel import Session, col, select

from navigator.people.reporter import Reporter
from navigator.people.user import User
from navigator.rows_to_read import rows_to_read
from navigator.tickets.enums import REPORTERS, TicketRole
from navigator.tickets.ticket import Ticket

_SEES_REPORTER = {TicketRole.NAVIGATOR, TicketRole.CLINICIAN, TicketRole.PWP, *REPORTERS}

_OF_PERSON: Any = (User.id, User.name, User.away_from_on, User.away_until_on)
"""What is shown of people on a ticket, and no more is read of them."""


def reporter_and_people(
    session: Session, ticket: Ticket, roles: frozenset[TicketRole], ids: Collection[int]
) -> tuple[Reporter | None, Sequence[Any]]:
    """The reporter of a ticket, for those who may know how to reach them; and of people `_OF_PERSON`."""
    asked = {"number": ticket.number, "sees_reporter": bool(roles & _SEES_REPORTER)}
    count = max(4, 1 << len(ids).bit_length())  # of few sizes, filled up with nobody
    people = {f"id{index}": id for index, id in enumerate([*ids, *(count - len(ids)) * [0]])}
    rows = rows_to_read(session, _people_query(count), **asked, **people)
    return rows[0][0], [person for _, *person in rows if person[0]]


@cache
def _people_query(count: int) -> Any:
    """Built once for so many people, each a parameter: a list is written anew each time that it runs."""
    ids = [bindparam(f"id{index}", type_=Integer()) for index in range(count)]
    return (
        select(Reporter, *_OF_PERSON)
        .select_from(Ticket)
        .outerjoin(Reporter, and_(col(Reporter.id) == col(Ticket.reporter_id), bindparam("sees_reporter")))
        .outerjoin(User, col(User.id).in_(ids))
        .where(Ticket.number == bindparam("number"))
    )
