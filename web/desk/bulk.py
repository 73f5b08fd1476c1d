"""Bulk actions: one action for many tickets: choose them, say what to do, check the exact list, and see how far it is."""

from collections.abc import Collection
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field
from sqlmodel import Session
from starlette.responses import Response

from navigator.bulk import progress as how_far
from navigator.bulk import start as starting
from navigator.bulk.actions import BULK_ACTIONS, available_actions
from navigator.bulk.bulk import BulkAction
from navigator.bulk.selection import MAX_TICKETS, BulkSelection, count_selected, plan_bulk, selected_tickets
from navigator.bulk.start import ConfirmedSelection
from navigator.bulk.summary import summarise
from navigator.canned_replies import replies
from navigator.catalogue.catalogue import Fixability, catalogue
from navigator.fields import Id
from navigator.people.actor import Actor
from navigator.people.directory import users_with_role
from navigator.people.user import Role
from navigator.problems.linking import linkable_problems
from navigator.tickets.actions import send_checks
from navigator.tickets.ticket import Resolution, Ticket
from web.kit.deps import Reading, Staff, Writing, audience
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = APIRouter(prefix="/bulk")

MAY_CHOOSE = (Role.NAVIGATOR, Role.MANAGER)
Doer = Annotated[Actor, audience(*MAY_CHOOSE)]
BulkId = Annotated[Id, Path()]
Choosing = Annotated[BulkSelection, Query()]


class Typed(BaseModel):
    """The choice as it goes back with a form, apart from what the form asks."""

    choice: BulkSelection = Field(default_factory=BulkSelection)


@router.get("")
def bulks(page: Render, session: Reading, actor: Staff) -> Response:
    """What was done to many tickets at once, as far as somebody may know of it."""
    return page("desk/bulk/list.html", bulks=how_far.list_bulks(session, actor), bulk_actions=BULK_ACTIONS)


@router.get("/new")
def choose(page: Render, session: Reading, actor: Doer, choice: Choosing) -> Response:
    """What can be done to the chosen tickets."""
    found = [one.ticket for one in selected_tickets(session, actor, choice)]
    of, able = count_selected(session, actor, choice), available_actions(actor, found)
    facts: dict[str, Any] = {"found": found, "of": of, "most": MAX_TICKETS, "bulk_actions": able}
    return page("desk/bulk/choose.html", kept=selection_fields(choice), **facts)


@router.get("/new/{action}")
def ask(
    page: Render, session: Reading, actor: Doer, choice: Choosing, form: ReadForm, action: BulkAction
) -> Response:
    """What one action asks."""
    return _ask(page, session, actor, action, choice, Form(), form.value("use"))


@router.post("/new/{action}/check")
def check(page: Render, session: Reading, actor: Doer, form: ReadForm, action: BulkAction) -> Response:
    """Exactly which tickets it would be done to, and which are left out; nothing is done yet."""
    typed = form.read(Typed) or Typed()
    if what := form.read(BULK_ACTIONS[action].input):
        with form.trying():
            return _check(page, session, actor, action, what, typed.choice, form)
    return _ask(page, session, actor, action, typed.choice, form)


@router.post("/new/{action}")
def start(page: Render, session: Writing, actor: Doer, form: ReadForm, action: BulkAction) -> Response:
    """Begin with exactly the list that was shown."""
    what, confirmed = form.read(BULK_ACTIONS[action].input), form.read(ConfirmedSelection)
    if what and confirmed:
        with form.trying(session):
            return redirect(f"/bulk/{starting.start_bulk(session, actor, action, what, confirmed).id}")
    numbers = confirmed.numbers if confirmed else []
    return _ask(page, session, actor, action, BulkSelection(tickets=numbers), form)


@router.get("/{id}")
def progress(page: Render, session: Reading, actor: Staff, id: BulkId) -> Response:
    """How far it is, and what came of each ticket."""
    found = how_far.progress(session, actor, id)
    what = BULK_ACTIONS[BulkAction(found.counts.bulk.action)].input.model_validate(found.counts.bulk.params)
    facts = {"again": actor.has(*MAY_CHOOSE), **check_facts(session, actor, found.counts.bulk.action, what)}
    return page("desk/bulk/progress.html", found=found, **facts)


@router.post("/{id}/stop")
def stop(session: Writing, actor: Staff, id: BulkId) -> Response:
    """Do no more of it."""
    how_far.stop(session, actor, id)
    return redirect(f"/bulk/{id}", "Stopped. What is done stays done.")


def _ask(
    page: PageRenderer,
    session: Session,
    actor: Actor,
    action: BulkAction,
    choice: BulkSelection,
    form: Form,
    use: str = "",
) -> Response:
    found = [one.ticket for one in selected_tickets(session, actor, choice)]
    facts = form_facts(session, action, choice, found)
    form.fill({"body": next((one.body for one in facts["to_hand"] if one.code == use), "")})
    return page(
        "desk/bulk/ask.html",
        form=form,
        found=found,
        bulk_action=BULK_ACTIONS[action],
        catalogue=catalogue(),
        **facts,
    )


def _check(
    page: PageRenderer,
    session: Session,
    actor: Actor,
    action: BulkAction,
    what: Any,
    choice: BulkSelection,
    form: Form,
) -> Response:
    found = plan_bulk(session, actor, action, what, choice)
    tickets = [one.ticket for one in (*found.included, *found.left_out)]
    first = found.included[0].ticket if found.included else None
    sample = replies.fill_placeholders(session, actor, first, getattr(what, "body", "")) if first else ""
    doubts = (
        send_checks.warnings_for_many(session, [one.ticket for one in found.included], sample) if sample else []
    )
    facts = form_facts(session, action, choice, tickets) | check_facts(session, actor, action, what)
    facts |= {"first": first, "sample": sample, "doubts": doubts}
    return page("desk/bulk/check.html", form=form, plan=found, most=MAX_TICKETS, **facts)


def selection_fields(choice: BulkSelection) -> dict[str, Any]:
    """A choice as an address or a form carries it on."""
    given = choice.model_dump(mode="json", exclude_defaults=True)
    return given | ({"tickets": " ".join(map(str, choice.tickets))} if choice.tickets else {})


def form_facts(
    session: Session, action: BulkAction, choice: BulkSelection, tickets: Collection[Ticket]
) -> dict[str, Any]:
    """What the form of an action is made of."""
    return {
        "action": action,
        "kept": selection_fields(choice),
        "to_hand": replies.replies_for_tickets(session, tickets) if action is BulkAction.REPLY else [],
        "choices": _choices(session, action, tickets),
    }


def check_facts(session: Session, actor: Actor, action: str, what: BaseModel) -> dict[str, Any]:
    """What is done, in words, and as a form carries it on."""
    asked = Form().fill(what.model_dump(mode="json", exclude={"version"}, exclude_none=True)).typed
    return {
        "action": action,
        "bulk_action": BULK_ACTIONS[BulkAction(action)],
        "words": summarise(session, actor, what),
        "asked": asked,
        "catalogue": catalogue(),
    }


def _choices(session: Session, action: BulkAction, tickets: Collection[Ticket]) -> list[tuple[Any, str]]:
    """What an action offers to choose from, for tickets of perhaps several services and programmes."""
    match action:
        case BulkAction.ASSIGN:
            services = sorted({one.service_id for one in tickets})
            people = {one.id: one for id in services for one in users_with_role(session, id, Role.NAVIGATOR)}
            return [(one.id, one.name + (" (away)" if one.is_away else "")) for one in people.values()]
        case BulkAction.LINK:
            each = {one.programme_id: one for one in tickets}.values()
            return [(one.id, one.title) for ticket in each for one in linkable_problems(session, ticket)]
        case BulkAction.RESOLVE:
            return [(one, one.replace("_", " ").capitalize()) for one in Resolution]
        case BulkAction.TRIAGE:
            return [(one, one.capitalize()) for one in Fixability]
    return []
