"""The bell: all that a member of staff was told, read or not, how much of it is unread, and reading it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, update
from sqlmodel import Session, col, func, select

from navigator import clock, database
from navigator.errors import NotFound
from navigator.people.actor import Actor
from navigator.people.rights import Area
from navigator.people.unread_notices import is_unread
from navigator.tickets.change_signals import notify_change
from navigator.tickets.notice import Notice, NoticeKind
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import reads_notes, roles_on, visible_to

MAX_LISTED = 50
_COLUMNS: Any = Notice.__table__.c  # type: ignore[attr-defined]
_TOLD_BY: Mapping[str, NoticeKind] = {
    "assigned": NoticeKind.GIVEN,
    "back_again": NoticeKind.GIVEN,
    "reporter_wrote": NoticeKind.WROTE_TO_YOU,
    "guard_plan_without": NoticeKind.SESSION_NEAR,
}
"""What the bell tells of what a mail tells; the rest has a place of its own."""


class Unread(NamedTuple):
    """How many notices are unread, and the newest of them: another pair is news."""

    unread: int
    newest: int


NOTHING_UNREAD = Unread(0, 0)


@dataclass(frozen=True)
class BellNotice:
    """A line of the bell; of a ticket that its reader may not see now, that it is one and no more."""

    id: int
    kind: str
    number: int
    category: str | None
    actor_name: str
    created_at: datetime
    is_unread: bool
    is_open: bool


def ring(session: Session, ticket: Ticket, user_id: int, template: str) -> None:
    """Tell a member of staff by the bell of what a mail tells them, if it is of such a kind."""
    if kind := _TOLD_BY.get(template):
        facts = {"user_id": user_id, "ticket_number": ticket.number, "kind": kind}
        database.append(session, Notice, **facts, actor_name="", created_at=clock.now())


def list_notices(session: Session, actor: Actor) -> Sequence[BellNotice]:
    """The notices of an actor: the unread first, so that what is counted is there, then the newest."""
    actor = actor.within(Area.TICKETS)
    is_seen = and_(col(Ticket.number) == col(Notice.ticket_number), visible_to(actor))
    unread = is_unread(_COLUMNS).label("unread")
    query: Any = select(Notice, Ticket, unread).outerjoin(Ticket, is_seen)
    query = query.where(Notice.user_id == actor.user_id).order_by(unread.desc(), col(Notice.id).desc())
    return [_listed(actor, *row) for row in session.exec(query.limit(MAX_LISTED))]


def _listed(actor: Actor, notice: Notice, ticket: Ticket | None, unread: bool) -> BellNotice:
    is_note = notice.kind == NoticeKind.MENTIONED
    is_open = ticket is not None and (not is_note or reads_notes(roles_on(actor, ticket)))
    category = ticket.category if ticket and is_open else None
    facts = (notice.kind, notice.ticket_number, category, notice.actor_name, notice.created_at)
    return BellNotice(notice.id, *facts, is_unread=unread, is_open=is_open)


def read_one(session: Session, actor: Actor, notice_id: int) -> int:
    """Mark a notice, and all others of its ticket, as read; the number of that ticket."""
    notice = session.get(Notice, notice_id)
    if notice is None or notice.user_id != actor.user_id:
        raise NotFound("We cannot find that notice.")
    _mark_read(session, actor, col(Notice.ticket_number) == notice.ticket_number)
    return notice.ticket_number


def read_all(session: Session, actor: Actor, newest_id: int) -> None:
    """Mark all notices up to the newest that was shown as read: what came since is not."""
    _mark_read(session, actor, col(Notice.id) <= newest_id)


def _mark_read(session: Session, actor: Actor, *these: Any) -> None:
    unread = update(Notice).where(col(Notice.user_id) == actor.user_id, col(Notice.read_at).is_(None), *these)
    session.execute(unread.values(read_at=clock.now()))
    notify_change(session)


def unread_of(session: Session, user_ids: Collection[int]) -> Mapping[int, Unread]:
    """By user, what is unread of theirs; who has read everything is not there."""
    if not user_ids:
        return {}
    query: Any = select(Notice.user_id, func.count(), func.max(Notice.id))
    query = query.where(col(Notice.user_id).in_(sorted(user_ids)), is_unread(_COLUMNS))
    return {
        user: Unread(count, newest) for user, count, newest in session.exec(query.group_by(Notice.user_id))
    }
