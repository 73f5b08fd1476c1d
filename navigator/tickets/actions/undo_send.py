"""Undo of sending: what goes to a reporter waits some seconds, in which its sender can take it back."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.service import Service
from navigator.errors import Conflict
from navigator.outbox.hold import cancel_held, hold_outbox
from navigator.people.actor import Actor
from navigator.tickets import notices, submissions
from navigator.tickets.action_rules import ACTION_RULES, Action
from navigator.tickets.actions.call_diary import resume_logged
from navigator.tickets.actions.reply_drafts import keep_words
from navigator.tickets.activity import recount_activity
from navigator.tickets.attached_files import wait_again
from navigator.tickets.enums import Audience, NextStep, Resolution
from navigator.tickets.held_send import GRACE, LONGEST_HOLD, HeldSend, changes, held_sends, put_back, snapshot
from navigator.tickets.lifecycle import act
from navigator.tickets.phone_call import PhoneCall
from navigator.tickets.ticket import Message, Status, Ticket
from navigator.tickets.training_examples import remember_sorting
from navigator.tickets.visibility import find

_LEFT = "It has left. It cannot be taken back any more."
_TAKEN_BACK = "It was taken back already."
_RESOLUTIONS = frozenset(Resolution)
_DOES = {Action.WAIT: "wait", Action.PARK: "park"}


@contextmanager
def time_to_undo(
    session: Session, actor: Actor, action: Action, number: int, chosen: Any, mark: str = ""
) -> Iterator[None]:
    """Let what is sent meanwhile wait as long as the service says, and remember how to take it back.

    `mark` is of the form that was sent: once that is taken back, it may be sent again.
    Only a person is there to take it back: what a key sends, or the desk by itself, leaves at once.
    """
    ticket = find(session, actor, number, lock=True)
    seconds = session.get_one(Service, ticket.service_id).undo_seconds
    if not seconds or actor.user_id is None:
        yield
        return
    now, before = clock.now(), snapshot(ticket)
    with hold_outbox(session, now + timedelta(seconds=seconds) + GRACE) as hold:
        yield
    session.flush()
    if _messages(session, number, hold.until):
        parts = _parts(action, chosen)
        held = HeldSend(
            ticket_number=number,
            user_id=actor.user_id,
            action=action_of(parts.get("does", "")) if action is Action.REPLY else action,
            created_at=now,
            leaves_at=hold.until,
            changed=changes(before, snapshot(ticket)),
            parts=parts,
            mark=submissions.mark_hash(mark),
            outbox_ids=[letter.id for letter in hold.letters],
        )
        session.add(held)


def _parts(action: Action, chosen: Any) -> dict[str, str]:
    """What was chosen beside the words, as the form that sends them names it."""
    does = getattr(chosen, "does", None) or getattr(chosen, "resolution", None) or _DOES.get(action)
    parts = {
        "does": does,
        "sort_as": getattr(chosen, "sort_as", ""),
        "follow_up": getattr(chosen, "follow_up", ""),
    }
    return {name: str(value) for name, value in parts.items() if value}


def action_of(does: str) -> Action:
    """The action by which words are sent with what they do."""
    if not does:
        return Action.REPLY
    return Action.RESOLVE if does in _RESOLUTIONS else Action(does)


def _messages(session: Session, number: int, leaves_at: Any) -> list[Message]:
    query = select(Message).where(Message.ticket_number == number, col(Message.leaves_at) == leaves_at)
    return [*session.exec(query.order_by(col(Message.id))).all()]


def own_held_send(session: Session, actor: Actor, ticket: Ticket) -> HeldSend | None:
    """What an actor sent from a ticket last and can still take back."""
    now = clock.now()
    if ticket.updated_at <= now - LONGEST_HOLD:  # as most are, at no cost
        return None
    held = held_sends(session, ticket.number, now)
    return next((send for send in held if send.user_id == actor.user_id and send.seconds_left(now)), None)


def take_back(session: Session, actor: Actor, number: int, held_id: int) -> HeldSend:
    """Take back what an actor sent: the ticket is as it was, its words are a draft, and no letter leaves.

    What somebody did to the ticket since stays. Either a worker has claimed a letter, or it finds none.
    """
    if sent := session.get(HeldSend, held_id):
        submissions.hold(session, sent.mark)
    ticket = find(session, actor, number, lock=True)
    held = session.get(HeldSend, held_id, populate_existing=True)  # perhaps taken back meanwhile
    if held is None:
        raise Conflict(_TAKEN_BACK)
    is_own = (held.ticket_number, held.user_id) == (number, actor.user_id)
    if not (is_own and held.seconds_left(clock.now()) and cancel_held(session, held.outbox_ids)):
        raise Conflict(_LEFT)
    _restore(session, actor, ticket, held)
    messages = _messages(session, number, held.leaves_at)
    is_written_since = _is_written_since(session, number, messages)
    for message in messages:
        keep_words(session, actor, number, ACTION_RULES[Action.REPLY].address, message.body)
        wait_again(session, actor, message)
        session.delete(message)
    _forget_call(session, held)
    notices.take_back(session, actor, number, held.created_at)
    submissions.forget(session, held.mark)
    session.delete(held)
    session.flush()
    if is_written_since:  # else it is put back, with what was asked without words
        recount_activity(session, ticket)
    return held


def _is_written_since(session: Session, number: int, messages: Sequence[Message]) -> bool:
    """Whether reporter or staff wrote to the other after what is taken back."""
    query = select(Message.id).where(
        Message.ticket_number == number,
        col(Message.id) > max((message.id for message in messages), default=0),
        Message.audience == Audience.PUBLIC,
    )
    return session.exec(query.limit(1)).first() is not None


def _forget_call(session: Session, held: HeldSend) -> None:
    """Delete the call that was logged in one with the words: it is logged again when they are sent again.

    The booked call that this log ended is to be held still, unless another was logged since.
    """
    if held.parts.get("follow_up") != NextStep.CALL_AGAIN:
        return
    query = select(PhoneCall).where(
        PhoneCall.ticket_number == held.ticket_number,
        PhoneCall.user_id == held.user_id,
        col(PhoneCall.created_at) >= held.created_at,
    )
    logged = session.exec(query.order_by(col(PhoneCall.id)).limit(2)).all()
    for call in logged[:1]:
        session.delete(call)
    if len(logged) == 1:
        resume_logged(session, held.ticket_number, held.created_at)


def _restore(session: Session, actor: Actor, ticket: Ticket, held: HeldSend) -> None:
    was, became = held.changed.get("status", [ticket.status, ticket.status])
    status = Status(was if ticket.status == became else ticket.status)
    current = snapshot(ticket)  # before it is said that this was undone
    act(session, actor, Action.TAKE_BACK, ticket.number, None, status, undone=held.action)
    put_back(ticket, held.changed, current)
    if "category" in held.changed:
        remember_sorting(session, ticket.number)
