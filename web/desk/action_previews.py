"""What an action would do, shown before it is done: it is done once that was seen, as it still stands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlmodel import Session

from navigator.people.actor import Actor
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.merge import merge_preview
from navigator.tickets.detail import ticket_detail
from navigator.tickets.inputs import MergeInput
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
    form.errors.clear()  # the merge itself says why not
    form.status = 200
    return None


Preview = Callable[[Session, Actor, int, str, Form], SendPreview | None]

PREVIEWS: Mapping[Action, Preview] = MappingProxyType({Action.MERGE: _merge_preview})
"""The previews of actions that send nothing."""
