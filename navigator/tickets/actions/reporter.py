"""Actions of the reporter: answer, confirm, reopen, withdraw; and their private (magic) link."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from navigator import clock
from navigator.attachments.receive import StoredFile
from navigator.catalogue.service import Service
from navigator.database import ask
from navigator.errors import Conflict, NotFound, TooMany
from navigator.outbox import delivery
from navigator.outbox.addresses import LOST_LINK, address_of, address_of_reporter
from navigator.outbox.outbox_message import Recipient
from navigator.people import private_links
from navigator.people.actor import SYSTEM, Actor
from navigator.people.rate_limit import Limit, hit
from navigator.people.reporter import ContactMethod, Reporter, number_of
from navigator.phone_numbers import e164
from navigator.tickets.action_rules import ACTION_RULES, Action
from navigator.tickets.actions.clinical_review import set_contact_note
from navigator.tickets.actions.messages import add_message, notify_reporter, notify_user
from navigator.tickets.actions.reassign import reassign_if_absent
from navigator.tickets.activity import is_reporter
from navigator.tickets.attached_files import attach
from navigator.tickets.booked_call import live_call
from navigator.tickets.erased_files import erase_of_reporter
from navigator.tickets.inputs import SayInput
from navigator.tickets.lifecycle import act, record
from navigator.tickets.notice import NoticeKind
from navigator.tickets.notices import tell_watchers
from navigator.tickets.ticket import Author, Event, Resolution, Status, Ticket
from navigator.tickets.triage import recompute_deadlines, restart_target
from navigator.tickets.visibility import find, follow_merges, lock_tickets, reporter_by

LINK_REQUESTS = Limit(5, timedelta(hours=1))


def reporter_by_link(session: Session, token: str) -> Actor | None:
    """The reporter whose private link (magic link) this is."""
    link = private_links.link_by_token(session, token)
    return None if link is None else reporter_by(session, link)


def answer(
    session: Session, actor: Actor, number: int, message: SayInput, files: Sequence[StoredFile] = ()
) -> Ticket:
    """The reporter writes; whatever waited for them or had ended is open again."""
    lock_tickets(session, SYSTEM, {number, follow_merges(session, number)})
    own = act(session, actor, Action.ANSWER, number, message.version)
    ticket = _answered_where_it_goes_on(session, actor, own)
    said = add_message(session, actor, ticket, Action.ANSWER, message.body, Author.REPORTER, own.number)
    attach(session, said, files)
    tell_watchers(session, actor, ticket, NoticeKind.WROTE)
    if not resume(session, ticket):
        notify_user(session, ticket, ticket.assignee_id, "reporter_wrote")
    return own


def _answered_where_it_goes_on(session: Session, actor: Actor, own: Ticket) -> Ticket:
    """The ticket on which others read an answer: it hears of one that its writer may not see."""
    if own.status != Status.MERGED:
        return own
    ticket = find(session, SYSTEM, follow_merges(session, own.number), lock=True)
    moves = ACTION_RULES[Action.ANSWER].transitions
    return record(session, actor, Action.ANSWER, ticket, moves.get(Status(ticket.status)), said_on=own.number)


def say_how_to_reach_me(session: Session, actor: Actor, reach_by: str) -> str:
    """A way to be reached, for the clinicians; for the navigators, if no clinician reads any more."""
    if not set_contact_note(session, actor, reach_by):
        answer(session, actor, actor.own_ticket, SayInput(body=reach_by))
        return "Your message was sent."
    return "Thank you. The person who reads your message will see this."


def confirm(session: Session, actor: Actor, number: int) -> Ticket:
    """Confirm that it works now: the ticket is closed."""
    ticket = act(session, actor, Action.CONFIRM, number)
    now = clock.now()
    if ticket.resolved_at is None:
        tell_watchers(session, actor, ticket, NoticeKind.RESOLVED)
    ticket.resolution = ticket.resolution or Resolution.FIXED_ITSELF
    ticket.resolved_at, ticket.closed_at = ticket.resolved_at or now, now
    return ticket


def reopen(session: Session, actor: Actor, number: int, message: SayInput | None = None) -> Ticket:
    """Reopen a ticket: it is still broken, or somebody takes it up again."""
    ticket = act(session, actor, Action.REOPEN, number, message.version if message else None)
    if message:
        author = Author.REPORTER if is_reporter(actor, ticket) else Author.STAFF
        add_message(session, actor, ticket, Action.REOPEN, message.body, author)
    if is_reporter(actor, ticket):
        tell_watchers(session, actor, ticket, NoticeKind.WROTE)
    if not resume(session, ticket) and ticket.assignee_id != actor.user_id:
        notify_user(session, ticket, ticket.assignee_id, "reporter_wrote")
    return ticket


def still_broken(session: Session, actor: Actor, number: int) -> Ticket:
    """Say of a ticket that goes on that what the supplier released does not help."""
    ticket = act(session, actor, Action.STILL_BROKEN, number)
    tell_watchers(session, actor, ticket, NoticeKind.WROTE)
    if not resume(session, ticket):
        notify_user(session, ticket, ticket.assignee_id, "reporter_wrote")
    return ticket


def resume(session: Session, ticket: Ticket) -> bool:
    """Start the target again; whether the ticket is somebody else's now, because who had it is not there."""
    service = session.get_one(Service, ticket.service_id)
    came_back = bool(ticket.resolved_at or ticket.closed_at or ticket.target_minutes_left is not None)
    if ticket.resolved_at or ticket.closed_at:
        ticket.resolved_at = ticket.closed_at = ticket.resolution = ticket.auto_close_warned_at = None
        call = live_call(session, ticket.number)
        ticket.next_call_at = call.starts_at if call else None
        recompute_deadlines(ticket, service)
    else:
        restart_target(ticket, service)
    return came_back and reassign_if_absent(session, ticket)


def withdraw(session: Session, actor: Actor, number: int) -> Ticket:
    """Withdraw a ticket at its reporter's wish; a clinical review goes on all the same."""
    ticket = act(session, actor, Action.WITHDRAW, number)
    ticket.resolution, ticket.closed_at = Resolution.WITHDRAWN, clock.now()
    if not ticket.has_open_review:  # whoever must read it may need to see them
        erase_of_reporter(session, ticket)
    return ticket


def split_tickets(session: Session, actor: Actor) -> list[int]:
    """The numbers of the tickets that were split from a reporter's own."""
    splits = ask(session, _SPLITS, number=actor.own_ticket).scalars()
    return [details["into"] for details in splits if "into" in details and "said_on" not in details]


_SPLITS = (
    select(Event.details)
    .where(col(Event.ticket_number) == bindparam("number"), Event.action == Action.SPLIT)
    .order_by(col(Event.id))
)


def link_to_split_ticket(session: Session, actor: Actor, number: int) -> str:
    """The token of a private link to one of those: who is not written to has no other way to it."""
    if number not in split_tickets(session, actor):
        raise NotFound("We cannot find that report.")
    return private_links.mint(session, number)


def send_link_again(session: Session, address: str, reference: str, email: str, phone: str = "") -> None:
    """Send a lost private link, only to where the ticket says; the caller learns nothing either way.

    Whoever gives an address that is on it gets the link by the route that they chose in their report.
    """
    number, given = number_of(reference), {email.casefold(), e164(phone)} - {""}
    if not hit(session, "lost link", address, LINK_REQUESTS):
        return
    if number is None or session.get(Ticket, number) is None:
        return
    for possible in dict.fromkeys((follow_merges(session, number), number)):
        ticket = session.get_one(Ticket, possible)
        reporter = session.get_one(Reporter, ticket.reporter_id)
        if given & {reporter.email.casefold(), e164(reporter.phone)}:
            _send_link(session, ticket)
            return


def _send_link(session: Session, ticket: Ticket) -> bool:
    """Count letters by where they go: what a stranger only guesses at uses up nobody's."""
    address = address_of(session, Recipient.REPORTER, ticket.reporter_id, LOST_LINK)
    is_sent = bool(address and hit(session, "lost link to", address.to.casefold(), LINK_REQUESTS))
    if is_sent:
        notify_reporter(session, ticket, LOST_LINK)
    return is_sent


def can_send_own_link(reporter: Reporter | None) -> bool:
    """Whether the private link can be sent to where its reporter wants to be reached."""
    address = address_of_reporter(reporter, is_asked_for=True) if reporter else None
    return address is not None and delivery.works(ContactMethod(address.channel))


def send_own_link(session: Session, actor: Actor) -> None:
    """Send a reporter their own link, only to where they are reached: a typed address proves nothing."""
    ticket = find(session, actor, actor.own_ticket)
    if not can_send_own_link(session.get(Reporter, ticket.reporter_id)):
        raise Conflict("We have no address to which we may send it. Change how we reach you first.")
    if not _send_link(session, ticket):
        raise TooMany("We have sent your link several times already. Try again in an hour.")
