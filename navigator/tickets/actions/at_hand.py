"""What somebody has at hand on a ticket, in one question: their draft, who is there, what they were told."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, bindparam, cast, literal, null, union_all
from sqlmodel import Session, col, select

from navigator import clock
from navigator.database import ask
from navigator.people.actor import Actor
from navigator.people.user import User
from navigator.tickets.actions.reply_drafts import STAGED, WAITS
from navigator.tickets.notice import Notice, Watch
from navigator.tickets.notices import IS_UNREAD, ToldOf, as_listed
from navigator.tickets.presence import PRESENT_FOR, WRITING_FOR, Presence, in_words
from navigator.tickets.reads import TicketRead
from navigator.tickets.reply_draft import ReplyDraft
from navigator.tickets.ticket import Ticket

_DRAFT, _STAGED, _WRITES, _READS, _NOTICE, _WATCH, _READ = range(7)


class AtHand(NamedTuple):
    """A draft as a form holds it, and what `others_present` and `notices_on` say."""

    draft: dict[str, str]
    others: Sequence[str]
    told: ToldOf


class _Row(NamedTuple):
    """A part’s number, what it is, whose or in what words, when, and an id or a number."""

    part: int
    kind: str
    words: str
    at: datetime | None
    id: int


def at_hand(session: Session, actor: Actor, ticket: Ticket, address: str) -> AtHand:
    """What somebody who sees a ticket has at hand there; the draft is that of one action."""
    now = clock.now()
    since = {"written_since": now - WRITING_FOR, "seen_since": now - PRESENT_FOR}
    of = {"number": ticket.number, "user": actor.user_id or 0, "of": address}
    found: Any = ask(session, _query(), **of, **since)
    rows = [_Row(*row) for row in found]
    by_part = {part: [row for row in rows if row.part == part] for part in range(7)}
    draft = {"body": "".join(row.words for row in by_part[_DRAFT]), STAGED: "yes" if by_part[_STAGED] else ""}
    # Whoever does both writes; two of one name are two people.
    activities = {row.id: (row.words, row.kind) for part in (_READS, _WRITES) for row in by_part[part]}
    newest_first = sorted(by_part[_NOTICE], key=lambda row: -row.id)
    notices = [(row.kind, row.words, row.at) for row in newest_first]
    is_mailed = next((bool(row.id) for row in by_part[_WATCH]), None)
    read_at = next((row.at for row in by_part[_READ]), None)
    told = ToldOf(as_listed(actor, ticket, notices), is_mailed, read_at)
    return AtHand(draft, in_words(activities.values()), told)


@cache
def _query() -> Any:
    """Built once: that takes longer than to ask it."""
    written: Any = col(ReplyDraft.updated_at)
    seen, notice = col(Presence.seen_at), col(Notice.created_at)
    draft = _part(_DRAFT, literal(""), ReplyDraft.body, written, literal(0))
    waits = _part(_STAGED, literal(""), literal(""), cast(null(), written.type), literal(0))
    writes = _part(_WRITES, literal("writing"), User.name, written, col(User.id))
    reads = _part(_READS, literal("reading"), User.name, seen, col(User.id))
    told = _part(_NOTICE, Notice.kind, Notice.actor_name, notice, col(Notice.id))
    watched = _part(_WATCH, literal(""), literal(""), Watch.created_at, cast(Watch.is_mailed, Integer))
    read = _part(_READ, literal(""), literal(""), TicketRead.read_at, literal(0))
    is_other = col(User.id) != bindparam("user")
    return union_all(
        draft.where(*_own(ReplyDraft), col(ReplyDraft.address) == bindparam("of")),
        waits.where(WAITS.exists()),
        writes.join_from(ReplyDraft, User, col(User.id) == col(ReplyDraft.user_id)).where(
            _on_it(ReplyDraft), written > bindparam("written_since"), is_other
        ),
        reads.join_from(Presence, User, col(User.id) == col(Presence.user_id)).where(
            _on_it(Presence), seen > bindparam("seen_since"), is_other
        ),
        told.where(*_own(Notice), IS_UNREAD),
        watched.where(*_own(Watch)),
        read.where(*_own(TicketRead)),
    )


def _part(part: int, *columns: Any) -> Select[Any]:
    return select(literal(part), *columns)  # type: ignore[no-any-return]


def _own(table: Any) -> tuple[Any, Any]:
    return _on_it(table), col(table.user_id) == bindparam("user")


def _on_it(table: Any) -> Any:
    return col(table.ticket_number) == bindparam("number")
