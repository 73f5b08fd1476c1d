"""Reply drafts and presence: autosave, the preview with warnings before sending, and who has a page open."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Path
from sqlmodel import Session
from starlette.responses import JSONResponse, Response

from navigator.people.actor import Actor
from navigator.people.reporter import TicketNumber
from navigator.problems.linking import words_to_confirm
from navigator.tickets import presence
from navigator.tickets.action_rules import ACTION_AT, ACTION_RULES, Action
from navigator.tickets.actions import reply_drafts, send_checks
from navigator.tickets.actions.reply_drafts import ReplyDraftInput
from navigator.tickets.detail import ticket_detail
from navigator.tickets.enums import Audience
from navigator.tickets.inputs import SeenInput
from web.desk.replies_to_hand import PRESSED
from web.desk.seen_warnings import new_warnings, text_hash
from web.kit.deps import Router, Staff, Writing
from web.kit.forms import Form, ReadForm
from web.kit.screen_ahead import screened_of_staff

router = Router(prefix="/tickets/{number}")

Number = Annotated[TicketNumber, Path()]

LINK_WORDS, TRIAGE_FORM = "desk/ticket/problem_words.html", "desk/ticket/triage.html"
LOOK, CHANGE = "look", "change"
"""The values of the buttons beside "Send"."""
BUTTONS = {CHANGE: "", "resolve": "resolution"}
"""Buttons that lead to a form instead of doing anything: the same one, or that of another action."""
CLINICIAN_WARNING = "A clinician may have to read this. Save it, or choose “Ask a clinician to read it”."


def form_asked_for(form: Form, name: str) -> str | None:
    """The form that a button leads to instead of doing anything; None if it was to be done.

    The end that was chosen beside the words is chosen there too.
    """
    asked_for = name if form.value(PRESSED) else BUTTONS.get(form.value("then"))
    if asked_for == BUTTONS["resolve"] and form.value("does"):
        form.typed.setdefault("resolution", form.typed["does"])
    return asked_for


@dataclass(frozen=True)
class SendPreview:
    """The preview before a message is sent: its warnings, and a hash of the text that was seen."""

    address: str
    warnings: Sequence[str]
    seen: str
    is_public: bool
    template: str = "desk/ticket/send_preview.html"


@router.post("/draft", dependencies=[screened_of_staff])
def draft(session: Writing, actor: Staff, form: ReadForm, number: Number) -> Response:
    """Autosave the draft of a text, for its author."""
    draft_input = form.read(ReplyDraftInput)
    is_of_concern = draft_input is not None and reply_drafts.save_draft(session, actor, number, draft_input)
    return JSONResponse(
        {"said": CLINICIAN_WARNING if is_of_concern else ""}, 422 if draft_input is None else 200
    )


@router.post("/here")
def presence_of(session: Writing, actor: Staff, form: ReadForm, number: Number) -> Response:
    """Record presence on a ticket's page and that it was read, and answer with who else has it open."""
    presence.mark_present(session, actor, number)
    if seen := form.read(SeenInput):
        presence.mark_read_page(session, actor, number, seen.version)
    return JSONResponse({"others": presence.others_present(session, actor, number)})


def send_preview(session: Session, actor: Actor, number: int, name: str, form: Form) -> SendPreview | None:
    """The preview to show first: if a button asks for it, or there are warnings; once for each text."""
    action, body = ACTION_AT[name], form.value("body")
    rule = ACTION_RULES[action]
    if action is Action.TRIAGE:
        return _triage_preview(session, actor, number, form)
    if action is Action.LINK and form.value("tell") != "yes":
        return None if form.value("tell") else _link_preview(session, actor, number, form)
    if not rule.takes_text:
        return None
    warnings = send_checks.send_warnings(session, ticket_detail(session, actor, number), action, body)
    if form.value("then") != LOOK and not new_warnings(form, warnings):
        return None
    reply_drafts.save_draft(
        session, actor, number, ReplyDraftInput.model_validate({"address": name, "body": body})
    )
    return SendPreview(name, warnings, text_hash(body), is_public=rule.audience is Audience.PUBLIC)


def _triage_preview(session: Session, actor: Actor, number: int, form: Form) -> SendPreview | None:
    """The form again, with what is to be warned of in the workaround: the reporter reads that as a reply."""
    detail, words = ticket_detail(session, actor, number), form.value("workaround")
    warnings = [*send_checks.text_warnings(session, [detail.service.id], words)]
    if Action.TRIAGE not in detail.allowed or not new_warnings(form, warnings, "workaround"):
        return None
    address = ACTION_RULES[Action.TRIAGE].address
    return SendPreview(address, warnings, text_hash(words), is_public=True, template=TRIAGE_FORM)


def _link_preview(session: Session, actor: Actor, number: int, form: Form) -> SendPreview | None:
    """What the reporter would read of a link to a problem, or of its end; None if they are told nothing."""
    detail, chosen = ticket_detail(session, actor, number), form.value("problem_id")
    words = words_to_confirm(session, detail.ticket, int(chosen) if chosen.isdecimal() else None)
    if not words or Action.LINK not in detail.allowed:
        return None
    form.typed["body"] = [words]
    warnings = send_checks.send_warnings(session, detail, Action.LINK, words)
    address = ACTION_RULES[Action.LINK].address
    return SendPreview(address, warnings, "", is_public=True, template=LINK_WORDS)
