"""One ticket: everything at hand, and each thing that can be done to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel
from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.categories import Fixability, catalogue
from navigator.people.actor import Actor
from navigator.people.person import Role
from navigator.tickets import desk, following
from navigator.tickets.dossier import changes_since, colleagues, dossier
from navigator.tickets.handovers import hand_over_by_hand
from navigator.tickets.inputs import (
    AssignInput,
    AttachInput,
    HandOverInput,
    MergeInput,
    RescheduleInput,
    ResolveInput,
    SayInput,
    SeenInput,
    TriageInput,
)
from navigator.tickets.merging import merge
from navigator.tickets.ticket import Action, Resolution
from web.deps import Reading, Staff, Writing
from web.forms import Form, ReadForm
from web.pages import Page, Show, see_other

router = APIRouter(prefix="/tickets/{number}")


@dataclass(frozen=True)
class Deed:
    """One thing that can be done to a ticket: what it asks, who does it, and what is said when it is done."""

    action: Action
    title: str
    asks: type[BaseModel]
    do: Callable[[Session, Actor, int, Any], object]
    done: str


DEEDS: Mapping[str, Deed] = {
    "replies": Deed(Action.REPLY, "Reply", SayInput, desk.reply, "Your reply was sent."),
    "notes": Deed(
        Action.NOTE, "Note for staff", SayInput, desk.note, "Your note was saved. Only staff see it."
    ),
    "calls": Deed(Action.CALL, "Log a call", SayInput, desk.call, "The call was logged. Only staff see it."),
    "waiting": Deed(
        Action.WAIT, "Ask and wait", SayInput, desk.wait, "Sent. The ticket waits for an answer."
    ),
    "parking": Deed(
        Action.PARK, "Leave to the supplier", SayInput, desk.park, "Sent. It waits for the supplier."
    ),
    "resolution": Deed(
        Action.RESOLVE, "Resolve", ResolveInput, desk.resolve, "Resolved. We ask if it works."
    ),
    "triage": Deed(Action.TRIAGE, "Sort", TriageInput, desk.triage, "Sorted."),
    "assignment": Deed(Action.ASSIGN, "Assign", AssignInput, desk.assign, "Assigned."),
    "practitioner": Deed(Action.ATTACH, "Confirm the practitioner", AttachInput, desk.attach, "Confirmed."),
    "session": Deed(Action.RESCHEDULE, "Change the session", RescheduleInput, desk.reschedule, "Changed."),
    "merge": Deed(Action.MERGE, "Merge", MergeInput, merge, "Merged."),
    "hand-over": Deed(
        Action.HAND_OVER,
        "Hand to a clinician",
        HandOverInput,
        hand_over_by_hand,
        "A clinician is told to read this.",
    ),
    "claim": Deed(
        Action.CLAIM,
        "Take it",
        SeenInput,
        lambda s, a, n, seen: desk.claim(s, a, n, seen.version),
        "It is yours.",
    ),
    "verification": Deed(
        Action.VERIFY,
        "Record the identity check",
        SeenInput,
        lambda s, a, n, seen: desk.verify(s, a, n, seen.version),
        "The identity check was recorded.",
    ),
    "reopening": Deed(
        Action.REOPEN,
        "Take it up again",
        SeenInput,
        lambda s, a, n, _: following.reopen(s, a, n),
        "It is open again.",
    ),
    "closure": Deed(
        Action.CLOSE, "Close", SeenInput, lambda s, a, n, seen: desk.close(s, a, n, seen.version), "Closed."
    ),
}
PRESSED = frozenset({"claim", "verification", "reopening", "closure"})
"""Deeds that ask nothing: a button on the ticket's own page."""

DeedName = Annotated[str, Path(pattern=f"^({'|'.join(DEEDS)})$")]


@router.get("")
def ticket(page: Show, session: Reading, actor: Staff, number: int) -> Response:
    """Everything about a ticket; a merged one leads to the ticket that goes on."""
    into = dossier(session, actor, number).ticket.merged_into
    return see_other(f"/tickets/{into}") if into else _show(page, session, actor, number, Form())


@router.get("/{name}")
def ask(page: Show, session: Reading, actor: Staff, form: ReadForm, number: int, name: DeedName) -> Response:
    """What one deed asks."""
    return _show(page, session, actor, number, form, name)


@router.post("/{name}")
def do(page: Show, session: Writing, actor: Staff, form: ReadForm, number: int, name: DeedName) -> Response:
    """Do it, or say why not: what was typed is kept, and what others changed is shown."""
    deed = DEEDS[name]
    if what := form.read(deed.asks):
        with form.trying(session):
            deed.do(session, actor, number, what)
            return see_other(f"/tickets/{number}", deed.done)
    return _show(page, session, actor, number, form, name)


def _show(page: Page, session: Session, actor: Actor, number: int, form: Form, name: str = "") -> Response:
    case = dossier(session, actor, number)
    asks = name not in PRESSED | {"", "replies"}
    seen = form.value("version")
    return page(
        f"tickets/{name}.html" if asks else "tickets/ticket.html",
        case=case,
        form=form,
        deed=DEEDS.get(name),
        deeds={url: deed for url, deed in DEEDS.items() if deed.action in case.allowed},
        pressed=PRESSED,
        catalogue=catalogue(),
        changes=changes_since(session, actor, number, int(seen))
        if form.status == 409 and seen.isdigit()
        else (),
        navigators=colleagues(session, case.service.id, Role.NAVIGATOR),
        practitioners=colleagues(session, case.service.id, Role.PWP),
        resolutions=[(one.value, one.replace("_", " ").capitalize()) for one in Resolution],
        fixabilities=list(Fixability),
    )
