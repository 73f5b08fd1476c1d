"""Undo of a merge, for a day, while nothing was done that it makes untrue: both tickets stand as before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from navigator import clock
from navigator.errors import Conflict, Forbidden
from navigator.people.actor import Actor
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.call_diary import forget_ended_call
from navigator.tickets.actions.merge import COLUMNS, MOVED
from navigator.tickets.actions.reassign import reassign_if_absent
from navigator.tickets.detail import TicketDetail, ticket_detail
from navigator.tickets.held_send import from_json
from navigator.tickets.inputs import UnmergeInput
from navigator.tickets.lifecycle import act, record
from navigator.tickets.reply_draft import ReplyDraft
from navigator.tickets.ticket import ClinicalReview, Event, Status, Ticket
from navigator.tickets.training_examples import remember_sorting
from navigator.tickets.visibility import find, lock_tickets

UNDONE_WITHIN = timedelta(hours=24)

HARMLESS = frozenset({Action.NOTE, Action.ACKNOWLEDGE, Action.CONCLUDE, Action.UNMERGE})
"""What may have been done since: it stays true of the ticket on which it was done."""


@dataclass(frozen=True)
class UndoableMerge:
    """A merge of the last day, until when it can be undone, and what was done since that hinders it."""

    merged: int
    event: Event
    until: datetime
    hindered_by: Event | None

    @property
    def hindrance(self) -> str:
        """What hinders it, in words; empty where nothing does."""
        return in_words(self.hindered_by) if self.hindered_by else ""


def undoable_merges(detail: TicketDetail) -> Sequence[UndoableMerge]:
    """The merges into a ticket that can be undone still, or could but for what was done since."""
    if Action.UNMERGE not in detail.allowed:
        return ()
    return [*_merges(detail.events)]


def _merges(events: Sequence[Event]) -> Iterator[UndoableMerge]:
    for place, event in enumerate(events):
        until, later = event.created_at + UNDONE_WITHIN, events[place + 1 :]
        is_merge = event.action == Action.MERGE and "merged" in event.details and "former" in event.details
        if is_merge and until > clock.now() and event.details["merged"] not in _parted(later):
            hindered_by = next((one for one in later if not _is_harmless(one, later)), None)
            yield UndoableMerge(event.details["merged"], event, until, hindered_by)


def _parted(events: Sequence[Event]) -> set[int]:
    """The tickets whose merge was undone."""
    return {event.details["parted"] for event in events if "parted" in event.details}


def _is_harmless(event: Event, later: Sequence[Event]) -> bool:
    """Whether a merge can be undone after this: the desk's own choice for who is away went with the merge."""
    is_undone_merge = event.action == Action.MERGE and event.details.get("merged") in _parted(later)
    is_of_merge = event.action == Action.ASSIGN and "absent" in event.details
    is_handed_over = event.action == Action.MOVE_CALL and "handed_over_by" in event.details
    return event.action in HARMLESS or is_undone_merge or is_of_merge or is_handed_over


def undo_merge(session: Session, actor: Actor, number: int, unmerge_input: UnmergeInput) -> Ticket:
    """Undo a merge into a ticket: what was said goes back to where it was said, and both stand as before."""
    lock_tickets(session, actor, {number, unmerge_input.merged})
    merge = _merge_to_undo(session, actor, number, unmerge_input.merged)
    former, moved = merge.event.details["former"], merge.event.details["moved"]
    status = Status(merge.event.from_status or merge.event.to_status)
    facts = {"parted": merge.merged, "undone": Action.MERGE}
    target = act(session, actor, Action.UNMERGE, number, unmerge_input.version, status, **facts)
    ticket = find(session, actor, merge.merged)
    if ticket.status != Status.MERGED or ticket.merged_into != number:
        raise Conflict("This was undone already.")
    before = _part(session, actor, ticket, target)
    _move_back(session, ticket, target, moved)
    _put_back(session, ticket, before)
    _put_back(session, target, former)
    for each in (ticket, target):
        forget_ended_call(session, each)
    if ticket.status in (Status.NEW, Status.OPEN):
        reassign_if_absent(session, ticket)
    remember_sorting(session, ticket.number)
    return target


def _merge_to_undo(session: Session, actor: Actor, number: int, merged: int) -> UndoableMerge:
    detail = ticket_detail(session, actor, number)
    if Action.UNMERGE not in detail.allowed:
        raise Forbidden("You cannot do that to this ticket.")
    found = [one for one in undoable_merges(detail) if one.merged == merged]
    if not found:
        raise Conflict("There is no merge of that ticket that can be undone.")
    if words := found[0].hindrance:
        raise Conflict(f"The merge cannot be undone any more: since then {words}.")
    return found[0]


def in_words(event: Event) -> str:
    """What was done, as a sentence that says why a merge stays."""
    done = {
        Action.ANSWER: "the reporter wrote",
        Action.REPLY: f"{event.actor_name} answered",
        Action.RESOLVE: f"{event.actor_name} resolved the ticket",
        Action.MERGE: f"{event.actor_name} merged another ticket with it",
        Action.ASSIGN: f"{event.actor_name} assigned it",
        Action.CLAIM: f"{event.actor_name} took it",
        Action.TRIAGE: f"{event.actor_name} sorted it again",
        Action.BOOK_CALL: "the reporter booked a call",
        Action.REQUEST_REVIEW: "a clinician was told to read it",
    }
    return done.get(Action(event.action), f"{event.actor_name} did this: {event.action.replace('_', ' ')}")


def _part(session: Session, actor: Actor, ticket: Ticket, target: Ticket) -> dict[str, Any]:
    """Let the ticket that was merged go on by itself; how it stood, by its own event of the merge."""
    is_merge = (Event.ticket_number == ticket.number, Event.action == Action.MERGE)
    events = session.exec(select(Event).where(*is_merge).order_by(col(Event.id).desc())).all()
    event = next(one for one in events if one.details.get("into") == target.number)
    ticket.merged_into = None
    facts = {"parted_from": target.number, "undone": Action.MERGE}
    record(session, actor, Action.UNMERGE, ticket, Status(event.from_status or Status.OPEN), **facts)
    former: dict[str, Any] = event.details["former"]
    return former


def _put_back(session: Session, ticket: Ticket, former: dict[str, Any]) -> None:
    """Put back the columns that a merge may have changed; what must be read is known from what is there."""
    for name in COLUMNS:
        setattr(ticket, name, from_json(name, former[name]))
    if not former["names_practitioner"]:
        ticket.practitioner_name_given = ""
    is_open = (col(ClinicalReview.ticket_number) == ticket.number, col(ClinicalReview.ended_at).is_(None))
    ticket.has_open_review = (
        session.exec(select(ClinicalReview.id).where(*is_open).limit(1)).first() is not None
    )


def _move_back(session: Session, ticket: Ticket, target: Ticket, moved: dict[str, list[Any]]) -> None:
    for name, table in MOVED.items():
        is_moved = (col(table.id).in_(moved.get(name, ())), col(table.ticket_number) == target.number)
        session.execute(update(table).where(*is_moved).values(ticket_number=ticket.number))
    for user_id, address in moved["drafts"]:
        draft = session.get(ReplyDraft, (target.number, user_id, address))
        if draft is not None:
            session.delete(draft)
            session.merge(ReplyDraft(**draft.model_dump() | {"ticket_number": ticket.number}))
