"""The one gate through which tickets change: permissions, state machine, optimistic locking, audit log."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.orm import Session as AnySession
from sqlmodel import Session

from navigator import clock, database
from navigator.errors import Conflict, Forbidden, Stale
from navigator.people.actor import Actor
from navigator.people.rights import Area
from navigator.tickets.action_rules import ACTION_RULES, Action, ActionRule
from navigator.tickets.activity import note_action
from navigator.tickets.change_signals import notify_change
from navigator.tickets.day_counts import mark_changed
from navigator.tickets.enums import TicketRole
from navigator.tickets.reads import mark_read
from navigator.tickets.ticket import LIVE, Event, Status, Ticket
from navigator.tickets.visibility import find, roles_on
from navigator.webhooks.events import note_event

_AREAS = frozenset(rule.area for rule in ACTION_RULES.values())
_CHANGED, _AUDITED = "tickets_changed", "tickets_audited"
"""What a session remembers until it ends: the tickets that changed, the numbers of those with an event."""


def allowed_actions(actor: Actor, ticket: Ticket) -> frozenset[Action]:
    """The actions that an actor has permission for on a ticket as it stands; pages show their buttons."""
    roles = {area: _roles_within(actor, ticket, area) for area in _AREAS}
    return frozenset(
        action
        for action, rule in ACTION_RULES.items()
        if ticket.status in rule.statuses
        and roles[rule.area] & rule.roles
        and not (rule.people_only and actor.key_id is not None)
    )


def has_role_for(actor: Actor, ticket: Ticket, rule: ActionRule) -> bool:
    """Whether an actor has a role towards a ticket that an action is for, by a whole role or a right."""
    return bool(_roles_within(actor, ticket, rule.area) & rule.roles)


def _roles_within(actor: Actor, ticket: Ticket, area: Area | None) -> frozenset[TicketRole]:
    return roles_on(actor.within(area) if area else actor, ticket)


def act(
    session: Session,
    actor: Actor,
    action: Action,
    number: int,
    version: int | None = None,
    restored_status: Status | None = None,
    **details: Any,
) -> Ticket:
    """Find and lock a ticket, check permission, status and version, move it on and record the event.

    `version` is the one the person saw (optimistic locking): if somebody changed the ticket since, nothing is
    done. `restored_status` is the one that an undone action had ended. The ticket is ready to be changed.
    """
    ticket = find(session, actor, number, lock=True)
    rule = ACTION_RULES[action]
    if not has_role_for(actor, ticket, rule):
        raise Forbidden("You cannot do that to this ticket.")
    if actor.key_id is not None and rule.people_only:
        raise Forbidden("A key cannot do this. It is for somebody who is logged in.")
    if ticket.status not in rule.statuses:
        raise Conflict(f"This cannot be done now: the ticket is {ticket.status.replace('_', ' ')}.")
    if version is not None and version != ticket.version:
        raise Stale("This ticket has changed since you opened it. Nothing was saved.", version)
    return record(
        session,
        actor,
        action,
        ticket,
        rule.transitions.get(Status(ticket.status), restored_status),
        **details,
    )


def record(
    session: Session,
    actor: Actor,
    action: Action,
    ticket: Ticket,
    to_status: Status | None = None,
    **details: Any,
) -> Ticket:
    """Move a ticket on and write its audit event; the details never hold what a person said."""
    from_status = ticket.status if action is not Action.REPORT else None
    rule = ACTION_RULES[action]
    if rule.remembers:
        details = {"former": getattr(ticket, rule.remembers), **details}
    ticket.status = to_status or ticket.status
    if ticket.snoozed_until_at is not None and (rule.ends_snooze or ticket.status not in LIVE):
        ticket.snoozed_until_at, details["woke"] = None, True
    ticket.version += 1
    ticket.updated_at = clock.now()
    note_action(actor, action, ticket)
    mark_changed(session, ticket.reported_at)
    database.append(
        session,
        Event,
        ticket_number=ticket.number,
        action=action,
        actor_id=actor.user_id,
        actor_name=actor.name,
        created_at=ticket.updated_at,
        version=ticket.version,
        from_status=from_status,
        to_status=ticket.status,
        details={**details, **actor.extra_details},
    )
    if "imported" not in details:  # what was elsewhere before is no news
        note_event(session, ticket.service_id, action, ticket.number, {"status": ticket.status})
    session.info.setdefault(_AUDITED, set()).add(ticket.number)
    mark_read(session, actor, ticket.number)
    return ticket


def add_ticket(session: Session, ticket: Ticket) -> None:
    """Write a new ticket, whose number is drawn; its event is to follow, as that of any change."""
    database.add(session, ticket)
    session.info.setdefault(_CHANGED, []).append(ticket)


class UnauditedChange(RuntimeError):
    """A ticket was about to change without an audit event."""


@event.listens_for(AnySession, "before_flush")
def _collect_changes(session: AnySession, *_: object) -> None:
    changed = session.info.setdefault(_CHANGED, [])
    for row in [*session.new, *session.dirty]:
        if isinstance(row, Ticket) and session.is_modified(row):
            changed.append(row)
    if any(isinstance(row, Ticket | Event) for row in session.deleted):
        raise UnauditedChange("Tickets and events are not deleted.")


@event.listens_for(AnySession, "before_commit")
def _refuse_unaudited(session: AnySession) -> None:
    session.flush()
    audited = session.info.get(_AUDITED, set())
    unaudited = [row.number for row in session.info.get(_CHANGED, []) if row.number not in audited]
    if unaudited:
        raise UnauditedChange(f"Tickets {unaudited} changed without an event.")
    if audited:
        notify_change(session)


@event.listens_for(AnySession, "do_orm_execute")
def _refuse_bulk_changes(state: ORMExecuteState) -> None:
    if not (state.is_update or state.is_delete):
        return
    if getattr(state.statement, "table", None) in (Ticket.__table__, Event.__table__):  # type: ignore[attr-defined]
        raise UnauditedChange("Tickets and events are changed one at a time, through act().")


@event.listens_for(AnySession, "after_commit")
@event.listens_for(AnySession, "after_rollback")
def _clear_changes(session: AnySession) -> None:
    session.info.pop(_CHANGED, None)
    session.info.pop(_AUDITED, None)
