"""The one gate through which tickets change: who may do what, from which status, to which."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.orm import Session as AnySession
from sqlmodel import Session

from navigator import clock
from navigator.errors import Conflict, Forbidden, Stale
from navigator.people.actor import Actor
from navigator.tickets.change_notifications import notify_change
from navigator.tickets.ticket import LIVE, Action, Event, Status, Ticket
from navigator.tickets.visibility import TicketRole, find, roles_on

_ALL = frozenset(Status)
_KEPT = _ALL - {Status.MERGED}
_ENDED = frozenset({Status.RESOLVED, Status.CLOSED})
_WAITING = frozenset({Status.WAITING_FOR_REPORTER, Status.WAITING_FOR_SUPPLIER})
_STAYS: Mapping[Status, Status] = MappingProxyType({})
_BEGINS = MappingProxyType({Status.NEW: Status.OPEN})


def _to(status: Status) -> Mapping[Status, Status]:
    return MappingProxyType(dict.fromkeys(Status, status))


@dataclass(frozen=True)
class Rule:
    """Who may do an action, in which statuses, and what each status becomes (itself, if not named)."""

    by: frozenset[TicketRole]
    when: frozenset[Status]
    moves: Mapping[Status, Status] = field(default_factory=lambda: _STAYS)


def _by(*who: TicketRole) -> frozenset[TicketRole]:
    return frozenset(who)


R, P, N, C, M, S = TicketRole  # reporter, pwp, navigator, clinician, manager, system

RULES: Mapping[Action, Rule] = MappingProxyType(
    {
        Action.REPORT: Rule(_by(), frozenset()),
        Action.TRIAGE: Rule(_by(N), LIVE, _BEGINS),
        Action.CLAIM: Rule(_by(N), LIVE, _BEGINS),
        Action.ASSIGN: Rule(_by(N, M, S), LIVE),
        Action.REPLY: Rule(_by(N), _KEPT, _BEGINS),
        Action.ANSWER: Rule(
            _by(R, P),
            _KEPT,
            MappingProxyType(dict.fromkeys(_ENDED | {Status.WAITING_FOR_REPORTER}, Status.OPEN)),
        ),
        Action.NOTE: Rule(_by(P, N, C, M), _KEPT),
        Action.CALL: Rule(_by(N), _KEPT, _BEGINS),
        Action.VERIFY: Rule(_by(N), _KEPT, _BEGINS),
        Action.ATTACH: Rule(_by(N, M), _KEPT),
        Action.RESCHEDULE: Rule(_by(R, P, N, S), LIVE),
        Action.WAIT: Rule(
            _by(N),
            LIVE - {Status.WAITING_FOR_REPORTER},
            _to(Status.WAITING_FOR_REPORTER),
        ),
        Action.PARK: Rule(
            _by(N),
            LIVE - {Status.WAITING_FOR_SUPPLIER},
            _to(Status.WAITING_FOR_SUPPLIER),
        ),
        Action.RESOLVE: Rule(_by(N), LIVE, _to(Status.RESOLVED)),
        Action.CONFIRM: Rule(_by(R, P), LIVE | {Status.RESOLVED}, _to(Status.CLOSED)),
        Action.REOPEN: Rule(_by(R, P, N), _WAITING | _ENDED, _to(Status.OPEN)),
        Action.CLOSE: Rule(_by(N, S), frozenset({Status.RESOLVED}), _to(Status.CLOSED)),
        Action.MERGE: Rule(_by(N), LIVE, _to(Status.MERGED)),
        Action.SPLIT: Rule(_by(N), LIVE),
        Action.LINK: Rule(_by(N), _KEPT),
        Action.UPDATE: Rule(_by(N, S), _KEPT),
        Action.WITHDRAW: Rule(_by(R), LIVE, _to(Status.CLOSED)),
        Action.HAND_OVER: Rule(_by(P, N, C, M, S), _ALL),
        Action.ACKNOWLEDGE: Rule(_by(C), _ALL),
        Action.CONCLUDE: Rule(_by(C), _ALL),
        Action.GUARD: Rule(_by(S), LIVE),
        Action.OVERDUE: Rule(_by(S), LIVE),
        Action.WARN: Rule(_by(S), frozenset({Status.RESOLVED})),
        Action.SNOOZE: Rule(_by(N), LIVE),
        Action.WAKE: Rule(_by(N, S), LIVE),
    }
)


PERSONAL = frozenset({Action.CLAIM})
"""What only a person can do: a key of another system is nobody who could have a ticket."""


WAKING = frozenset(
    {
        Action.ANSWER, Action.REOPEN, Action.MERGE, Action.HAND_OVER, Action.ASSIGN, Action.CLAIM,
        Action.GUARD, Action.OVERDUE,
    }
)  # fmt: skip
"""What brings back at once a ticket that was snoozed; that it ends does, too."""


FORMER: Mapping[Action, str] = MappingProxyType(
    {
        Action.ASSIGN: "assignee_id",
        Action.CLAIM: "assignee_id",
        Action.LINK: "problem_id",
        Action.SNOOZE: "is_snoozed",
    }
)
"""What an event keeps of the ticket before it, so that it can be taken back."""


def allowed(actor: Actor, ticket: Ticket) -> frozenset[Action]:
    """What an actor may do to a ticket as it stands; templates choose their buttons by it."""
    played = roles_on(actor, ticket)
    able = frozenset(a for a, rule in RULES.items() if played & rule.by and ticket.status in rule.when)
    return able - PERSONAL if actor.key_id is not None else able


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
    rule = RULES[action]
    if not roles_on(actor, ticket) & rule.by:
        raise Forbidden("You cannot do that to this ticket.")
    if actor.key_id is not None and action in PERSONAL:
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
    if action in FORMER:
        facts = {"former": getattr(ticket, FORMER[action]), **facts}
    ticket.status = to or ticket.status
    if ticket.snoozed_until_at is not None and (action in WAKING or ticket.status not in LIVE):
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
            details={**facts, **actor.noted},
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
