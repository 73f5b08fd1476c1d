"""Removing a file for good: a picture of a ticket that must not be kept; only that it was removed is.

Where a clinician must still read a ticket, they may need to see what stands on it: until then nothing goes.
"""

from sqlmodel import Session

from navigator.attachments.attachment import Attachment
from navigator.errors import Conflict, Forbidden
from navigator.people.actor import SYSTEM, Actor
from navigator.tickets.action_rules import Action
from navigator.tickets.attached_files import readable_file
from navigator.tickets.erased_files import erase, tickets_with
from navigator.tickets.lifecycle import act, record
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import find, lock_tickets

NOT_YET = "A clinician must read this first, and may need the file. Remove it when their review has ended."


def removable_file(session: Session, actor: Actor, number: int, file_id: int) -> Attachment:
    """A file that an actor may read, if nobody must still look at it for safety on any of its tickets."""
    found = readable_file(session, actor, number, file_id)
    if any(find(session, SYSTEM, one).has_open_review for one in tickets_with(session, found)):
        raise Conflict(NOT_YET)
    return found


def remove_file(session: Session, actor: Actor, number: int, file_id: int) -> Ticket:
    """Remove a file of a ticket, and its copies on others; a person does so who has looked at it."""
    if actor.user_id is None:
        raise Forbidden("Files are removed by a person who has looked at them.")
    known = tickets_with(session, readable_file(session, actor, number, file_id))
    lock_tickets(session, SYSTEM, {number, *known})
    found = removable_file(session, actor, number, file_id)
    others = tickets_with(session, found) - {number}  # it may have been split off meanwhile
    ticket = act(session, actor, Action.REDACT, number, file=file_id)
    for other in sorted(others):
        record(session, actor, Action.REDACT, find(session, SYSTEM, other), file=file_id)
    erase(session, found)
    return ticket
