"""The page of a ticket with everything at hand, and a form page for each action on it."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Path
from sqlmodel import Session
from starlette.responses import Response

from navigator.attachments.attachment import Attachment
from navigator.catalogue.articles import articles_for
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.lookups import crisis_card_of
from navigator.errors import Forbidden
from navigator.mail_in.unsorted import MAY_SORT, mail_of_messages
from navigator.people.actor import Actor
from navigator.people.reporter import reference
from navigator.problems.outages import outages_of
from navigator.problems.similar_tickets import similar_tickets
from navigator.tickets.action_rules import ACTION_RULES, Action
from navigator.tickets.actions import reply_drafts
from navigator.tickets.actions import undo as undoing
from navigator.tickets.actions.at_hand import at_hand
from navigator.tickets.actions.clinical_review import has_review_of_risk
from navigator.tickets.actions.inclusion import needs_of_merged, offers_on
from navigator.tickets.actions.no_concern import review_opened_by, reviews_of_own_words
from navigator.tickets.actions.undo_send import own_held_send
from navigator.tickets.attached_files import TAKES_FILES, staged_files
from navigator.tickets.detail import TicketDetail, changes_since, ticket_detail
from navigator.tickets.enums import Channel, TicketRole
from navigator.tickets.held_send import HeldSend
from navigator.tickets.inputs import UndoInput
from navigator.tickets.lifecycle import has_role_for
from navigator.tickets.notices import ToldOf
from navigator.tickets.queue.identifiers import same_contact
from navigator.tickets.repeats import REASONS, repeat_of, time_of_person
from navigator.tickets.safety_notice import who_reads_for_staff
from navigator.tickets.ticket import Event, Ticket
from navigator.training import requests
from navigator.training.recurring import recurring_of
from navigator.training.topics import BY_ID, TOPICS
from web.desk.action_bar import action_bar
from web.desk.action_previews import PREVIEWS
from web.desk.notices import told_on
from web.desk.queue_position import queue_url, remember_position
from web.desk.replies_to_hand import PARTS, PRESSED, ReplyToHand, SendPlan, add_reply, for_ticket, send_plan
from web.desk.reply_drafts import LINK_WORDS, Number, SendPreview, form_asked_for, send_preview
from web.desk.ticket_actions import TICKET_ACTIONS, TicketAction
from web.kit import form_marks
from web.kit.deps import Reading, Router, Staff, Writing
from web.kit.forms import Form, ReadForm
from web.kit.screen_ahead import screened_of_staff
from web.kit.templating import PageRenderer, Render, redirect, url

router = Router(prefix="/tickets/{number}")

ActionAddress = Annotated[str, Path(pattern=f"^({'|'.join(TICKET_ACTIONS)})$")]
TICKET_PAGE = "desk/ticket/ticket.html"
ON_THE_PAGE = frozenset({"replies", *(name for name, action in TICKET_ACTIONS.items() if action.is_pressed)})
"""Actions whose form stands on the ticket's own page; each of the others has a page."""


@router.get("/undo")  # where a refused undo was shown, loaded again or asked for news
@router.get("")
def ticket(page: Render, session: Reading, actor: Staff, form: ReadForm, number: Number) -> Response:
    """Everything about a ticket; a merged one leads to the ticket that goes on."""
    detail = ticket_detail(session, actor, number)
    if merged_into := detail.ticket.merged_into:
        return redirect(f"/tickets/{merged_into}")
    named = Form().fill({name: form.value(name) for name in (PRESSED, *PARTS)})  # like a canned reply
    return remember_position(page.request, _render(page, session, actor, detail, named), detail.ticket)


def _box(detail: TicketDetail) -> str:
    """Whose box stands on the page: the reply’s, for a practitioner who may not reply the answer’s."""
    boxes = (Action.REPLY, Action.ANSWER)
    return next((ACTION_RULES[action].address for action in boxes if action in detail.allowed), "")


@router.post("/undo")
def undo(page: Render, session: Writing, actor: Staff, form: ReadForm, number: Number) -> Response:
    """Undo what the actor did or sent last, or say why not."""
    if undo_input := form.read(UndoInput):
        with form.trying(session):
            return _undone(number, undoing.undo_last(session, actor, number, undo_input))
    form.fill({"body": reply_drafts.load_draft(session, actor, number, "replies")})
    return _render(page, session, actor, ticket_detail(session, actor, number), form)


def _undone(number: int, taken_back: HeldSend | None) -> Response:
    """Back to the ticket; what was taken back stands in the reply box, with what was chosen for it."""
    if taken_back is None:
        return redirect(f"/tickets/{number}", "Undone. The ticket is as it was.")
    return redirect(
        url(f"/tickets/{number}", **taken_back.parts), "Taken back. Your words are in the reply box."
    )


@router.get("/{name}")
def ticket_action_form(
    page: Render, session: Reading, actor: Staff, form: ReadForm, number: Number, name: ActionAddress
) -> Response:
    """The form of one action."""
    return _render(page, session, actor, ticket_detail(session, actor, number), form, name)


@router.post("/{name}", dependencies=[screened_of_staff])
def run_ticket_action(
    page: Render, session: Writing, actor: Staff, form: ReadForm, number: Number, name: ActionAddress
) -> Response:
    """Run an action, or say why not: what was typed is kept, and what others changed is shown."""
    action, other_form = TICKET_ACTIONS[name], form_asked_for(form, name)
    if other_form is None and (action_input := form.read(ACTION_RULES[action.action].input)):
        if preview := PREVIEWS.get(action.action, send_preview)(session, actor, number, name, form):
            return _render(page, session, actor, ticket_detail(session, actor, number), form, name, preview)
        with form.trying(session):
            mark = form_marks.mark_at(form, page.request.scope["path"])
            result = action.do(session, actor, number, action_input, mark)
            return _done(session, actor, number, name, result, form)
    return _render(page, session, actor, ticket_detail(session, actor, number), form, other_form or name)


def _done(session: Session, actor: Actor, number: int, name: str, result: object, form: Form) -> Response:
    """Back to the ticket, with what is said of what was done."""
    reply_drafts.delete_draft(session, actor, number, name)
    concern = _concern(session, result, number, form)
    return redirect(f"/tickets/{number}", TICKET_ACTIONS[name].message + concern)


def _concern(session: Session, result: object, number: int, form: Form) -> str:
    """What an author is told at once whose words just opened a clinical review; else nothing."""
    if not isinstance(result, Ticket) or review_opened_by(session, result, form.value("body")) is None:
        return ""
    where = "" if result.number == number else f" on {reference(result.number)}"
    told = "may speak of risk, so a clinician is told to read it."
    return f" What you wrote{where} {told} See below what to do."


def _render(
    page: PageRenderer,
    session: Session,
    actor: Actor,
    detail: TicketDetail,
    form: Form,
    name: str = "",
    preview: SendPreview | None = None,
) -> Response:
    hand = at_hand(session, actor, detail.ticket, name or _box(detail) or "replies")
    if page.request.method == "GET":
        form.fill(hand.draft)
    canned_replies = _replies_to_hand(session, actor, detail, name)
    add_reply(form, canned_replies)
    action = TICKET_ACTIONS.get(name)
    template = preview.template if preview else _template(detail, name, form)
    _require_role(actor, detail, action)
    return page(
        template,
        detail=detail,
        form=form,
        action=action,
        name=name,
        preview=preview,
        staged=_staged(session, actor, detail, form, name),
        held=None if name else own_held_send(session, actor, detail.ticket),
        beside=_beside(detail, name, canned_replies),
        undoable_event=None if name else undoing.undoable_event(actor, detail),
        others=hand.others,
        back_url=queue_url(page.request, detail.ticket.number),
        bar=action_bar(actor, detail),
        box=_box(detail),
        holder=detail.assignee if detail.ticket.assignee_id != actor.user_id else None,
        changes=_changes_since_seen(session, actor, detail.ticket.number, form),
        catalogue=catalogue(),
        choices=action.choices(session, detail) if action else (),
        training=_training(session, actor, detail),
        canned_replies=canned_replies,
        **_besides(session, actor, detail, name, hand.told if template == TICKET_PAGE else None),
    )


def _require_role(actor: Actor, detail: TicketDetail, action: TicketAction | None) -> None:
    if action and not has_role_for(actor, detail.ticket, ACTION_RULES[action.action]):
        raise Forbidden("You cannot do that to this ticket.")


def _staged(
    session: Session, actor: Actor, detail: TicketDetail, form: Form, name: str
) -> Sequence[Attachment]:
    """The files that wait for the words that are written on this page."""
    box = _box(detail) if not name or name in ON_THE_PAGE else name
    if form.typed.get(reply_drafts.STAGED) == [""]:
        return ()
    return staged_files(session, actor, detail.ticket.number, box) if box in TAKES_FILES else ()


def _replies_to_hand(
    session: Session, actor: Actor, detail: TicketDetail, name: str
) -> Sequence[ReplyToHand]:
    """The canned replies of the page: where words are written to the reporter, and only there."""
    action = TICKET_ACTIONS[name].action if name and name not in ON_THE_PAGE else Action.REPLY
    is_offered = ACTION_RULES[action].goes_out and action in detail.allowed
    return for_ticket(session, actor, detail) if is_offered else ()


def _beside(detail: TicketDetail, name: str, canned_replies: Sequence[ReplyToHand]) -> SendPlan | None:
    """What can be done in one with the words of the page's form."""
    action = TICKET_ACTIONS[name].action if name and name not in ON_THE_PAGE else Action.REPLY
    return send_plan(detail.allowed, action, canned_replies) if action in detail.allowed else None


def _besides(
    session: Session, actor: Actor, detail: TicketDetail, name: str, told: ToldOf | None
) -> dict[str, Any]:
    if told is None and name != ACTION_RULES[Action.MERGE].address:
        return {}
    earlier = {"earlier": same_contact(session, actor, detail.ticket.number, detail.reporter)}
    if told is None:
        return earlier
    related = _related(session, actor, detail, bool(earlier["earlier"]))
    return earlier | related | told_on(actor, detail, told)


def _related(session: Session, actor: Actor, detail: TicketDetail, has_earlier: bool) -> dict[str, Any]:
    """What is related to a ticket: knowledge base articles, similar reports, outages, notices."""
    code = detail.programme.code if detail.programme else ""
    articles = articles_for(session, detail.category.id, code) if detail.category else []
    outages = outages_of(session, actor, detail)
    similar = similar_tickets(session, actor, detail)
    related = {"articles": articles, "similar": similar, "outages": outages}
    may_have_offers = any(event.action in (Action.OFFER, Action.MERGE) for event in detail.events)
    related |= {"offers": offers_on(session, detail.ticket.number) if may_have_offers else ()}
    related |= {"others_need": needs_of_merged(session, detail.ticket.number) if detail.has_merged else ()}
    came_by_mail = detail.ticket.channel in (Channel.EMAIL, Channel.TEXT) or any(
        "by_mail" in event.details or event.action in (Action.JOIN_MAIL, Action.MERGE)
        for event in detail.events
    )
    may_sort = detail.ticket.service_id in actor.services(*MAY_SORT)
    shows_mail = came_by_mail and detail.reporter is not None and may_sort
    related |= {"mails": mail_of_messages(session, detail.messages) if shows_mail else {}}
    related |= {"repeat": None, "repeat_reasons": REASONS, "person_time": None}
    if has_earlier:  # as most tickets have none
        related["repeat"] = repeat_of(session, actor, detail.ticket)
        related["person_time"] = time_of_person(session, actor, detail.ticket)
    return related | _safety(session, actor, detail)


def _safety(session: Session, actor: Actor, detail: TicketDetail) -> dict[str, Any]:
    """What patients are shown too: whom to call now, and when a clinician reads it; if one’s words did it."""
    if not detail.ticket.has_open_review:
        return {}
    who_reads = who_reads_for_staff(session, detail.ticket)
    own_reviews = reviews_of_own_words(session, actor, detail.ticket)
    crisis = crisis_card_of(session, detail.service)
    is_of_language = not has_review_of_risk(session, detail.ticket.number)
    shown = {"crisis": crisis, "who_reads": who_reads, "own_reviews": own_reviews}
    return shown | {"is_of_language": is_of_language}


def _template(detail: TicketDetail, name: str, form: Form) -> str:
    if not name or name in ON_THE_PAGE:
        return TICKET_PAGE
    is_link = TICKET_ACTIONS[name].action is Action.LINK
    if form.value("tell") or (is_link and form.value(PRESSED)):  # it was answered but for the words
        return LINK_WORDS
    return (
        f"desk/ticket/{name}.html"
        if TICKET_ACTIONS[name].action in detail.allowed
        else "desk/ticket/not_now.html"
    )


def _changes_since_seen(session: Session, actor: Actor, number: int, form: Form) -> Sequence[Event]:
    version = form.value("version")
    is_stale = form.status == 409 and version.isdigit()
    return changes_since(session, actor, number, int(version)) if is_stale else ()


def _training(session: Session, actor: Actor, detail: TicketDetail) -> dict[str, Any]:
    """The training request that a navigator can make of a practitioner's ticket, and what recurs."""
    if TicketRole.NAVIGATOR not in detail.roles or detail.ticket.reporter_user_id is None:
        return {}
    return {
        "request": requests.request_of_ticket(session, detail.ticket.number),
        "recurring": recurring_of(session, actor, detail.ticket.reporter_user_id),
        "topics": TOPICS,
        "topic": BY_ID,
    }
