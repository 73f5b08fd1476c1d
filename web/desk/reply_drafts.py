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
from navigator.tickets.actions import reply_drafts, send_checks
from navigator.tickets.actions.reply_drafts import UnsentInput
from navigator.tickets.detail import dossier
from navigator.tickets.ticket import Action
from web.desk.ticket_actions import DEEDS
from web.kit.deps import Staff, Writing
from web.kit.forms import Form, ReadForm

router = APIRouter(prefix="/tickets/{number}")

Number = Annotated[Id, Path()]

LOOK, CHANGE = "look", "change"
"""What the buttons beside "Send" ask for."""
TURNS = {CHANGE: "", "resolve": "resolution"}
"""Buttons that lead to a form instead of doing anything: the same one, or that of another deed."""
CLINICIAN = "A clinician may have to read this. Save it, or hand the ticket over."


@dataclass(frozen=True)
class Look:
    """What is shown before something is said: what to think of, and the mark of the words that were seen."""

    deed: str
    doubts: Sequence[str]
    seen: str
    goes_out: bool


@router.post("/draft")
def draft(session: Writing, actor: Staff, form: ReadForm, number: Number) -> Response:
    """Keep what stands in a box, for whoever writes it."""
    what = form.read(UnsentInput)
    is_grave = what is not None and reply_drafts.keep(session, actor, number, what)
    return JSONResponse({"said": CLINICIAN if is_grave else ""}, 422 if what is None else 200)


@router.post("/here")
def here(session: Writing, actor: Staff, number: Number) -> Response:
    """Say that a ticket's page is open, and hear who else is there."""
    presence.come(session, actor, number)
    return JSONResponse({"others": presence.others(session, actor, number)})


def look(session: Session, actor: Actor, number: int, name: str, form: Form) -> Look | None:
    """What to show first: if a button asks, or something is to be thought of; once for each wording."""
    action, body = DEEDS[name].action, form.value("body")
    if "body" not in DEEDS[name].asks.model_fields:
        return None
    doubts = send_checks.doubts(session, dossier(session, actor, number), action, body)
    seen = sha256(body.encode()).hexdigest()[:16]
    if form.value("then") != LOOK and (not doubts or form.value("seen") == seen):
        return None
    reply_drafts.keep(session, actor, number, UnsentInput.model_validate({"deed": name, "body": body}))
    return Look(name, doubts, seen, goes_out=action in send_checks.GOES_OUT | {Action.ANSWER})
