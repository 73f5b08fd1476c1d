"""The reporter's side of the desk: answer, say that it works or is still broken, withdraw; and a way back."""

from datetime import timedelta

from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.service import Service
from navigator.errors import NotFound
from navigator.people import private_links
from navigator.people.actor import Actor, reporter
from navigator.people.rate_limit import Limit, hit
from navigator.people.reporter import Reporter, number_of
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.messages import add_message, is_reporter, notify_reporter, notify_user
from navigator.tickets.inputs import SayInput
from navigator.tickets.lifecycle import act
from navigator.tickets.ticket import Author, Event, Resolution, Ticket
from navigator.tickets.triage import recompute_deadlines, restart_target
from navigator.tickets.visibility import follow_merges

ASKS = Limit(5, timedelta(hours=1))


def reporter_by_link(session: Session, token: str) -> Actor | None:
    """The reporter whose private link this is, at the ticket that theirs has become part of."""
    number = private_links.ticket_by_token(session, token)
    return None if number is None else reporter(follow_merges(session, number))


def answer(session: Session, actor: Actor, number: int, what: SayInput) -> Ticket:
    """The reporter writes; whatever waited for them or had ended is open again."""
    ticket = act(session, actor, Action.ANSWER, number, what.version)
    add_message(session, actor, ticket, Action.ANSWER, what.body, Author.REPORTER)
    _take_up_again(session, ticket)
    notify_user(session, ticket, ticket.assignee_id, "reporter_wrote")
    return ticket


def confirm(session: Session, actor: Actor, number: int) -> Ticket:
    """It works now."""
    ticket = act(session, actor, Action.CONFIRM, number)
    now = clock.now()
    ticket.resolution = ticket.resolution or Resolution.FIXED_ITSELF
    ticket.resolved_at, ticket.closed_at = ticket.resolved_at or now, now
    return ticket


def reopen(session: Session, actor: Actor, number: int, what: SayInput | None = None) -> Ticket:
    """It is still broken, or somebody takes it up again."""
    ticket = act(session, actor, Action.REOPEN, number, what.version if what else None)
    if what:
        author = Author.REPORTER if is_reporter(actor, ticket) else Author.STAFF
        add_message(session, actor, ticket, Action.REOPEN, what.body, author)
    _take_up_again(session, ticket)
    if ticket.assignee_id != actor.user_id:
        notify_user(session, ticket, ticket.assignee_id, "reporter_wrote")
    return ticket


def _take_up_again(session: Session, ticket: Ticket) -> None:
    service = session.get_one(Service, ticket.service_id)
    if ticket.resolved_at or ticket.closed_at:
        ticket.resolved_at = ticket.closed_at = ticket.resolution = ticket.auto_close_warned_at = None
        ticket.next_call_at = None
        recompute_deadlines(ticket, service)
    else:
        restart_target(ticket, service)


def withdraw(session: Session, actor: Actor, number: int) -> Ticket:
    """The reporter no longer wants this looked at; a clinical review goes on all the same."""
    ticket = act(session, actor, Action.WITHDRAW, number)
    ticket.resolution, ticket.closed_at = Resolution.WITHDRAWN, clock.now()
    return ticket


def split_tickets(session: Session, actor: Actor) -> list[int]:
    """The numbers of the tickets that were made of further problems which a reporter told in their own."""
    query = select(Event).where(Event.ticket_number == actor.own_ticket, Event.action == Action.SPLIT)
    return [
        event.details["into"]
        for event in session.exec(query.order_by(col(Event.id)))
        if "into" in event.details
    ]


def link_to_split_ticket(session: Session, actor: Actor, number: int) -> str:
    """The token of a private link to one of those: it may be the only way to it for who is not written to."""
    if number not in split_tickets(session, actor):
        raise NotFound("We cannot find that report.")
    return private_links.mint(session, number)


def send_link_again(session: Session, address: str, reference: str, email: str) -> None:
    """Send a lost link, only to the address already on the ticket; the caller is told the same either way."""
    number = number_of(reference)
    if not (
        hit(session, "lost link", address, ASKS) and hit(session, "lost link to", email.casefold(), ASKS)
    ):
        return
    if number is None or session.get(Ticket, number) is None:
        return
    ticket = session.get_one(Ticket, follow_merges(session, number))
    if session.get_one(Reporter, ticket.reporter_id).email.casefold() == email.casefold() != "":
        notify_reporter(session, ticket, "link_again")
