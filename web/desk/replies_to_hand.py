"""Canned replies as forms offer them: each is a button that adds its words to those that somebody typed."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from navigator.canned_replies import replies
from navigator.canned_replies.replies import KeptReply
from navigator.catalogue.catalogue import catalogue
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.tickets.action_rules import ACTION_RULES, Action
from navigator.tickets.actions.undo_send import action_of
from navigator.tickets.detail import TicketDetail
from navigator.tickets.inputs import WriteInput
from navigator.tickets.placeholders import with_gaps
from navigator.tickets.send_choices import DOES, FOLLOW_UPS
from navigator.tickets.ticket import Ticket
from web.kit.forms import Form

Choices = Sequence[tuple[str, str]]

PARTS = ("does", "sort_as", "follow_up")
"""The boxes of a form for what is done with its words, which are the columns of a canned reply too."""

PRESSED = "use"
"""The name of the buttons; in an address it adds a reply as well."""


@dataclass(frozen=True)
class ReplyToHand:
    """A canned reply with the words that its button adds, and the parts that it chooses."""

    code: str
    title: str
    words: str
    does: str = ""
    sort_as: str = ""
    follow_up: str = ""


@dataclass(frozen=True)
class SendPlan:
    """What can be done in one with the words of a form: the choices of each part, first for nothing more."""

    does: Choices
    categories: Choices
    next_steps: Choices

    def offered(self, reply: ReplyToHand) -> dict[str, str]:
        """The parts of a reply that the form offers now."""
        choices = zip(PARTS, (self.does, self.categories, self.next_steps), strict=True)
        return {
            name: getattr(reply, name)
            for name, part in choices
            if getattr(reply, name) and getattr(reply, name) in dict(part)
        }

    def in_words(self, reply: ReplyToHand) -> str:
        """The parts that a reply chooses, in words."""
        labels = dict((*self.does, *self.categories, *self.next_steps))
        return ". ".join(labels[value] for value in self.offered(reply).values())


def send_plan(allowed: frozenset[Action], action: Action, replies: Sequence[ReplyToHand]) -> SendPlan | None:
    """What can be done in one with words that are sent by an action; the categories are those of replies."""
    if not issubclass(ACTION_RULES[action].input, WriteInput):
        return None
    does = [(value, words) for value, words in DOES.items() if action_of(value) in allowed]
    named = {reply.sort_as for reply in replies if Action.TRIAGE in allowed and reply.sort_as}
    known = [(leaf.id, leaf.staff_label) for leaf in catalogue().leaves if leaf.id in named]
    can_go_on = action is not Action.RESOLVE and Action.SNOOZE in allowed
    return SendPlan(
        does if action is Action.REPLY else (),
        [("", "Stays as it is"), *known] if known else (),
        [*FOLLOW_UPS.items()] if can_go_on else (),
    )


def _to_hand(reply: KeptReply, words: str) -> ReplyToHand:
    return ReplyToHand(reply.code, reply.title, words, **{name: getattr(reply, name) for name in PARTS})


def for_ticket(session: Session, actor: Actor, detail: TicketDetail) -> list[ReplyToHand]:
    """Those for a ticket, with its facts filled in."""
    return [
        _to_hand(reply, with_gaps(replies.fill_placeholders(session, actor, detail.ticket, reply.body)))
        for reply in replies.replies_for(session, detail)
    ]


def for_tickets(session: Session, tickets: Collection[Ticket]) -> list[ReplyToHand]:
    """Those for all of these tickets, whose facts are filled in when they are sent."""
    return [_to_hand(reply, reply.body) for reply in replies.replies_for_tickets(session, tickets)]


def for_problem(session: Session, actor: Actor, programme: str, category: str | None) -> list[ReplyToHand]:
    """Those for everybody who has a problem of a programme: no facts of one ticket are asked for in them."""
    matching = replies.replies_for_problem(session, actor.services(Role.NAVIGATOR), programme, category)
    return [
        ReplyToHand(reply.code, reply.title, replies.fill_for_all(actor, reply.body)) for reply in matching
    ]


def add_reply(form: Form, offered: Iterable[ReplyToHand]) -> bool:
    """Add the reply whose button was pressed behind what was typed, and choose its parts; whether one was."""
    code = form.value(PRESSED)
    reply = next((reply for reply in offered if code and reply.code == code), None)
    if reply:
        form.typed["body"] = [_added(form.value("body"), reply.words)]
        form.typed |= {name: [getattr(reply, name)] for name in PARTS if getattr(reply, name)}
        if reply.does:
            form.typed.setdefault("resolution", [reply.does])
    return bool(code)


def _added(typed: str, words: str) -> str:
    """What was typed, and a reply without the greeting and the signature that both share.

    It comes before that signature; nothing comes where all of it stands already. `add_words.js` does so too.
    """
    standing, asked = _paragraphs(typed), _paragraphs(words)
    asked = asked[standing[:1] == asked[:1] :]
    is_signed = bool(asked) and standing[-1:] == asked[-1:]
    fresh, at = asked[: len(asked) - is_signed], len(standing) - is_signed
    if any(standing[start : start + len(fresh)] == fresh for start in range(len(standing) + 1)):
        return typed
    return "\n\n".join([*standing[:at], *fresh, *standing[at:]])


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"\n{2,}", text) if part.strip()]
