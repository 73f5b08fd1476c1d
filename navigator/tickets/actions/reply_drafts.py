"""Autosaved reply drafts: kept for their author alone; others see only that somebody writes."""

from typing import Annotated

from pydantic import AfterValidator, Field
from sqlalchemy import bindparam
from sqlmodel import Session, select

from navigator import clock
from navigator.attachments.attachment import Attachment
from navigator.database import ask
from navigator.fields import Input, Line, LongText
from navigator.people.actor import Actor
from navigator.tickets.action_rules import ACTION_AT, ACTION_RULES
from navigator.tickets.presence import require_user_id
from navigator.tickets.reply_draft import ReplyDraft
from navigator.triage.safety_screen import screen

# Built once: that takes longer than to ask it.
_BODY = select(ReplyDraft.body).where(
    ReplyDraft.ticket_number == bindparam("number"),
    ReplyDraft.user_id == bindparam("user"),
    ReplyDraft.address == bindparam("of"),
)
WAITS = select(Attachment.id).where(
    Attachment.ticket_number == bindparam("number"),
    Attachment.user_id == bindparam("user"),
    Attachment.address == bindparam("of"),
)

STAGED = "staged"
"""The name in a form under which stands whether files wait for its words."""


def _address_with_text(address: str) -> str:
    if address not in ACTION_AT or not ACTION_RULES[ACTION_AT[address]].takes_text:
        raise ValueError("Nothing is written for this.")
    return address


class ReplyDraftInput(Input):
    """The draft of one action's text; an empty one is deleted."""

    address: Annotated[Line, AfterValidator(_address_with_text)]
    body: Annotated[LongText, Field(title="what you want to say")] = ""


def save_draft(session: Session, actor: Actor, number: int, draft: ReplyDraftInput) -> bool:
    """Autosave a draft on a ticket that its author may see; True if a clinician should read it.

    Nobody is alerted yet: the author is there, and what they send is screened again."""
    user_id = require_user_id(session, actor, number)
    row = session.get(ReplyDraft, (number, user_id, draft.address))
    if row is None and draft.body:
        session.add(ReplyDraft(ticket_number=number, user_id=user_id, address=draft.address, body=draft.body))
    elif row is not None and draft.body:
        row.body, row.updated_at = draft.body, clock.now()
    elif row is not None:
        session.delete(row)
    return not ACTION_RULES[ACTION_AT[draft.address]].goes_out and screen(draft.body, is_of_staff=True).hit


def keep_words(session: Session, actor: Actor, number: int, address: str, words: str) -> None:
    """Keep words that were taken back as a draft, before what their author has begun to write since."""
    user_id = require_user_id(session, actor, number)
    row = session.get(ReplyDraft, (number, user_id, address))
    if row is None:
        session.add(ReplyDraft(ticket_number=number, user_id=user_id, address=address, body=words))
    elif words not in row.body:
        row.body, row.updated_at = f"{words}\n\n{row.body}", clock.now()


def load_draft(session: Session, actor: Actor, number: int, address: str) -> str:
    """The text of an actor's draft for an action; empty if there is none."""
    return ask(session, _BODY, number=number, user=actor.user_id, of=address).scalar() or ""


def delete_draft(session: Session, actor: Actor, number: int, address: str) -> None:
    """Delete a draft, for it was sent."""
    if row := session.get(ReplyDraft, (number, actor.user_id, address)):
        session.delete(row)
