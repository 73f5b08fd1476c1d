"""The diary of booked calls: who holds one, that it ends, and who is told of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete

from navigator import clock, database
from navigator.catalogue.call_times import QUARTER, quarters_of, remind_at
from navigator.catalogue.service import Service
from navigator.errors import Conflict
from navigator.outbox.addresses import address_of
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.people.actor import SYSTEM, Actor
from navigator.people.reporter import ContactMethod, Reporter
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.messages import notify_user
from navigator.tickets.assignment.candidates import set_assignee
from navigator.tickets.assignment.rules import Candidate, by_load
from navigator.tickets.booked_call import BookedCall, BookedQuarter, latest_calls, live_call
from navigator.tickets.lifecycle import record
from navigator.tickets.ticket import LIVE, Ticket

TAKEN = "That time is not free any more. Choose another."


def place(session: Session, ticket: Ticket, call: BookedCall, free: Sequence[Candidate]) -> None:
    """Let the first of these who is free in truth hold a call; refused where somebody was quicker.

    Whoever holds it has the ticket: so it stands among their calls to make.
    """
    for candidate in by_load(free):
        call.navigator_id = candidate.user_id
        session.add(call)
        session.flush()
        if _take_quarters(session, call):
            break
    else:
        raise Conflict(TAKEN)
    service = session.get_one(Service, ticket.service_id)
    call.remind_at = remind_at(service, call.starts_at, clock.now())
    ticket.next_call_at = call.starts_at
    if candidate.user_id != ticket.assignee_id:
        _give_ticket(session, ticket, candidate, len(free))


def move(
    session: Session, actor: Actor, ticket: Ticket, call: BookedCall, at: datetime, free: Sequence[Candidate]
) -> None:
    """Move a call to a time, to be held by the first who is free then.

    Who was to hold it and who is hear of it, each what is news to them.
    """
    former_id, former_at = call.navigator_id, call.starts_at
    call.starts_at = at
    place(session, ticket, call, free)
    if call.navigator_id != former_id:
        _tell_navigator(session, actor, ticket, former_id, "not yours any more", former_at)
        tell_navigator(session, actor, ticket, call, "booked")
    elif at != former_at:
        tell_navigator(session, actor, ticket, call, "moved")


def _take_quarters(session: Session, call: BookedCall) -> bool:
    """Take the time of a call from its navigator, whole or not at all: the database refuses what is taken."""
    _free_quarters(session, call)
    rows = [
        {"navigator_id": call.navigator_id, "starts_at": at, "call_id": call.id}
        for at in quarters_of(call.starts_at, call.minutes)
    ]
    insert = database.insert(session, BookedQuarter).values(rows).on_conflict_do_nothing()
    return len(session.scalars(insert.returning(BookedQuarter.starts_at)).all()) == len(rows)


def _free_quarters(session: Session, call: BookedCall) -> None:
    session.exec(delete(BookedQuarter).where(col(BookedQuarter.call_id) == call.id))


def _give_ticket(session: Session, ticket: Ticket, candidate: Candidate, out_of: int) -> None:
    """Assign a ticket to whoever holds its call."""
    why: dict[str, Any] = {"why": [candidate.load, candidate.capacity, out_of]}
    record(session, SYSTEM, Action.ASSIGN, ticket, assignee=candidate.user_id, **why)
    set_assignee(session, ticket, candidate.user_id, candidate)
    notify_user(session, ticket, candidate.user_id, "assigned")


def cancel(session: Session, ticket: Ticket, call: BookedCall, is_known: bool = False) -> None:
    """Cancel a call on a ticket that is being changed. Who cannot be written to is to be phoned instead.

    Where it `is_known` to its reporter, because they did it, nobody need phone them.
    """
    end(session, call, is_cancelled=call.starts_at > clock.now())
    if call.is_cancelled:
        tell(session, call, "call_cancelled")
    ticket.next_call_at = _phone_at(session, call) if ticket.status in LIVE and not is_known else None


def _phone_at(session: Session, call: BookedCall) -> datetime | None:
    """Now, if whoever booked a call must hear by phone that it is off: nobody can write to them."""
    reporter = reporter_of(session, call)
    is_told = address_of(session, Recipient.REPORTER, reporter.id) is not None
    return clock.now() if call.is_off and may_be_phoned(reporter) and not is_told else None


def end(session: Session, call: BookedCall, is_cancelled: bool = False) -> None:
    """End a call: its time is free for others."""
    call.ended_at, call.is_cancelled, call.remind_at = clock.now(), is_cancelled, None
    count_change(call)
    _free_quarters(session, call)


def keep_one_call(session: Session, ticket: Ticket, target: Ticket) -> None:
    """Of two tickets that are merged the sooner booked call that is to come stays, else the sooner one.

    Who booked the other one, by letter or else by phone, and who was to hold it are told, unless its time
    is over.
    """
    now = clock.now()
    calls = [(call, each) for each in (ticket, target) if (call := live_call(session, each.number))]
    for call, of in sorted(calls, key=lambda pair: (pair[0].starts_at <= now, pair[0].starts_at))[1:]:
        end(session, call, is_cancelled=call.starts_at > now)
        if call.is_cancelled:
            tell(session, call, "call_cancelled")
            tell_navigator(session, SYSTEM, of, call, "cancelled")
        _forget(session, of, call)


def forget_ended_call(session: Session, ticket: Ticket) -> None:
    """Plan no call that a merge ended, where the merge is undone: who booked it was told that it is off."""
    call = latest_calls(session, [ticket.number]).get(ticket.number)
    if call and not call.is_live:
        _forget(session, ticket, call)


def _forget(session: Session, ticket: Ticket, call: BookedCall) -> None:
    if ticket.next_call_at == call.starts_at:
        ticket.next_call_at = _phone_at(session, call)


def end_by_log(session: Session, ticket: Ticket) -> datetime | None:
    """End a booked call that has come, as a call is logged; when it begins, if that is still ahead.

    A quarter of an hour before its time a call is the booked one.
    """
    call = live_call(session, ticket.number)
    if call is None:
        return None
    if call.starts_at - QUARTER > clock.now():
        return call.starts_at
    end(session, call)
    return None


def resume_logged(session: Session, number: int, since: datetime) -> None:
    """Let a booked call be held still that a log since then ended, for that log is taken back."""
    call = latest_calls(session, [number]).get(number)
    if call and call.ended_at and call.ended_at >= since and not call.is_cancelled:
        call.ended_at = None
        count_change(call)
        _take_quarters(session, call)


def count_change(call: BookedCall) -> None:
    """Count a change, as calendars do."""
    call.sequence += 1
    call.changed_at = clock.now()


def tell(session: Session, call: BookedCall, template: str) -> OutboxMessage | None:
    """Write to whoever booked a call, by the way that they chose and only where it is safe."""
    return enqueue(
        session,
        template,
        Recipient.REPORTER,
        reporter_of(session, call).id,
        ticket_number=call.origin_number,
        context={"at": call.starts_at.isoformat()},
    )


def tell_navigator(session: Session, actor: Actor, ticket: Ticket, call: BookedCall, change: str) -> None:
    """Write to whoever is to hold a call, or was to, unless they changed it themselves."""
    _tell_navigator(session, actor, ticket, call.navigator_id, change, call.starts_at)


def _tell_navigator(
    session: Session, actor: Actor, ticket: Ticket, user_id: int, change: str, at: datetime
) -> None:
    if actor.user_id != user_id:
        notify_user(session, ticket, user_id, "call_for_you", change=change, at=at.isoformat())


def may_be_phoned(reporter: Reporter) -> bool:
    """Whether nobody said that it is not safe to contact them, or that they want no contact or no calls."""
    wants_none = reporter.is_not_phoned or reporter.contact_method == ContactMethod.NONE
    return reporter.is_written_to and not wants_none


def reporter_of(session: Session, call: BookedCall) -> Reporter:
    """Who booked a call, whatever became of their ticket."""
    return session.get_one(Reporter, session.get_one(Ticket, call.origin_number).reporter_id)
