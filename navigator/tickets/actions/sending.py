"""Sending words to a reporter with what is done with them, in one: all of it or nothing (macro)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from navigator import clock
from navigator.errors import Invalid
from navigator.people.actor import Actor
from navigator.tickets.actions import calls, staff
from navigator.tickets.actions.snooze import snooze
from navigator.tickets.enums import LIVE, CallOutcome, NextStep, PartOfDay, Resolution
from navigator.tickets.inputs import (
    CallInput,
    ResolveInput,
    SayInput,
    SendInput,
    SendResolvedInput,
    SnoozeInput,
    TriageInput,
    WriteInput,
)
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import find

_PASSES_ON = "That category passes the ticket on to somebody else. Sort it on its own page."
_HAS_ENDED = "What has ended has no next step. Choose one of the two."
_UNTIL: dict[NextStep, dict[str, Any]] = {
    NextStep.TOMORROW: {"until": "morning"},
    NextStep.SESSION: {"until": "session"},
    NextStep.TWO_DAYS: {"until": "days", "days": 2},
    NextStep.FIVE_DAYS: {"until": "days", "days": 5},
}


def reply(session: Session, actor: Actor, number: int, message: SendInput) -> Ticket:
    """Reply, and do what else was chosen for it: wait for an answer, leave it to the supplier, or resolve."""
    if isinstance(message.does, Resolution):
        return _with_parts(session, actor, number, message, _resolve(message.does))
    return _with_parts(session, actor, number, message, _SAY[message.does])


def wait(session: Session, actor: Actor, number: int, message: WriteInput) -> Ticket:
    """Ask the reporter something and wait, and do what else was chosen."""
    return _with_parts(session, actor, number, message, staff.wait)


def park(session: Session, actor: Actor, number: int, message: WriteInput) -> Ticket:
    """Leave it to the supplier, and do what else was chosen."""
    return _with_parts(session, actor, number, message, staff.park)


def resolve(session: Session, actor: Actor, number: int, message: SendResolvedInput) -> Ticket:
    """Resolve it, and do what else was chosen."""
    return _with_parts(session, actor, number, message, _resolve(message.resolution))


Say = Callable[[Session, Actor, int, SayInput], Ticket]
_SAY: dict[str | None, Say] = {None: staff.reply, "wait": staff.wait, "park": staff.park}


def _resolve(resolution: Resolution) -> Say:
    def say(session: Session, actor: Actor, number: int, message: SayInput) -> Ticket:
        resolve_input = ResolveInput(resolution=resolution, body=message.body, version=message.version)
        return staff.resolve(session, actor, number, resolve_input)

    return say


def _with_parts(session: Session, actor: Actor, number: int, message: WriteInput, say: Say) -> Ticket:
    """Each part is its own action; the version that was seen is asked of the first."""
    version = message.version
    if _sort(session, actor, number, message):
        version = None
    words = SayInput(body=message.body, version=version)
    ticket = say(session, actor, number, words)
    if message.follow_up:
        _go_on(session, actor, ticket, message.follow_up)
    return ticket


def _sort(session: Session, actor: Actor, number: int, message: WriteInput) -> bool:
    """Sort the ticket as was chosen, with the impact that it has; whether that was needed."""
    ticket = find(session, actor, number, lock=True)
    if message.sort_as in ("", ticket.category):
        return False
    triage_input = TriageInput(category=message.sort_as, impact=ticket.impact, version=message.version)
    if staff.triage(session, actor, number, triage_input).diverted_to:
        raise Invalid("There is a problem", {"sort_as": _PASSES_ON})
    return True


def _go_on(session: Session, actor: Actor, ticket: Ticket, step: NextStep) -> None:
    if ticket.status not in LIVE:
        raise Invalid("There is a problem", {"follow_up": _HAS_ENDED})
    try:
        if step is NextStep.CALL_AGAIN:
            calls.call(session, actor, ticket.number, _call_again())
        else:
            snooze(session, actor, ticket.number, SnoozeInput.model_validate(_UNTIL[step]))
    except Invalid as invalid:  # its own form has other boxes
        raise Invalid(invalid.message, {"follow_up": next(iter(invalid.fields.values()))}) from invalid


def _call_again() -> CallInput:
    """That nobody took the call, and that it is tried again the next working day."""
    tomorrow = clock.today() + timedelta(days=1)
    return CallInput(came=CallOutcome.NO_ANSWER, next_on=tomorrow, next_part=PartOfDay.MORNING)
