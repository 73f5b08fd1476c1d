"""Publishing a notice: written once, held some seconds, then on the status page and on its way to all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select
from sqlmodel import Session, col, func, select

from navigator import clock
from navigator.catalogue.programme import ServiceProgramme
from navigator.catalogue.service import Service
from navigator.errors import Conflict, Forbidden, Refused
from navigator.people import login
from navigator.people.actor import Actor
from navigator.people.notice_subscriber import NoticeSubscriber
from navigator.people.rights import Area
from navigator.people.user import Membership, Role, User
from navigator.problems.affected import waiting_to_be_told
from navigator.problems.notice import STATE_OF, STATUS_FOR, ProblemNotice, PublicState
from navigator.problems.notice_inputs import NoticeInput
from navigator.problems.problem import Problem, ProblemStatus
from navigator.problems.public_list import IS_OVER
from navigator.problems.records import add_note, begin_change, find, note_left_out, require_editor, set_status
from navigator.problems.updates import (
    LEFT_OPEN,
    tell_affected,
    tickets_left_out,
    tickets_to_notify,
    write_to_all,
)
from navigator.tickets.actions import send_checks
from navigator.tickets.held_send import GRACE
from navigator.tickets.visibility import find as find_ticket

_ONE_WAITS = "A notice of this problem is just leaving. Take it back, or wait some seconds."
_LEFT = "It has left, or you took it back already. It cannot be taken back any more."
_NOT_YOURS = "Only whoever wrote it can take it back."
_LIST_CHANGED = "The list of tickets has changed since you saw it. Nothing was sent. Look again."
_LOOK_FIRST = "Nothing was sent. Look at this first. Then send it again, changed or with `confirmed`."


@dataclass(frozen=True)
class Reach:
    """Whom a notice tells: linked tickets and those left out, and how many others.

    `affected` are those who have it too without a ticket: they are asked to try again.
    """

    tickets: Sequence[int]
    left_out: Sequence[int]
    subscribers: int
    practitioners: int
    affected: int


def reach_of(session: Session, actor: Actor, problem: Problem, state: str) -> Reach:
    """Whom a notice of a problem would tell now."""
    closing = state == PublicState.RESOLVED
    offered = select(ServiceProgramme.service_id).where(ServiceProgramme.programme_id == problem.programme_id)
    practitioners = (
        select(func.count(func.distinct(User.id)))
        .join(Membership, col(Membership.user_id) == col(User.id))
        .where(User.is_active, Membership.role == Role.PWP, col(Membership.service_id).in_(offered))
    )
    subscribers = select(func.count()).where(
        NoticeSubscriber.programme_id == problem.programme_id, col(NoticeSubscriber.confirmed_at).is_not(None)
    )
    is_navigator = actor.has(Role.NAVIGATOR)
    may_end = state in (PublicState.MONITORING, PublicState.RESOLVED)
    ends = may_end and STATE_OF[ProblemStatus(problem.status)] != state
    return Reach(
        tickets=tickets_to_notify(session, actor, problem, closing) if is_navigator else (),
        left_out=tickets_left_out(session, actor, problem, closing) if is_navigator else (),
        subscribers=session.exec(subscribers).one(),
        practitioners=session.exec(practitioners).one(),
        affected=len(waiting_to_be_told(session, problem)) if ends else 0,
    )


def warnings_before_notice(
    session: Session, actor: Actor, problem: Problem, numbers: Sequence[int], body: str
) -> list[str]:
    """The warnings to show before everybody reads these words."""
    tickets = [find_ticket(session, actor, number) for number in numbers]
    if tickets:
        return send_checks.bulk_send_warnings(session, tickets, body) if body else []
    return [*send_checks.text_warnings(session, [problem.service_id], body)]


def send_notice(session: Session, actor: Actor, id: int, notice_input: NoticeInput) -> ProblemNotice:
    """Write a notice for everybody; who sent it can take it back for as long as the service says.

    What a key sends leaves at once: nobody is there to take it back.
    """
    problem = begin_change(find(session, actor, id, lock=True), notice_input.version)
    require_editor(actor, problem)
    if held_notice(session, problem) is not None:
        raise Conflict(_ONE_WAITS)
    reach = reach_of(session, actor, problem, notice_input.state)
    if notice_input.tickets is not None and list(notice_input.tickets) != list(reach.tickets):
        raise Conflict(_LIST_CHANGED)
    _require_sendable(session, actor, problem, reach.tickets, notice_input.body)
    seconds = session.get_one(Service, problem.service_id).undo_seconds if actor.user_id is not None else 0
    notice = _write(session, actor, problem, notice_input, reach.tickets, seconds)
    if not seconds:
        publish(session, actor, notice)
    return notice


def _require_sendable(
    session: Session, actor: Actor, problem: Problem, numbers: Sequence[int], body: str
) -> None:
    send_checks.require_filled(body)
    if actor.key_id is None or actor.has_confirmed:
        return
    if warnings := warnings_before_notice(session, actor, problem, numbers, body):
        raise Conflict(_LOOK_FIRST, {"confirmed": " ".join(warnings)})


def _write(
    session: Session,
    actor: Actor,
    problem: Problem,
    notice_input: NoticeInput,
    numbers: Sequence[int],
    seconds: int,
) -> ProblemNotice:
    now = clock.now()
    notice = ProblemNotice(
        problem_id=problem.id,
        author_id=actor.user_id,
        state=notice_input.state,
        body=notice_input.body,
        starts_at=notice_input.starts_at,
        ends_at=notice_input.ends_at,
        tickets=[*numbers],
        created_at=now,
        leaves_at=now + timedelta(seconds=seconds) + GRACE if seconds else now,
    )
    session.add(notice)
    session.flush()
    return notice


def held_notice(session: Session, problem: Problem) -> ProblemNotice | None:
    """The notice of a problem that is just leaving, if there is one."""
    waits = (ProblemNotice.problem_id == problem.id, col(ProblemNotice.published_at).is_(None))
    return session.exec(select(ProblemNotice).where(*waits)).first()


def take_back(session: Session, actor: Actor, id: int) -> ProblemNotice:
    """Take back one's notice before it leaves: nobody has read it, and its words are there to be changed."""
    problem = begin_change(find(session, actor, id, lock=True), None)
    held = held_notice(session, problem)
    if held is None or clock.now() >= held.leaves_at:
        raise Conflict(_LEFT)
    if held.author_id != actor.user_id:
        raise Forbidden(_NOT_YOURS)
    session.delete(held)
    session.flush()
    return held


def held_notices(now: datetime) -> Select[Any]:
    """The notices whose time to be taken back is over."""
    is_due = (col(ProblemNotice.published_at).is_(None), col(ProblemNotice.leaves_at) <= now)
    return select(ProblemNotice.id).where(*is_due).order_by(col(ProblemNotice.id))


def publish_held(session: Session, _: datetime, notice_id: int) -> None:
    """Publish a held notice as its author, with their roles of now; a refusal stands in the history."""
    notice = session.get_one(ProblemNotice, notice_id)
    problem = session.get_one(Problem, notice.problem_id)
    author = login.actor_of(session, notice.author_id or 0)
    author = author and author.within(Area.PROBLEMS)
    actor = replace(author, has_confirmed=True) if author else Actor(name="")
    try:
        with session.begin_nested():
            publish(session, actor, notice)
    except Refused as refused:
        session.delete(notice)
        add_note(session, actor, problem, f"The public notice did not leave. {refused.message}")


def publish(session: Session, actor: Actor, notice: ProblemNotice) -> None:
    """Put a notice before everybody: the status page now, linked reporters, and subscribers by the job.

    A ticket that a clinician must read since is left out, and so is one that nobody saw before.
    """
    problem = begin_change(find(session, actor, notice.problem_id, lock=True), None)
    require_editor(actor, problem)
    state = PublicState(notice.state)
    closing = state is PublicState.RESOLVED
    seen = set(notice.tickets or ())
    _take_state(session, actor, problem, notice)
    reach = reach_of(session, actor, problem, state)
    locked = [find_ticket(session, actor, number, lock=True) for number in reach.tickets if number in seen]
    numbers = [ticket.number for ticket in locked if not ticket.has_open_review]
    left_out = sorted({*reach.left_out, *(ticket.number for ticket in locked if ticket.has_open_review)})
    write_to_all(session, actor, problem, notice.body, numbers, closing)
    note_left_out(session, actor, problem, left_out, *([LEFT_OPEN] if closing else []))
    notice.published_at = clock.now()


def _take_state(session: Session, actor: Actor, problem: Problem, notice: ProblemNotice) -> None:
    """Bring the record to the state that everybody now reads."""
    problem.is_public = True
    state = PublicState(notice.state)
    if state is PublicState.PLANNED:
        problem.planned_from_at, problem.planned_until_at = notice.starts_at, notice.ends_at
        if problem.status in IS_OVER:
            set_status(session, actor, problem, ProblemStatus.OPEN)
        return
    if state is not PublicState.RESOLVED:  # what was planned is an incident now
        problem.planned_from_at = problem.planned_until_at = None
    if STATE_OF[ProblemStatus(problem.status)] is not state:
        set_status(session, actor, problem, STATUS_FOR[state])
        tell_affected(session, actor, problem)
