"""Bulk actions (multi-step): choose tickets and an action, check the exact list, start, follow progress."""

from collections.abc import Collection
from itertools import chain
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import BaseModel, Field
from sqlmodel import Session
from starlette.responses import Response

from navigator.bulk import progress as bulk_progress
from navigator.bulk import start as bulk_start
from navigator.bulk.actions import BULK_ACTIONS, available_actions, words_for_many, words_to_reporters
from navigator.bulk.selection import MAX_TICKETS, BulkSelection, count_selected, plan_bulk, selected_tickets
from navigator.bulk.start import ConfirmedSelection
from navigator.bulk.summary import summarise
from navigator.bulk.tables import BulkAction
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.enums import FIXERS
from navigator.fields import Id
from navigator.people.actor import Actor
from navigator.people.directory import users_with_role
from navigator.people.user import Role
from navigator.problems.linking import linkable_problems
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import send_checks
from navigator.tickets.inputs import LinkInput
from navigator.tickets.send_choices import ENDINGS
from navigator.tickets.ticket import Ticket
from web.desk.replies_to_hand import PRESSED, add_reply, for_tickets, send_plan
from web.kit.deps import Reading, Router, Staff, Writing, audience
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/bulk")

WRITES_TO_REPORTERS = (BulkAction.REPLY, BulkAction.RESOLVE, BulkAction.LINK)
MAY_CHOOSE = (Role.NAVIGATOR, Role.MANAGER)
BulkActor = Annotated[Actor, audience(*MAY_CHOOSE)]
BulkId = Annotated[Id, Path()]
SelectionQuery = Annotated[BulkSelection, Query()]


class SelectionForm(BaseModel):
    """The selection as it goes back with a form, apart from the fields of the action."""

    choice: BulkSelection = Field(default_factory=BulkSelection)


@router.get("")
def bulks(page: Render, session: Reading, actor: Staff) -> Response:
    """The bulks that an actor may know of."""
    return page(
        "desk/bulk/list.html", bulks=bulk_progress.list_bulks(session, actor), bulk_actions=BULK_ACTIONS
    )


@router.get("/new")
def choose(page: Render, session: Reading, actor: BulkActor, selection: SelectionQuery) -> Response:
    """The actions that can be done to the selected tickets."""
    tickets = [selected.ticket for selected in selected_tickets(session, actor, selection)]
    total, rules = count_selected(session, actor, selection), available_actions(actor, tickets)
    context: dict[str, Any] = {"tickets": tickets, "total": total, "most": MAX_TICKETS, "bulk_actions": rules}
    return page("desk/bulk/choose.html", selection=selection_fields(selection), **context)


@router.get("/new/{action}")
def ask(
    page: Render,
    session: Reading,
    actor: BulkActor,
    selection: SelectionQuery,
    form: ReadForm,
    action: BulkAction,
) -> Response:
    """The form of one action."""
    use = Form([(PRESSED, form.value(PRESSED))])
    return _ask(page, session, actor, action, selection, use)


@router.post("/new/{action}/check")
def check(page: Render, session: Reading, actor: BulkActor, form: ReadForm, action: BulkAction) -> Response:
    """The exact list: which tickets it would be done to, and which are left out; nothing is done yet."""
    selection_form = form.read(SelectionForm) or SelectionForm()
    if not form.value(PRESSED) and (params := form.read(BULK_ACTIONS[action].input)):
        with form.trying():
            return _check(page, session, actor, action, params, selection_form.choice, form)
    return _ask(page, session, actor, action, selection_form.choice, form)


@router.post("/new/{action}")
def start(page: Render, session: Writing, actor: BulkActor, form: ReadForm, action: BulkAction) -> Response:
    """Start the bulk with exactly the list that was confirmed."""
    params, confirmed = form.read(BULK_ACTIONS[action].input), form.read(ConfirmedSelection)
    if params and confirmed:
        with form.trying(session):
            bulk = bulk_start.start_bulk(session, actor, action, params, confirmed)
            bulk_start.let_wait(session, bulk)
            return redirect(f"/bulk/{bulk.id}")
    numbers = confirmed.numbers if confirmed else []
    return _ask(page, session, actor, action, BulkSelection(tickets=numbers), form)


@router.get("/{id}")
def progress(page: Render, session: Reading, actor: Staff, id: BulkId) -> Response:
    """The progress of a bulk, and the outcome of each ticket."""
    result = bulk_progress.progress(session, actor, id)
    bulk = result.counts.bulk
    params = BULK_ACTIONS[BulkAction(bulk.action)].input.model_validate(bulk.params)
    context = {"again": actor.has(*MAY_CHOOSE), **check_context(session, actor, bulk.action, params)}
    return page("desk/bulk/progress.html", progress=result, **context)


@router.post("/{id}/stop")
def stop(session: Writing, actor: Staff, id: BulkId) -> Response:
    """Stop a bulk; what is done stays done."""
    bulk = bulk_progress.stop(session, actor, id)
    words = "What is done stays done." if bulk.has_begun else "Nothing was sent."
    return redirect(f"/bulk/{id}", f"Stopped. {words}")


def _ask(
    page: PageRenderer,
    session: Session,
    actor: Actor,
    action: BulkAction,
    selection: BulkSelection,
    form: Form,
) -> Response:
    tickets = [selected.ticket for selected in selected_tickets(session, actor, selection)]
    context = form_context(session, action, selection, tickets)
    add_reply(form, context["canned_replies"])
    return page(
        "desk/bulk/ask.html",
        form=form,
        tickets=tickets,
        bulk_action=BULK_ACTIONS[action],
        catalogue=catalogue(),
        **context,
    )


def _check(
    page: PageRenderer,
    session: Session,
    actor: Actor,
    action: BulkAction,
    params: Any,
    selection: BulkSelection,
    form: Form,
) -> Response:
    params = _with_words(session, params, form)
    plan = plan_bulk(session, actor, action, params, selection)
    tickets = [selected.ticket for selected in (*plan.included, *plan.left_out)]
    included = [selected.ticket for selected in plan.included]
    first = included[0] if included else None
    sample = words_to_reporters(session, actor, first, params) if first else ""
    warnings = send_checks.bulk_send_warnings(session, included, sample) if sample else []
    context = form_context(session, action, selection, tickets)
    context |= check_context(session, actor, action, params)
    context |= {"first": first, "sample": sample, "warnings": warnings}
    return page("desk/bulk/check.html", form=form, plan=plan, most=MAX_TICKETS, **context)


def _with_words(session: Session, params: Any, form: Form) -> Any:
    """A link to many tickets with what their reporters would read, to look over before it is confirmed."""
    if isinstance(params, LinkInput) and params.tell is None:
        words = words_for_many(session, params)
        params = params.model_copy(update={"tell": bool(words), "body": words})
        form.fill(params.model_dump(include={"tell", "body"}))
    return params


def selection_fields(selection: BulkSelection) -> dict[str, Any]:
    """A selection as query parameters or hidden fields."""
    fields = selection.model_dump(mode="json", exclude_defaults=True)
    return fields | ({"tickets": " ".join(map(str, selection.tickets))} if selection.tickets else {})


def form_context(
    session: Session, action: BulkAction, selection: BulkSelection, tickets: Collection[Ticket]
) -> dict[str, Any]:
    """The template context of an action's form."""
    canned_replies = for_tickets(session, tickets) if action in WRITES_TO_REPORTERS else []
    return {
        "action": action,
        "selection": selection_fields(selection),
        "canned_replies": canned_replies,
        "beside": send_plan(frozenset(Action), Action(action), canned_replies),
        "choices": _choices(session, action, tickets),
    }


def check_context(session: Session, actor: Actor, action: str, params: BaseModel) -> dict[str, Any]:
    """The template context of what is done: in words, and as hidden fields."""
    parameters = Form().fill(params.model_dump(mode="json", exclude={"version"}, exclude_none=True)).typed
    return {
        "action": action,
        "bulk_action": BULK_ACTIONS[BulkAction(action)],
        "summary": summarise(session, actor, params),
        "parameters": parameters,
        "catalogue": catalogue(),
    }


def _choices(session: Session, action: BulkAction, tickets: Collection[Ticket]) -> list[tuple[Any, str]]:
    """The choices of an action's form, for tickets of perhaps several services and programmes."""
    match action:
        case BulkAction.ASSIGN:
            services = sorted({ticket.service_id for ticket in tickets})
            users = {
                user.id: user for id in services for user in users_with_role(session, id, Role.NAVIGATOR)
            }
            return [(user.id, user.name + (" (away)" if user.is_away else "")) for user in users.values()]
        case BulkAction.LINK:
            ticket_of_programme = {ticket.programme_id: ticket for ticket in tickets}
            problems = (linkable_problems(session, ticket) for ticket in ticket_of_programme.values())
            return [(problem.id, problem.title) for problem in chain.from_iterable(problems)]
        case BulkAction.RESOLVE:
            return [*ENDINGS.items()]
        case BulkAction.TRIAGE:
            return [*FIXERS.items()]
    return []
