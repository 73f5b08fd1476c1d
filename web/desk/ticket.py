"""One ticket: everything at hand, and a page for each thing that can be done to it."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path
from sqlmodel import Session
from starlette.responses import Response

from navigator.canned_replies import replies
from navigator.catalogue.articles import articles_for
from navigator.catalogue.catalogue import catalogue
from navigator.errors import Forbidden
from navigator.people.actor import Actor
from navigator.problems.outages import suggested_outages
from navigator.problems.similar_tickets import similar_tickets
from navigator.tickets import presence
from navigator.tickets.action_rules import ACTION_RULES, Action
from navigator.tickets.actions import reply_drafts
from navigator.tickets.actions import undo as undoing
from navigator.tickets.detail import TicketDetail, changes_since, ticket_detail
from navigator.tickets.enums import TicketRole
from navigator.tickets.inputs import SeenInput
from navigator.tickets.ticket import Event
from navigator.training import requests
from navigator.training.topics import BY_ID, TOPICS
from web.desk.queue_position import queue_url, remember_position
from web.desk.reply_drafts import BUTTONS, Number, SendPreview, preview
from web.desk.ticket_actions import TICKET_ACTIONS, grouped_actions
from web.kit.deps import Reading, Staff, Writing
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = APIRouter(prefix="/tickets/{number}")

ActionAddress = Annotated[str, Path(pattern=f"^({'|'.join(TICKET_ACTIONS)})$")]
WHOLE = "desk/ticket/ticket.html"
ON_THE_PAGE = frozenset({"replies", *(name for name, action in TICKET_ACTIONS.items() if action.is_pressed)})
"""Deeds whose form stands on the ticket's own page; each of the others has a page."""


@router.get("")
def ticket(page: Render, session: Reading, actor: Staff, form: ReadForm, number: Number) -> Response:
    """Everything about a ticket; a merged one leads to the ticket that goes on."""
    case = ticket_detail(session, actor, number)
    if into := case.ticket.merged_into:
        return redirect(f"/tickets/{into}")
    shown = _show(page, session, actor, case, _begun(session, actor, case, form.value("use")))
    return remember_position(page.request, shown, case.ticket)


def _begun(session: Session, actor: Actor, case: TicketDetail, use: str) -> Form:
    """The reply as it begins: one that is to hand, else what was written and not sent."""
    body = replies.rendered_reply(session, actor, case, use)
    return Form().fill(
        {"body": body or reply_drafts.load_draft(session, actor, case.ticket.number, "replies")}
    )


@router.post("/undo")
def undo(page: Render, session: Writing, actor: Staff, form: ReadForm, number: Number) -> Response:
    """Take back what was done last, or say why not."""
    if what := form.read(SeenInput):
        with form.trying(session):
            undoing.undo(session, actor, number, what.version)
            return redirect(f"/tickets/{number}", "Undone. The ticket is as it was.")
    return _show(page, session, actor, ticket_detail(session, actor, number), form)


@router.get("/{name}")
def ticket_action_form(
    page: Render, session: Reading, actor: Staff, form: ReadForm, number: Number, name: ActionAddress
) -> Response:
    """What one action asks."""
    form.fill({"body": reply_drafts.load_draft(session, actor, number, name)})
    return _show(page, session, actor, ticket_detail(session, actor, number), form, name)


@router.post("/{name}")
def run_ticket_action(
    page: Render, session: Writing, actor: Staff, form: ReadForm, number: Number, name: ActionAddress
) -> Response:
    """Do it, or say why not: what was typed is kept, and what others changed is shown."""
    action, turn = TICKET_ACTIONS[name], BUTTONS.get(form.value("then"))
    if turn is None and (what := form.read(ACTION_RULES[action.action].input)):
        if first := preview(session, actor, number, name, form):
            return _show(page, session, actor, ticket_detail(session, actor, number), form, name, first)
        with form.trying(session):
            action.run(session, actor, number, what)
            reply_drafts.delete_draft(session, actor, number, name)
            return redirect(f"/tickets/{number}", action.message)
    return _show(page, session, actor, ticket_detail(session, actor, number), form, turn or name)


def _show(
    page: PageRenderer,
    session: Session,
    actor: Actor,
    case: TicketDetail,
    form: Form,
    name: str = "",
    first: SendPreview | None = None,
) -> Response:
    action, template = (
        TICKET_ACTIONS.get(name),
        "desk/ticket/send_preview.html" if first else _template(case, name),
    )
    if action and not case.parts & ACTION_RULES[action.action].by:
        raise Forbidden("You cannot do that to this ticket.")
    return page(
        template,
        case=case,
        form=form,
        action=action,
        name=name,
        preview=first,
        undoable=None if name else undoing.undoable(actor, case),
        others=presence.who_else_is_here(session, actor, case.ticket.number),
        back=queue_url(page.request, case.ticket.number),
        groups=grouped_actions(actor, case),
        changes=_changes(session, actor, case.ticket.number, form),
        catalogue=catalogue(),
        choices=action.choices(session, case) if action else (),
        training=_training(session, case),
        to_hand=replies.replies_for(session, case) if Action.REPLY in case.allowed else (),
        **(_beside(session, actor, case) if template == WHOLE else {}),
    )


def _beside(session: Session, actor: Actor, case: TicketDetail) -> dict[str, Any]:
    """What else is known on the matter: what people are told to try, and reports like this one."""
    code = case.programme.code if case.programme else ""
    articles = articles_for(session, case.category.id, code) if case.category else []
    outages = [one for one in suggested_outages(session, actor) if case.ticket.number in one.numbers]
    return {"articles": articles, "similar": similar_tickets(session, actor, case), "outages": outages}


def _template(case: TicketDetail, name: str) -> str:
    if not name or name in ON_THE_PAGE:
        return WHOLE
    return (
        f"desk/ticket/{name}.html"
        if TICKET_ACTIONS[name].action in case.allowed
        else "desk/ticket/not_now.html"
    )


def _changes(session: Session, actor: Actor, number: int, form: Form) -> Sequence[Event]:
    seen = form.value("version")
    return changes_since(session, actor, number, int(seen)) if form.status == 409 and seen.isdigit() else ()


def _training(session: Session, case: TicketDetail) -> dict[str, Any]:
    """What a navigator can make of a practitioner's ticket, or has made of it."""
    if TicketRole.NAVIGATOR not in case.parts or case.ticket.reporter_user_id is None:
        return {}
    return {
        "request": requests.request_of_ticket(session, case.ticket.number),
        "topics": TOPICS,
        "topic": BY_ID,
    }
