"""What an action would do, shown before it is done: it is done once that was seen, as it still stands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlmodel import Session

from navigator.people.actor import Actor
from navigator.tickets.action_rules import ACTION_RULES, Action
from navigator.tickets.actions.merge import merge_preview
from navigator.tickets.actions.redact import redaction_preview
from navigator.tickets.detail import ticket_detail
from navigator.tickets.ticket import Ticket
from web.desk.reply_drafts import SendPreview
from web.desk.seen_warnings import text_hash
from web.kit.forms import Form

Preview = Callable[[Session, Actor, int, str, Form], SendPreview | None]
Look = Callable[[Session, Actor, int, Any], Any]
Outcome = Callable[[Ticket, Any, Any], str]


@dataclass(frozen=True)
class ActionPreview(SendPreview):
    """The page of an action that is shown first, with what it would do."""

    facts: Any = None


def _shown_first(action: Action, template: str, look: Look, outcome: Outcome) -> Preview:
    """The preview of an action by what `look` finds; `outcome` is what must be the same when it is done."""

    def preview(session: Session, actor: Actor, number: int, name: str, form: Form) -> ActionPreview | None:
        """What it would do; None once that was seen, and where it would be refused."""
        action_input = form.read(ACTION_RULES[action].input)
        detail = ticket_detail(session, actor, number)
        if action_input is None or action not in detail.allowed:
            return None
        with form.trying():
            facts = look(session, actor, number, action_input)
            seen = text_hash(outcome(detail.ticket, action_input, facts))
            if form.value("seen") != seen:
                return ActionPreview(name, (), seen, is_public=False, template=template, facts=facts)
        _leave_to_action(form)
        return None

    return preview


def _leave_to_action(form: Form) -> None:
    """Let the action itself say why not, with the page as it is then."""
    form.errors.clear()
    form.status = 200


PREVIEWS: Mapping[Action, Preview] = MappingProxyType(
    {
        Action.MERGE: _shown_first(
            Action.MERGE,
            "desk/ticket/merge_preview.html",
            lambda session, actor, number, asked: merge_preview(session, actor, number, asked.into),
            lambda ticket, _, merge: (
                f"{ticket.number} {ticket.version} {merge.target.number} {merge.target.version}"
            ),
        ),
        Action.REDACT: _shown_first(
            Action.REDACT,
            "desk/ticket/redaction_preview.html",
            redaction_preview,
            lambda _, asked, redaction: f"{asked.message} {asked.words} {asked.reason} {redaction.text}",
        ),
    }
)
"""The previews of actions that send nothing."""
