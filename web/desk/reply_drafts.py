"""What somebody writes on a ticket before it is said: kept, shown as it will be read, and asked about."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Path
from sqlmodel import Session
from starlette.responses import JSONResponse, Response

from navigator.fields import Id
from navigator.people.actor import Actor
from navigator.tickets import presence
from navigator.tickets.action_rules import ACTION_AT, ACTION_RULES
from navigator.tickets.actions import reply_drafts, send_checks
from navigator.tickets.actions.reply_drafts import ReplyDraftInput
from navigator.tickets.detail import ticket_detail
from navigator.tickets.enums import Audience
from web.kit.deps import Staff, Writing
from web.kit.forms import Form, ReadForm

router = APIRouter(prefix="/tickets/{number}")

Number = Annotated[Id, Path()]

LOOK, CHANGE = "look", "change"
"""What the buttons beside "Send" ask for."""
BUTTONS = {CHANGE: "", "resolve": "resolution"}
"""Buttons that lead to a form instead of doing anything: the same one, or that of another action."""
CLINICIAN = "A clinician may have to read this. Save it, or choose “Ask a clinician to read it”."


@dataclass(frozen=True)
class SendPreview:
    """What is shown before something is said: what to think of, and the mark of the words that were seen."""

    address: str
    warnings: Sequence[str]
    seen: str
    is_public: bool


@router.post("/draft")
def draft(session: Writing, actor: Staff, form: ReadForm, number: Number) -> Response:
    """Keep what stands in a box, for whoever writes it."""
    what = form.read(ReplyDraftInput)
    is_grave = what is not None and reply_drafts.save_draft(session, actor, number, what)
    return JSONResponse({"said": CLINICIAN if is_grave else ""}, 422 if what is None else 200)


@router.post("/here")
def presence_of(session: Writing, actor: Staff, number: Number) -> Response:
    """Say that a ticket's page is open, and hear who else is there."""
    presence.mark_present(session, actor, number)
    return JSONResponse({"others": presence.others_present(session, actor, number)})


def preview(session: Session, actor: Actor, number: int, name: str, form: Form) -> SendPreview | None:
    """What to show first: if a button asks, or something is to be thought of; once for each wording."""
    action, body = ACTION_AT[name], form.value("body")
    rule = ACTION_RULES[action]
    if not rule.takes_text:
        return None
    doubts = send_checks.send_warnings(session, ticket_detail(session, actor, number), action, body)
    seen = sha256(body.encode()).hexdigest()[:16]
    if form.value("then") != LOOK and (not doubts or form.value("seen") == seen):
        return None
    reply_drafts.save_draft(
        session, actor, number, ReplyDraftInput.model_validate({"address": name, "body": body})
    )
    return SendPreview(name, doubts, seen, is_public=rule.audience is Audience.PUBLIC)
