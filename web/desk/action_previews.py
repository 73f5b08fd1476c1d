"""What an action would do, shown before it is done: it is done once that was seen, as it still stands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlmodel import Session

from navigator.people.actor import Actor
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.merge import merge_preview
from navigator.tickets.actions.redact import redaction_preview
from navigator.tickets.detail import ticket_detail
from navigator.tickets.inputs import MergeInput, RedactInput
from web.desk.reply_drafts import SendPreview
from web.desk.seen_warnings import text_hash
from web.kit.forms import Form


@dataclass(frozen=True)
class ActionPreview(SendPreview):
    """The page of an action that is shown first, with what it would do."""

    facts: Any = None


def _merge_preview(
    session: Session, actor: Actor, number: int, name: str, form: Form
) -> ActionPreview | None:
    """What a merge would do to both tickets; None once it was seen, and where the merge would be refused."""
    merge_input = form.read(MergeInput)
    detail = ticket_detail(session, actor, number)
    if merge_input is None or Action.MERGE not in detail.allowed:
        return None
    with form.trying():
        facts = merge_preview(session, actor, number, merge_input.into)
        seen = text_hash(f"{number} {detail.ticket.version} {facts.target.number} {facts.target.version}")
        if form.value("seen") != seen:
            return ActionPreview(
                name, (), seen, is_public=False, template="desk/ticket/merge_preview.html", facts=facts
            )
    _leave_to_action(form)
    return None


def _leave_to_action(form: Form) -> None:
    """Let the action itself say why not, with the page as it is then."""
    form.errors.clear()
    form.status = 200


def _redaction_preview(
    session: Session, actor: Actor, number: int, name: str, form: Form
) -> ActionPreview | None:
    """A message without the words that are to be removed; None once it was seen, or where that is refused."""
    redact_input = form.read(RedactInput)
    detail = ticket_detail(session, actor, number)
    if redact_input is None or Action.REDACT not in detail.allowed:
        return None
    with form.trying():
        facts = redaction_preview(session, actor, number, redact_input)
        seen = text_hash(f"{redact_input.message} {redact_input.words} {redact_input.reason} {facts.text}")
        if form.value("seen") != seen:
            return ActionPreview(
                name, (), seen, is_public=False, template="desk/ticket/redaction_preview.html", facts=facts
            )
    _leave_to_action(form)
    return None


Preview = Callable[[Session, Actor, int, str, Form], SendPreview | None]

PREVIEWS: Mapping[Action, Preview] = MappingProxyType(
    {Action.MERGE: _merge_preview, Action.REDACT: _redaction_preview}
)
"""The previews of actions that send nothing."""
