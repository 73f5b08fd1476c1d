"""What somebody writes and has not sent: kept for them alone; others see only that somebody writes."""

from typing import Annotated

from pydantic import AfterValidator, Field
from sqlmodel import Session

from navigator import clock
from navigator.fields import Input, Line, LongText
from navigator.people.actor import Actor
from navigator.tickets.action_rules import ACTION_AT, ACTION_RULES
from navigator.tickets.presence import writer_of
from navigator.tickets.reply_draft import ReplyDraft
from navigator.triage.safety_screen import screen


def _takes_text(address: str) -> str:
    if address not in ACTION_AT or not ACTION_RULES[ACTION_AT[address]].takes_text:
        raise ValueError("Nothing is written for this.")
    return address


class ReplyDraftInput(Input):
    """What stands in the box of one deed; nothing forgets it."""

    address: Annotated[Line, AfterValidator(_takes_text)]
    body: Annotated[LongText, Field(title="what you want to say")] = ""


def save_draft(session: Session, actor: Actor, number: int, draft: ReplyDraftInput) -> bool:
    """Keep what somebody wrote for a deed on a ticket that they may see; True if a clinician should read it.

    Nobody is told yet: the writer is there, and what they save is screened again."""
    user_id = writer_of(session, actor, number)
    row = session.get(ReplyDraft, (number, user_id, draft.address))
    if row is None and draft.body:
        session.add(ReplyDraft(ticket_number=number, user_id=user_id, address=draft.address, body=draft.body))
    elif row is not None and draft.body:
        row.body, row.updated_at = draft.body, clock.now()
    elif row is not None:
        session.delete(row)
    return not ACTION_RULES[ACTION_AT[draft.address]].goes_out and screen(draft.body).hit


def load_draft(session: Session, actor: Actor, number: int, address: str) -> str:
    """What somebody wrote for a deed and has not sent."""
    row = session.get(ReplyDraft, (number, actor.user_id, address)) if actor.user_id else None
    return row.body if row else ""


def delete_draft(session: Session, actor: Actor, number: int, address: str) -> None:
    """It was sent."""
    if row := session.get(ReplyDraft, (number, actor.user_id, address)):
        session.delete(row)
