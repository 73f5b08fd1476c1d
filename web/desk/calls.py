"""Calls to make: a list from which somebody calls, and logs each call in one step."""

from typing import Annotated

from fastapi import Path
from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.catalogue import catalogue
from navigator.fields import Id
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.tickets.action_rules import ACTION_RULES, Action
from navigator.tickets.actions import calls
from navigator.tickets.actions.call_list import calls_to_make
from navigator.tickets.actions.no_concern import review_opened_by
from navigator.tickets.actions.reply_drafts import keep_words
from navigator.tickets.inputs import CallInput
from web.desk.ticket_actions import CALL_OUTCOMES
from web.kit.deps import Reading, Router, Writing, audience
from web.kit.forms import Form, ReadForm
from web.kit.screen_ahead import screened_of_staff
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/desk/calls")

Navigator = Annotated[Actor, audience(Role.NAVIGATOR)]


@router.get("")
def calls_page(page: Render, session: Reading, actor: Navigator) -> Response:
    """Whom to call, soonest first."""
    return _list(page, session, actor, Form())


@router.post("/{number}", dependencies=[screened_of_staff])
def log_call(
    page: Render, session: Writing, actor: Navigator, form: ReadForm, number: Annotated[Id, Path()]
) -> Response:
    """Log a call, and go back to the list; what was said of risk leads to the ticket."""
    form.typed |= _next_try(form.value("next"))
    if call_input := form.read(CallInput):
        with form.trying(session):
            ticket = calls.call(session, actor, number, call_input)
            if review_opened_by(session, ticket, call_input.body):
                words = "The call was logged. What you wrote may speak of risk: see below what to do."
                return redirect(f"/tickets/{number}", words)
            return redirect("/desk/calls", "The call was logged. Only staff see it.")
    return _list(page, session, actor, form, number)


def _next_try(chosen: str) -> dict[str, list[str]]:
    """A day and a part of it as the form of a call names them."""
    on, _, part = chosen.partition(" ")
    return {"next_on": [on], "next_part": [part]} if part else {}


def _list(page: PageRenderer, session: Session, actor: Actor, form: Form, number: int = 0) -> Response:
    """The list, with what was typed for one of its tickets, and what is wrong with that."""
    to_make = calls_to_make(session, actor)
    is_listed = any(call.ticket.number == number for call in to_make)
    if form.value("body") and not is_listed:
        return _kept(session, actor, form, number)
    form.errors = {_place(name, number, is_listed): words for name, words in form.errors.items()}
    return page(
        "desk/calls.html",
        form=form,
        typed_for=number,
        calls=to_make,
        catalogue=catalogue(),
        outcomes=[*CALL_OUTCOMES.items()],
    )


def _kept(session: Session, actor: Actor, form: Form, number: int) -> Response:
    """To the ticket's own form, with what was typed: its row is not there any more to hold it."""
    address = ACTION_RULES[Action.CALL].address
    keep_words(session, actor, number, address, form.value("body"))
    words = "Not done: The call is not logged. This ticket has left the list. What you typed is kept here."
    return redirect(f"/tickets/{number}/{address}", words)


def _place(name: str, number: int, is_listed: bool) -> str:
    """The box of a ticket's row to which an error belongs; none where the ticket is not listed any more."""
    box = {"next_on": "next", "next_part": "next"}.get(name, name)
    return f"{box}-{number}" if is_listed and box in ("came", "next", "body") else ""
