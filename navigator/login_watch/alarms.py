"""Alarms of the log-in watch: drafted after two failures, made an outage by a person, ended when it works."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from navigator import clock
from navigator.catalogue.programme import Programme
from navigator.catalogue.service import Service
from navigator.dates_in_words import time_or_date
from navigator.errors import Conflict, NotFound
from navigator.fields import Input, YesNo
from navigator.login_watch.tables import LoginAlarm, LoginWatch
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import Recipient
from navigator.people.actor import SYSTEM, Actor
from navigator.people.support_card import SupportCard
from navigator.people.user import Membership, Role, User
from navigator.problems import affected
from navigator.problems.inputs import NewProblemInput
from navigator.problems.problem import Problem, ProblemStatus
from navigator.problems.public_list import IS_OVER
from navigator.problems.records import add_note, begin_change, open_problem, set_status
from navigator.tickets.deadlines import next_session
from navigator.tickets.ticket import LIVE, Ticket

CATEGORY = "use.outage_or_error"


class AgreeInput(Input):
    """That an alarm is an outage: whether patients see it, and practitioners with sessions today are told."""

    is_public: YesNo = False
    tells: YesNo = False


@dataclass(frozen=True)
class ListedAlarm:
    """An alarm that is open, of which service and programme."""

    alarm: LoginAlarm
    service: Service
    programme: Programme


def draft(session: Session, watch: LoginWatch) -> None:
    """Draft the outage, unless it is drafted, and tell navigators that something waits for them."""
    if _open(session, watch) is not None or watch.failing_since_at is None:
        return
    session.add(
        LoginAlarm(watch_id=watch.id, step=watch.failed_step, failing_since_at=watch.failing_since_at)
    )
    for user_id in _users(session, watch.service_id, Role.NAVIGATOR):
        enqueue(session, "log_in_fails", Recipient.USER, user_id)


def end(session: Session, watch: LoginWatch) -> None:
    """End what was drafted: the outage that was made of it is closed, by the desk itself.

    One that was open before may be about more than the log-in: a person closes that.
    """
    alarm = _open(session, watch, lock=True)
    if alarm is None:
        return
    alarm.ended_at = clock.now()
    problem = session.get(Problem, alarm.problem_id, with_for_update=True) if alarm.problem_id else None
    if problem is None or problem.status in IS_OVER:
        return
    begin_change(problem, None)
    add_note(session, SYSTEM, problem, f"The test account logs in again since {_now()}.")
    if alarm.decided_at and problem.opened_at >= alarm.decided_at:
        set_status(session, SYSTEM, problem, ProblemStatus.CLOSED)
        affected.tell_everybody(session, problem)


def _now() -> str:
    return time_or_date(clock.now())


def _open(session: Session, watch: LoginWatch, lock: bool = False) -> LoginAlarm | None:
    query = select(LoginAlarm).where(LoginAlarm.watch_id == watch.id, col(LoginAlarm.ended_at).is_(None))
    return session.exec(query.with_for_update() if lock else query).one_or_none()


def open_alarms(session: Session, actor: Actor) -> Sequence[ListedAlarm]:
    """The alarms in one’s services that nobody has decided."""
    if not actor.has(Role.NAVIGATOR):
        return ()
    is_waiting = (col(LoginAlarm.decided_at).is_(None), col(LoginAlarm.ended_at).is_(None))
    query = _listed(actor).where(*is_waiting, col(LoginWatch.is_active)).order_by(col(LoginAlarm.id))
    return [ListedAlarm(*row) for row in session.exec(query)]


def find_alarm(session: Session, actor: Actor, id: int, lock: bool = False) -> ListedAlarm:
    """One alarm, if it is of one’s services."""
    query = _listed(actor).where(LoginAlarm.id == id)
    row = session.exec(query.with_for_update(of=LoginAlarm) if lock else query).one_or_none()
    if row is None:
        raise NotFound("We cannot find that.")
    return ListedAlarm(*row)


def _listed(actor: Actor) -> Select[LoginAlarm, Service, Programme]:
    query = select(LoginAlarm, Service, Programme).join(
        LoginWatch, col(LoginWatch.id) == col(LoginAlarm.watch_id)
    )
    query = query.join(Service, col(Service.id) == col(LoginWatch.service_id))
    query = query.join(Programme, col(Programme.id) == col(LoginWatch.programme_id))
    return query.where(col(LoginWatch.service_id).in_(sorted(actor.services(Role.NAVIGATOR))))


def agree(session: Session, actor: Actor, id: int, agree_input: AgreeInput) -> Problem:
    """Make an outage of an alarm, or join the outage that there is; tell who has sessions today."""
    listed = _to_decide(session, actor, id)
    _decide(listed.alarm, actor)
    problem = _existing(session, listed) or _open_outage(session, actor, listed, agree_input.is_public)
    add_note(session, actor, problem, f"The log-in watch: {listed.alarm.step}.")
    told = practitioners_today(session, listed) if agree_input.tells else ()
    for user_id in told:
        facts = {"programme": listed.programme.name}
        enqueue(session, "programme_down", Recipient.USER, user_id, context=facts)
    if told:
        add_note(session, actor, problem, f"Told, for they have sessions today: {len(told)}.")
    listed.alarm.problem_id, listed.alarm.told = problem.id, len(told)
    session.flush()
    return problem


def dismiss(session: Session, actor: Actor, id: int) -> None:
    """Say that an alarm is no outage: it is not shown again before the log-in has worked once."""
    _decide(_to_decide(session, actor, id).alarm, actor)


def _to_decide(session: Session, actor: Actor, id: int) -> ListedAlarm:
    listed = find_alarm(session, actor, id, lock=True)
    if listed.alarm.ended_at is not None:
        raise Conflict("It works again. Nothing was saved.")
    if listed.alarm.decided_at is not None:
        raise Conflict("Somebody has decided this already. Nothing was saved.")
    return listed


def _decide(alarm: LoginAlarm, actor: Actor) -> None:
    alarm.decided_at, alarm.decided_by = clock.now(), actor.user_id


def _existing(session: Session, listed: ListedAlarm) -> Problem | None:
    query = select(Problem).where(
        Problem.service_id == listed.service.id,
        Problem.programme_id == listed.programme.id,
        Problem.category == CATEGORY,
        col(Problem.is_outage),
        col(Problem.status).not_in(IS_OVER),
    )
    return session.exec(query.order_by(col(Problem.id).desc()).limit(1)).one_or_none()


def _open_outage(session: Session, actor: Actor, listed: ListedAlarm, is_public: bool) -> Problem:
    since = time_or_date(listed.alarm.failing_since_at)
    outage = open_problem(
        session,
        actor,
        NewProblemInput(
            service=listed.service.code,
            programme=listed.programme.code,
            category=CATEGORY,
            title=f"Nobody can log in to {listed.programme.name}"[:200],
            known=f"Our test account cannot log in since {since}. {listed.alarm.step}.",
            is_public=is_public,
        ),
    )
    outage.is_outage = True
    return outage


def practitioners_today(session: Session, listed: ListedAlarm) -> list[int]:
    """The practitioners of the service with sessions today in the programme, as tickets and cards say."""
    of_tickets = select(Ticket.pwp_id).where(
        Ticket.service_id == listed.service.id,
        Ticket.programme_id == listed.programme.id,
        Ticket.session_on == clock.today(),
        col(Ticket.practitioner_is_confirmed),
        col(Ticket.status).in_(sorted(LIVE)),
    )
    found = {*session.exec(of_tickets), *_by_cards(session, listed)}
    return sorted(found & set(_users(session, listed.service.id, Role.PWP)))


def _by_cards(session: Session, listed: ListedAlarm) -> set[int | None]:
    """Whose cards say that a session is today: of weekly ones a card keeps the first."""
    today = clock.today()
    columns: tuple[Any, ...] = (SupportCard.pwp_id, SupportCard.session_on, SupportCard.session_is_weekly)
    query: Any = select(*columns).where(
        SupportCard.service_id == listed.service.id,
        SupportCard.programme_id == listed.programme.id,
        col(SupportCard.session_on) <= today,
        col(SupportCard.pwp_id).is_not(None),
    )
    rows = session.exec(query.distinct())
    return {pwp_id for pwp_id, on, is_weekly in rows if next_session(on, is_weekly, today) == today}


def _users(session: Session, service_id: int, role: Role) -> list[int]:
    query = select(User).join(Membership, col(Membership.user_id) == col(User.id))
    query = query.where(Membership.service_id == service_id, Membership.role == role, col(User.is_active))
    return sorted({user.id for user in session.exec(query) if not user.is_away})
