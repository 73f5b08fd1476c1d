"""Notices: what staff are told of a ticket on their Today, by naming, by watching, or because it was theirs.

Nobody is told of what they may not see. A notice is read once its reader says so, or does anything to the
ticket.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import bindparam, update
from sqlmodel import Session, and_, col, delete, select

from navigator import clock, database
from navigator.database import Table
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import Recipient
from navigator.people.actor import Actor
from navigator.people.composed_role import ComposedRole
from navigator.people.rights import Area, roles_by_area
from navigator.people.unread_notices import is_read_by_hand, is_unread
from navigator.people.user import Membership, Role, User
from navigator.tickets.change_signals import notify_change
from navigator.tickets.notice import Notice, NoticeKind, Watch
from navigator.tickets.reads import TicketRead
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import find, joined_tickets, reads_notes, roles_on, visible_to

MAX_SHOWN = 30

_TEMPLATES = {
    NoticeKind.MENTIONED: "mentioned",
    NoticeKind.WROTE: "watched_wrote",
    NoticeKind.ANSWERED: "watched_answered",
    NoticeKind.RESOLVED: "watched_resolved",
    NoticeKind.RESOLVED_FOR_YOU: "resolved_by_colleague",
}


_COLUMNS: Any = Notice.__table__.c  # type: ignore[attr-defined]
# What is read by opening its ticket stands under the bell alone.
IS_UNREAD = and_(is_unread(_COLUMNS), is_read_by_hand(_COLUMNS))
# Built once: that takes longer than to ask it.
_ON_TICKET = (
    select(Watch.is_mailed, TicketRead.read_at, Notice)
    .select_from(User)
    .outerjoin(
        TicketRead,
        and_(col(TicketRead.user_id) == col(User.id), col(TicketRead.ticket_number) == bindparam("number")),
    )
    .outerjoin(
        Watch, and_(col(Watch.user_id) == col(User.id), col(Watch.ticket_number) == bindparam("number"))
    )
    .outerjoin(
        Notice,
        and_(
            col(Notice.user_id) == col(User.id), col(Notice.ticket_number) == bindparam("number"), IS_UNREAD
        ),
    )
    .where(User.id == bindparam("user"))
    .order_by(col(Notice.id).desc())
)


@dataclass(frozen=True)
class ListedNotice:
    """A notice as its reader finds it, with what a list shows of the ticket."""

    kind: str
    number: int
    category: str | None
    actor_name: str
    created_at: datetime


class ToldOf(NamedTuple):
    """What somebody was told of a ticket and has not read; whether what they watch of it is mailed to them,
    None if they do not watch it; and when they last read it, None if they never did."""

    unread: Sequence[ListedNotice]
    is_mailed: bool | None
    read_at: datetime | None


def notify(session: Session, actor: Actor, ticket: Ticket, user_id: int, kind: NoticeKind) -> None:
    """Tell a member of staff on their Today; nobody of what they did themselves."""
    if user_id == actor.user_id:
        return
    database.append(
        session,
        Notice,
        user_id=user_id,
        ticket_number=ticket.number,
        kind=kind,
        actor_id=actor.user_id,
        actor_name=actor.name,
        created_at=clock.now(),
    )


def notify_by_email(session: Session, actor: Actor, ticket: Ticket, user_id: int, kind: NoticeKind) -> None:
    """Tell a member of staff on their Today and by email, which says no word of the ticket."""
    if user_id != actor.user_id:
        notify(session, actor, ticket, user_id, kind)
        enqueue(session, _TEMPLATES[kind], Recipient.USER, user_id, ticket_number=ticket.number)


def tell_watchers(session: Session, actor: Actor, ticket: Ticket, kind: NoticeKind) -> None:
    """Tell whoever watches a ticket of an answer or of its end, if they may see it still.

    Whoever has it is told by the action itself, but for an answer that somebody else gave.
    """
    query = select(Watch).where(col(Watch.ticket_number).in_(joined_tickets(session, ticket.number)))
    is_mailed = {row.user_id: row.is_mailed for row in session.exec(query)}
    if kind is not NoticeKind.ANSWERED:
        is_mailed.pop(ticket.assignee_id or 0, None)
    for watcher in colleagues_of(session, ticket, is_mailed) if is_mailed else ():
        tell = notify_by_email if is_mailed[watcher.user_id or 0] else notify
        tell(session, actor, ticket, watcher.user_id or 0, kind)


def tell_assignee_of_resolution(session: Session, actor: Actor, ticket: Ticket) -> None:
    """Tell whoever had a ticket that somebody else resolved it."""
    if ticket.assignee_id is not None:
        notify_by_email(session, actor, ticket, ticket.assignee_id, NoticeKind.RESOLVED_FOR_YOU)


def colleagues_of(session: Session, ticket: Ticket, user_ids: Collection[int] | None = None) -> list[Actor]:
    """The active staff of a ticket's service who may see it, or those of them who have these ids; by name."""
    return [one for one in staff_of(session, ticket.service_id, user_ids) if roles_on(one, ticket)]


def note_readers(session: Session, ticket: Ticket) -> list[Actor]:
    """The active staff who may read the notes of a ticket, by name."""
    staff = staff_of(session, ticket.service_id)
    return [one for one in staff if reads_notes(roles_on(one, ticket))]


def staff_of(session: Session, service_id: int, user_ids: Collection[int] | None = None) -> list[Actor]:
    """The active staff of a service with their roles for its tickets, by name."""
    query = (
        select(User.id, User.name, Membership.role, ComposedRole.rights)
        .join(Membership, col(Membership.user_id) == col(User.id))
        .outerjoin(ComposedRole, col(ComposedRole.id) == col(Membership.composed_role_id))
    )
    query = query.where(Membership.service_id == service_id, col(User.is_active))
    if user_ids is not None:
        query = query.where(col(User.id).in_(user_ids))
    rows = session.exec(query.order_by(col(User.name), col(User.id))).all()
    return [_colleague(service_id, [*own]) for _, own in groupby(rows, key=lambda row: row[0])]


def _colleague(service_id: int, memberships: Sequence[tuple[Any, ...]]) -> Actor:
    id, name, *_ = memberships[0]
    roles = {service_id: frozenset(Role(role) for _, _, role, _ in memberships)}
    composed = [right for *_, rights in memberships for right in rights or ()]
    rights = {service_id: roles_by_area(composed)}
    return Actor(name=name, user_id=id, roles=roles, rights=rights).within(Area.TICKETS)


def unread_notices(session: Session, actor: Actor) -> Sequence[ListedNotice]:
    """What a member of staff was told and has not read, the newest first."""
    query = (
        select(Notice, Ticket)
        .join(Ticket, col(Ticket.number) == col(Notice.ticket_number))
        .where(Notice.user_id == actor.user_id, IS_UNREAD, visible_to(actor))
        .order_by(col(Notice.id).desc())
    )
    return [
        ListedNotice(notice.kind, ticket.number, ticket.category, notice.actor_name, notice.created_at)
        for notice, ticket in session.exec(query.limit(MAX_SHOWN))
        if notice.kind != NoticeKind.MENTIONED or reads_notes(roles_on(actor, ticket))
    ]


def notices_on(session: Session, actor: Actor, ticket: Ticket) -> ToldOf:
    """What an actor who sees a ticket was told of it, whether they watch it, and when they read it."""
    of = {"number": ticket.number, "user": actor.user_id}
    rows: Sequence[Any] = session.exec(_ON_TICKET, params=of).all()
    unread = [(row.kind, row.actor_name, row.created_at) for _, _, row in rows if row]
    is_mailed, read_at = rows[0][:2] if rows else (None, None)
    return ToldOf(as_listed(actor, ticket, unread), is_mailed, read_at)


def as_listed(actor: Actor, ticket: Ticket, unread: Iterable[tuple[str, str, Any]]) -> list[ListedNotice]:
    """Notices on a ticket, each a kind, a name and a time, as an actor may read them."""
    sees_mentions = reads_notes(roles_on(actor, ticket))
    return [
        ListedNotice(kind, ticket.number, ticket.category, name, at)
        for kind, name, at in unread
        if kind != NoticeKind.MENTIONED or sees_mentions
    ]


def acknowledge(session: Session, actor: Actor, number: int) -> None:
    """Say that one has read what one was told of a ticket."""
    own = (col(Notice.user_id) == actor.user_id, col(Notice.ticket_number) == number)
    unread = update(Notice).where(*own, col(Notice.read_at).is_(None))
    session.execute(unread.values(read_at=clock.now()))
    notify_change(session)


def watch(session: Session, actor: Actor, number: int, *, is_mailed: bool) -> None:
    """Watch a ticket that one may see, on one's Today and, if one likes, by email."""
    find(session, actor, number)
    values = {"ticket_number": number, "user_id": actor.user_id, "created_at": clock.now()}
    row = database.insert(session, Watch).values(is_mailed=is_mailed, **values)
    keys = ["ticket_number", "user_id"]
    session.execute(row.on_conflict_do_update(index_elements=keys, set_={"is_mailed": is_mailed}))


def unwatch(session: Session, actor: Actor, number: int) -> None:
    """Watch a ticket, and what was merged with it, no more."""
    find(session, actor, number)
    numbers = joined_tickets(session, number)
    session.exec(
        delete(Watch).where(col(Watch.user_id) == actor.user_id, col(Watch.ticket_number).in_(numbers))
    )


def forget_leaver(session: Session, user_id: int, service_ids: Collection[int]) -> None:
    """Forget what somebody watched and was told in services that they left."""
    of_services = select(Ticket.number).where(col(Ticket.service_id).in_(service_ids))
    tables: tuple[type[Table], ...] = (Watch, Notice)
    for table in tables:
        columns = table.__table__.c  # type: ignore[attr-defined]
        session.execute(
            delete(table).where(columns.user_id == user_id, columns.ticket_number.in_(of_services))
        )


def take_back(session: Session, actor: Actor, number: int, since: datetime) -> None:
    """Take back what was told of an answer that its writer took back; their emails were held with it."""
    of_answer = (NoticeKind.ANSWERED, NoticeKind.RESOLVED, NoticeKind.RESOLVED_FOR_YOU)
    is_of_it = (col(Notice.ticket_number) == number, col(Notice.created_at) >= since)
    by_actor = (col(Notice.kind).in_(of_answer), col(Notice.actor_id) == actor.user_id)
    session.exec(delete(Notice).where(*is_of_it, *by_actor))
