"""The views of the queue: each is one condition, so that a number and the list that it opens agree."""

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from types import MappingProxyType
from typing import Any, Literal

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    and_,
    bindparam,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
)
from sqlmodel import col

from navigator import clock
from navigator.people.actor import Actor
from navigator.people.reporter import ContactMethod, Reporter
from navigator.people.user import TEAM, Role
from navigator.tickets.assignment.candidates import IS_BUSY
from navigator.tickets.enums import CallOutcome
from navigator.tickets.metrics import managed_by
from navigator.tickets.phone_call import PhoneCall
from navigator.tickets.ticket import LIVE, Audience, Message, Status, Ticket
from navigator.tickets.visibility import in_services

View = Literal[
    "needs_answer", "my_answers",
    "all", "mine", "unassigned", "unclaimed", "today", "late", "guards", "my_guards", "calls", "carried",
    "waiting", "snoozed", "passed_on", "handed_over", "ended", "counted",
]  # fmt: skip
Condition = ColumnElement[bool]


def _has_status(*statuses: Status) -> Condition:
    """That a ticket has one of these: literal, so that both engines can prove that a partial index fits."""
    return col(Ticket.status).in_([literal_column(f"'{status.value}'") for status in statuses])


IS_LIVE = _has_status(*sorted(LIVE))
HAS_OPEN_REVIEW = col(Ticket.has_open_review).is_(True)
_IS_NOT_DIVERTED = col(Ticket.diverted_to).is_(None)
_columns: Any = Ticket.metadata.tables["ticket"].c


def moment(name: str, read: Callable[[], datetime]) -> BindParameter[datetime]:
    """A moment that is read when a statement runs, once for each run: so it is built once.

    A statement with several of them is built and run within `clock.one_moment()`.
    """
    return bindparam(name, callable_=read, type_=_columns.due_at.type)


def _at(days: int, time_of_day: time) -> Callable[[], datetime]:
    """That time so many days from today."""
    return lambda: clock.london_time(clock.today() + timedelta(days=days), time_of_day)


NOW = moment("now", clock.now)
TOMORROW = moment("tomorrow", _at(1, time.min))
_TODAY = bindparam("today", callable_=clock.today, type_=_columns.session_on.type)


def view_conditions(actor: Actor, view: View) -> list[Condition]:
    """The conditions under which a ticket that an actor may see stands in a view."""
    if view in OTHER_VIEWS:
        return [OTHER_VIEWS[view](actor)]
    to_do = [IS_LIVE, _IS_NOT_DIVERTED, ~_is_snoozed(actor)]
    return [*to_do, LIVE_VIEWS[view](actor)] if view in LIVE_VIEWS else to_do


def _is_snoozed(actor: Actor) -> Condition:
    """That it is snoozed now; nothing is hidden so from those whose own report it is."""
    if not actor.has(*TEAM):
        return false()
    return and_(col(Ticket.snoozed_until_at).is_not(None), col(Ticket.snoozed_until_at) > NOW)


def is_late(now: datetime | BindParameter[datetime] = NOW) -> Condition:
    """That a ticket was due by then: by its target alone, if its session was told when it was too soon."""
    is_past_target = or_(~col(Ticket.session_is_too_soon), col(Ticket.target_at) <= now)
    return and_(IS_LIVE, col(Ticket.due_at) <= now, is_past_target)


def _needs_answer(_: Actor) -> Condition:
    """That the reporter wrote, and nobody has answered since."""
    return col(Ticket.needs_answer_since_at).is_not(None)


def _is_mine_to_answer(actor: Actor) -> Condition:
    return and_(_needs_answer(actor), _is_mine_or_nobodys(actor))


def _is_mine_or_nobodys(actor: Actor) -> Condition:
    """That an actor has it, or that nobody has it where they are a navigator."""
    return or_(_is_mine(actor), and_(_is_unassigned(actor), in_services(actor, Role.NAVIGATOR)))


def _is_waiting(_: Actor) -> Condition:
    return _has_status(Status.WAITING_FOR_REPORTER, Status.WAITING_FOR_SUPPLIER)


def _is_mine(actor: Actor) -> Condition:
    return col(Ticket.assignee_id) == actor.user_id


def _is_unassigned(_: Actor) -> Condition:
    return col(Ticket.assignee_id).is_(None)


def _has_session_soon(_: Actor) -> Condition:
    """That the session guard falls on today or tomorrow morning."""
    first, last = moment("midnight", _at(0, time.min)), moment("tomorrow_noon", _at(1, time(12)))
    # A ticket is never due later than its guard: asking for both lets the queue's index answer.
    return and_(col(Ticket.due_at) <= last, col(Ticket.session_deadline_at).between(first, last))


def _has_session_soon_and_mine(actor: Actor) -> Condition:
    return and_(_has_session_soon(actor), _is_mine_or_nobodys(actor))


def _is_to_call(actor: Actor) -> Condition:
    """That somebody is to be phoned and was not reached: a reporter who wants it so, a practitioner to whom
    nobody can write, whoever is to be tried again, or whom no message reaches."""
    is_call_of_ticket = col(PhoneCall.ticket_number) == col(Ticket.number)
    is_message_of_ticket = col(Message.ticket_number) == col(Ticket.number)
    latest_call = func.max(col(PhoneCall.created_at))
    last_reached_at = (
        select(latest_call)
        .where(is_call_of_ticket, col(PhoneCall.outcome) == CallOutcome.SPOKE)
        .correlate(Ticket)  # where it is asked within a question of reporters, too
        .scalar_subquery()
    )
    latest_message = func.max(col(Message.created_at))
    last_message_at = (
        select(latest_message)
        .where(is_message_of_ticket, col(Message.audience) == Audience.PUBLIC)
        .scalar_subquery()
    )
    wants_phone = exists().where(
        col(Reporter.id) == col(Ticket.reporter_id),
        col(Reporter.contact_method) == ContactMethod.PHONE,
        col(Reporter.is_safe_to_contact).is_not(False),
        ~col(Reporter.is_unsent),
    )
    pwp_cannot_know = and_(~col(Ticket.practitioner_is_confirmed), col(Ticket.session_on) >= _TODAY)
    # A sum has no index: SQLite would else look through all that somebody ever had for those that are live.
    return and_(
        col(Ticket.assignee_id) + 0 == actor.user_id,
        IS_LIVE,
        _IS_NOT_DIVERTED,
        or_(
            col(Ticket.next_call_at).is_not(None),
            _is_not_reached(last_reached_at),
            and_(wants_phone, or_(last_reached_at.is_(None), last_reached_at < last_message_at)),
            and_(
                pwp_cannot_know,
                func.coalesce(last_reached_at, col(Ticket.reported_at)) < col(Ticket.session_warning_sent_at),
            ),
        ),
    )


def _is_not_reached(last_reached_at: ColumnElement[Any]) -> Condition:
    """That what is sent to the reporter does not arrive, and nobody has spoken with them since."""
    return exists().where(
        col(Reporter.id) == col(Ticket.reporter_id),
        col(Reporter.not_arriving_since_at).is_not(None),
        or_(last_reached_at.is_(None), last_reached_at < col(Reporter.not_arriving_since_at)),
    )


LIVE_VIEWS: Mapping[View, Callable[[Actor], Condition]] = MappingProxyType(
    {
        "needs_answer": _needs_answer,
        "my_answers": _is_mine_to_answer,
        "mine": _is_mine,
        "unassigned": _is_unassigned,
        "unclaimed": lambda actor: and_(_is_unassigned(actor), col(Ticket.assign_by_at) <= NOW),
        "today": lambda _: col(Ticket.due_at) < TOMORROW,
        "late": lambda _: is_late(),
        "guards": _has_session_soon,
        "my_guards": _has_session_soon_and_mine,
        "waiting": _is_waiting,
    }
)
OTHER_VIEWS: Mapping[View, Callable[[Actor], Condition]] = MappingProxyType(
    {
        "calls": _is_to_call,
        "carried": lambda _: IS_BUSY,
        "counted": managed_by,
        "ended": lambda _: _has_status(Status.RESOLVED, Status.CLOSED),
        "handed_over": lambda _: HAS_OPEN_REVIEW,
        "snoozed": lambda actor: and_(IS_LIVE, _is_snoozed(actor)),
        "passed_on": lambda _: and_(IS_LIVE, col(Ticket.diverted_to).is_not(None)),
    }
)


LIVE_ONLY_VIEWS = frozenset({"all", "passed_on", "carried", "calls", *LIVE_VIEWS})
"""Views of nothing but live tickets."""
