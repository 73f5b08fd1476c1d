"""The one gate through which tickets change: who may do what, from which status, to which."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.orm import Session as AnySession
from sqlmodel import Session

from navigator import clock
from navigator.errors import Conflict, Forbidden, Stale
from navigator.people.actor import Actor
from navigator.tickets.action_rules import ACTION_RULES, Action
from navigator.tickets.change_notifications import notify_change
from navigator.tickets.ticket import LIVE, Event, Status, Ticket
from navigator.tickets.visibility import find, roles_on


def allowed(actor: Actor, ticket: Ticket) -> frozenset[Action]:
    """What an actor may do to a ticket as it stands; templates choose their buttons by it."""
    played = roles_on(actor, ticket)
    return frozenset(
        action
        for action, rule in ACTION_RULES.items()
        if played & rule.by
        and ticket.status in rule.when
        and not (rule.people_only and actor.key_id is not None)
    )


def act(
    session: Session,
    actor: Actor,
    action: Action,
    number: int,
    version: int | None = None,
    back_to: Status | None = None,
    **facts: Any,
) -> Ticket:
    """Find, lock, allow, check, move and record: the ticket, ready to be changed by the verb that called.

    `version` is the one the person saw; if somebody changed the ticket since, nothing is done. `back_to` is
    the status that a deed which is taken back had ended.
    """
    ticket = find(session, actor, number, lock=True)
    rule = ACTION_RULES[action]
    if not roles_on(actor, ticket) & rule.by:
        raise Forbidden("You cannot do that to this ticket.")
    if actor.key_id is not None and rule.people_only:
        raise Forbidden("A key cannot have a ticket. Assign it to a navigator instead.")
    if ticket.status not in rule.when:
        raise Conflict(f"This cannot be done now: the ticket is {ticket.status.replace('_', ' ')}.")
    if version is not None and version != ticket.version:
        raise Stale("Somebody changed this ticket while you were looking at it. Nothing was saved.", version)
    return record(session, actor, action, ticket, rule.moves.get(Status(ticket.status), back_to), **facts)


def record(
    session: Session,
    actor: Actor,
    action: Action,
    ticket: Ticket,
    to: Status | None = None,
    **facts: Any,
) -> Ticket:
    """Move a ticket on and write the event that says so; facts never hold what a person said."""
    before = ticket.status if action is not Action.REPORT else None
    rule = ACTION_RULES[action]
    if rule.remembers:
        facts = {"former": getattr(ticket, rule.remembers), **facts}
    ticket.status = to or ticket.status
    if ticket.snoozed_until_at is not None and (rule.ends_snooze or ticket.status not in LIVE):
        ticket.snoozed_until_at, facts["woke"] = None, True
    ticket.version += 1
    ticket.updated_at = clock.now()
    session.add(
        Event(
            ticket_number=ticket.number,
            action=action,
            actor_id=actor.user_id,
            actor_name=actor.name,
            created_at=ticket.updated_at,
            version=ticket.version,
            from_status=before,
            to_status=ticket.status,
            details={**facts, **actor.extra_details},
        )
    )
    return ticket


class SilentChange(RuntimeError):
    """A ticket was about to change without an event that says so."""


@event.listens_for(AnySession, "before_flush")
def _notice(session: AnySession, *_: object) -> None:
    changed = session.info.setdefault("tickets_changed", [])
    told = session.info.setdefault("tickets_told", set())
    for row in [*session.new, *session.dirty]:
        if isinstance(row, Ticket) and session.is_modified(row):
            changed.append(row)
        elif isinstance(row, Event):
            told.add(row.ticket_number)
    if any(isinstance(row, Ticket | Event) for row in session.deleted):
        raise SilentChange("Tickets and events are not deleted.")


@event.listens_for(AnySession, "before_commit")
def _refuse_silence(session: AnySession) -> None:
    session.flush()
    told = session.info.get("tickets_told", set())
    silent = [row.number for row in session.info.get("tickets_changed", []) if row.number not in told]
    if silent:
        raise SilentChange(f"Tickets {silent} changed without an event.")
    if told:
        notify_change(session)


@event.listens_for(AnySession, "do_orm_execute")
def _refuse_bulk(state: ORMExecuteState) -> None:
    if not (state.is_update or state.is_delete):
        return
    if getattr(state.statement, "table", None) in (Ticket.__table__, Event.__table__):  # type: ignore[attr-defined]
        raise SilentChange("Tickets and events are changed one at a time, through act().")


@event.listens_for(AnySession, "after_commit")
@event.listens_for(AnySession, "after_rollback")
def _forget(session: AnySession) -> None:
    session.info.pop("tickets_changed", None)
    session.info.pop("tickets_told", None)
