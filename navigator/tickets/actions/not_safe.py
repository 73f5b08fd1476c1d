"""It is no longer safe to contact a reporter: one press stops all that the desk would send or call."""

from sqlmodel import Session

from navigator import clock
from navigator.people.actor import SYSTEM, Actor, reporter
from navigator.tickets.actions.contact import stop_contact
from navigator.tickets.actions.reporter import split_tickets
from navigator.tickets.actions.settle_calls import settle_call
from navigator.tickets.detail import ticket_detail
from navigator.tickets.visibility import follow_merges, lock_tickets


def stop_all_contact(session: Session, actor: Actor) -> frozenset[int]:
    """Stop it for a reporter's own tickets, and for what was split off from them; the numbers of all these.

    Pressed again, nothing changes."""
    own = actor.own_ticket
    read = sorted(actor.reads | {own})
    splits = {number for each in read for number in split_tickets(session, reporter(each))}
    others = {number: reporter(number, reads=frozenset({number})) for number in sorted(splits)}
    goes_on = {number: follow_merges(session, number) for number in (own, *others)}
    lock_tickets(session, SYSTEM, {*goes_on, *goes_on.values()})
    for number, holder in ({own: actor} | others).items():
        detail = ticket_detail(session, holder, number)
        if detail.reporter is None or not detail.reporter.is_unsafe:
            stop_contact(session, holder, number)
            settle_call(session, clock.now(), goes_on[number])  # a booked call is cancelled at once
    return frozenset({own, *others}) | actor.reads
