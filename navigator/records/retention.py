"""Retention: each night what is past its days goes, in small transactions; what is on hold stays."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from navigator import database
from navigator.catalogue.retention_period import RECORD_CLASSES, days_of, periods_of
from navigator.catalogue.service import Service
from navigator.people import audit_chain
from navigator.people.actor import SYSTEM, Actor
from navigator.people.audit_tables import AuditPeriod
from navigator.people.user import Role
from navigator.records.due import RULES, Rule
from navigator.records.holds import all_held
from navigator.records.in_settings import settings_left
from navigator.records.tables import RecordRequest, RequestStatus, RetentionRun
from navigator.tickets.ticket import Ticket

BATCH = 50
"""Rows of one transaction: whoever works meanwhile does not wait for more."""
MOST_OF_A_NIGHT = 20_000
"""Rows of one class and service; the next night goes on."""
REQUEST_RETENTION = timedelta(days=30)
MAY_SEE = (Role.MANAGER, Role.ADMIN)
RUNS_SHOWN = 60


@dataclass(frozen=True)
class DueRecords:
    """How many rows of a class of a service are past their days, and how many of these are on hold."""

    service: str
    record_class: str
    count: int
    held: int

    @property
    def title(self) -> str:
        """The class in words."""
        return RECORD_CLASSES[self.record_class].title


@dataclass(frozen=True)
class _Task:
    """One class of one service, and before when it is due."""

    service_id: int
    record_class: str
    before: datetime

    @property
    def rule(self) -> Rule:
        return RULES[self.record_class]


def _tasks(session: Session, service: Service, now: datetime) -> Iterator[_Task]:
    periods = periods_of(session, service.id)
    for record_class in RECORD_CLASSES:
        days = days_of(periods, record_class)
        if days is not None:
            yield _Task(service.id, record_class, now - timedelta(days=days))


def dry_run(session: Session, services: Iterable[int], now: datetime) -> list[DueRecords]:
    """What a run would delete or empty now, and what is on hold; it changes nothing."""
    found, held = [], all_held(session)
    query = select(Service).where(col(Service.id).in_(services)).order_by(col(Service.name), col(Service.id))
    for service in session.scalars(query).all():
        for task in _tasks(session, service, now):
            rows = session.execute(task.rule.due(task.service_id, task.before)).all()
            on_hold = sum(number in held for _, number in rows)
            found.append(DueRecords(service.name, task.record_class, len(rows) - on_hold, on_hold))
    return found


def run(now: datetime) -> int:
    """Delete and empty what is past its days, in every service, and report what was done."""
    with database.reading() as session:
        services = session.scalars(select(col(Service.id))).all()
    return sum(_run_service(service_id, now) for service_id in services) + cut_audit_log(now)


def cut_audit_log(now: datetime) -> int:
    """Delete the rows of the audit log that are past their days, of all services: it is one chain.

    What was done since a ticket that is on hold was reported stays, as it may be asked about.
    """
    with database.writing() as session:
        period = session.get(AuditPeriod, 1)
        if period is None or period.days is None:
            return 0
        held = select(func.min(Ticket.reported_at)).where(col(Ticket.number).in_(all_held(session)))
        before = now - timedelta(days=period.days)
        return audit_chain.cut_before(session, SYSTEM, min(before, session.scalar(held) or before))


def audit_log_kept(session: Session) -> str:
    """Until when the audit log is kept, in words."""
    period = session.get(AuditPeriod, 1)
    if period is None or period.days is None:
        return "It is kept until an administrator of all services decides for how long."
    return f"Rows go {period.days} days after what they tell of."


def _run_service(service_id: int, now: datetime) -> int:
    with database.reading() as session:
        tasks = [*_tasks(session, session.get_one(Service, service_id), now)]
        held = all_held(session)
    counts: dict[str, int] = {}
    on_hold = 0
    for task in tasks:
        done, stayed = _run_task(task, held)
        counts |= {task.record_class: done} if done else {}
        on_hold += stayed
    if counts or on_hold:
        with database.writing() as session:
            session.add(RetentionRun(service_id=service_id, ran_at=now, counts=counts, held=on_hold))
    return sum(counts.values())


def _run_task(task: _Task, held: frozenset[int]) -> tuple[int, int]:
    """How many rows went, and how many stayed because they are on hold."""
    with database.reading() as session:
        rows = session.execute(task.rule.due(task.service_id, task.before)).all()
    keys = [key for key, number in rows if number not in held][:MOST_OF_A_NIGHT]
    done = 0
    for first in range(0, len(keys), BATCH):
        with database.writing() as session:
            done += _remove(session, task, keys[first : first + BATCH])
    return done, sum(number in held for _, number in rows)


def _remove(session: Session, task: _Task, keys: Sequence[int]) -> int:
    """Remove those of these rows that are still due and not on hold."""
    held = all_held(session)
    query = task.rule.due(task.service_id, task.before)
    due = session.execute(query.where(query.selected_columns[0].in_(keys))).all()
    still = [key for key, number in due if number not in held]
    if still:
        task.rule.remove(session, still, task.before)
    return len(still)


def forget_requests(session: Session, now: datetime) -> None:
    """Forget by what people were found, once a request is done or a month old.

    An erasure is not done while settings name the person.
    """
    is_old = col(RecordRequest.created_at) <= now - REQUEST_RETENTION
    is_done = col(RecordRequest.status) != RequestStatus.OPEN
    for request in session.scalars(select(RecordRequest).where(is_old | is_done)).all():
        is_left = request.created_at > now - REQUEST_RETENTION and settings_left(session, request)
        if request.status == RequestStatus.ERASED and is_left:
            continue
        request.identifiers, request.mentions, request.withheld = [], [], {}


def list_runs(session: Session, actor: Actor) -> Sequence[tuple[RetentionRun, str]]:
    """What past nights did in an actor's services, the newest first."""
    query = select(RetentionRun, col(Service.name)).join(
        Service, col(Service.id) == col(RetentionRun.service_id)
    )
    query = query.where(col(RetentionRun.service_id).in_(actor.services(*MAY_SEE)))
    rows = session.execute(query.order_by(col(RetentionRun.id).desc()).limit(RUNS_SHOWN)).all()
    return [(run, service) for run, service in rows]
