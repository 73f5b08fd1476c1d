"""Canned replies as forms offer them: each is a button that adds its words to those that somebody typed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlmodel import Session

from navigator.canned_replies import replies
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.tickets.detail import TicketDetail
from navigator.tickets.ticket import Ticket
from web.kit.forms import Form

PRESSED = "use"
"""The name of the buttons; in an address it adds a reply as well."""


@dataclass(frozen=True)
class ReplyToHand:
    """A canned reply with the words that its button adds."""

    code: str
    title: str
    words: str


def for_ticket(session: Session, actor: Actor, detail: TicketDetail) -> list[ReplyToHand]:
    """Those for a ticket, with its facts filled in."""
    return [
        ReplyToHand(
            reply.code, reply.title, replies.fill_placeholders(session, actor, detail.ticket, reply.body)
        )
        for reply in replies.replies_for(session, detail)
    ]


def for_tickets(session: Session, tickets: Collection[Ticket]) -> list[ReplyToHand]:
    """Those for all of these tickets, whose facts are filled in when they are sent."""
    matching = replies.replies_for_tickets(session, tickets)
    return [ReplyToHand(reply.code, reply.title, reply.body) for reply in matching]


def for_problem(session: Session, actor: Actor, programme: str, category: str | None) -> list[ReplyToHand]:
    """Those for everybody who has a problem of a programme: no facts of one ticket are asked for in them."""
    matching = replies.replies_for_problem(session, actor.services(Role.NAVIGATOR), programme, category)
    return [ReplyToHand(reply.code, reply.title, reply.body) for reply in matching]


def add_reply(form: Form, offered: Iterable[ReplyToHand]) -> bool:
    """Add the reply whose button was pressed behind what was typed; whether one was."""
    code = form.value(PRESSED)
    words = next((reply.words for reply in offered if code and reply.code == code), "")
    if words:
        form.typed["body"] = ["\n\n".join(filter(None, (form.value("body"), words)))]
    return bool(code)
