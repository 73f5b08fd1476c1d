"""People who report again and again: found by a job, shown to navigators, dismissed with a reason."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from pydantic import Field
from sqlalchemy import Text, cast, func
from sqlmodel import Session, col, delete, select

from navigator import clock, database
from navigator.catalogue.lookups import service_of
from navigator.catalogue.service import Service
from navigator.errors import Conflict, Forbidden
from navigator.fields import Input
from navigator.people.actor import Actor
from navigator.people.reporter import Reporter, ReporterKind
from navigator.people.user import Role
from navigator.tickets.enums import Action, Status
from navigator.tickets.repeated_report import NotNeeded, RepeatedReport
from navigator.tickets.same_person import reports_of_person
from navigator.tickets.ticket import Event, Ticket
from navigator.tickets.time_without import time_of_all
from navigator.tickets.visibility import find

MAX_SHOWN = 5
_SPLIT_OFF = select(Event.ticket_number).where(
    Event.action == Action.SPLIT, cast(col(Event.details), Text).like('%"out_of"%')
)
"""What a navigator split off is no further report of its person."""
REASONS: Mapping[NotNeeded, str] = MappingProxyType(
    {
        NotNeeded.LOOKED_AT: "We looked at all of it together with them",
        NotNeeded.SEPARATE: "They are separate problems, each put right",
        NotNeeded.KNOWN_PROBLEM: "It is a known problem, and they are told of it",
        NotNeeded.OTHER_PERSON: "It is not the same person",
    }
)


class DismissInput(Input):
    """Why nothing more is needed for somebody who reported again and again."""

    reason: NotNeeded = Field(
        title="why nothing more is needed", json_schema_extra={"words": "Choose why nothing more is needed"}
    )


def people_to_look_at(session: Session, now: datetime) -> list[int]:
    """The newest tickets of those who may have reported as often as their service sets."""
    numbers: set[int] = set()
    for service in session.exec(select(Service)):
        since = now - timedelta(days=service.repeat_days)
        for given in (col(Reporter.support_code), func.lower(col(Reporter.email)), col(Reporter.phone)):
            numbers.update(session.scalars(_often_given(given, service, since)))
    offered = select(RepeatedReport).where(col(RepeatedReport.ticket_number).in_(numbers))
    return sorted(numbers - {row.ticket_number for row in session.exec(offered)})


def _often_given(given: Any, service: Service, since: datetime) -> Any:
    """By the time of reports, of which there is an index: the last weeks of one service."""
    newest = func.max(col(Ticket.number))
    return (
        select(newest)
        .join(Reporter, col(Reporter.id) == col(Ticket.reporter_id))
        .where(col(Ticket.service_id) == service.id, col(Ticket.reported_at) > since, given != "")
        .where(col(Ticket.status) != Status.MERGED, col(Ticket.reporter_kind) == ReporterKind.PATIENT)
        .where(~_SPLIT_OFF.where(col(Event.ticket_number) == col(Ticket.number)).exists())
        .group_by(given)
        .having(func.count() >= service.repeat_reports)
    )


def offer(session: Session, now: datetime, number: int) -> bool:
    """Offer the reports of one person for review, in the place of what was offered of them before."""
    ticket = session.get_one(Ticket, number)
    service = session.get_one(Service, ticket.service_id)
    person = reports_of_person(session, ticket, now - timedelta(days=service.repeat_days))
    told = [each.number for each in person.tickets]
    split_off = set(session.exec(_SPLIT_OFF.where(col(Event.ticket_number).in_(told))))
    numbers = [each for each in told if each not in split_off]
    if len(numbers) < service.repeat_reports or number != numbers[-1]:
        return False
    is_before = (col(RepeatedReport.ticket_number).in_(numbers), col(RepeatedReport.dismissed_at).is_(None))
    session.exec(delete(RepeatedReport).where(*is_before))
    values = {"ticket_number": number, "service_id": service.id, "numbers": numbers, "found_at": now}
    values |= {"days": service.repeat_days, "is_by_code": person.is_by_code}
    row = database.insert(session, RepeatedReport).values(**values)
    session.execute(row.on_conflict_do_nothing(index_elements=["ticket_number"]))
    return True


def open_repeats(session: Session, actor: Actor) -> Sequence[RepeatedReport]:
    """Those that a navigator is to look at, the newest first."""
    service_ids = sorted(actor.services(Role.NAVIGATOR))
    is_open = (col(RepeatedReport.service_id).in_(service_ids), col(RepeatedReport.dismissed_at).is_(None))
    newest_first = (col(RepeatedReport.found_at).desc(), col(RepeatedReport.ticket_number).desc())
    return session.exec(select(RepeatedReport).where(*is_open).order_by(*newest_first).limit(MAX_SHOWN)).all()


def repeat_of(session: Session, actor: Actor, ticket: Ticket) -> RepeatedReport | None:
    """What a ticket’s page says of it to navigators; None if its reporter did not report so often."""
    if ticket.service_id not in actor.services(Role.NAVIGATOR):
        return None
    return session.get(RepeatedReport, ticket.number)


def time_of_person(session: Session, actor: Actor, ticket: Ticket) -> tuple[timedelta, int] | None:
    """How long whoever reported a ticket could not use their programme, and in how many days; for navigators.

    None where it is their only report."""
    if ticket.service_id not in actor.services(Role.NAVIGATOR):
        return None
    days = service_of(session, ticket.service_id).repeat_days
    since = clock.now() - timedelta(days=days)
    tickets = reports_of_person(session, ticket, since).tickets
    return (time_of_all(tickets, since), days) if len(tickets) > 1 else None


def dismiss(session: Session, actor: Actor, number: int, reason: NotNeeded) -> None:
    """Say why nothing more is needed; the next report of the person is offered again."""
    ticket = find(session, actor, number)
    if ticket.service_id not in actor.services(Role.NAVIGATOR):
        raise Forbidden("Only navigators of its service can say this.")
    row = session.get(RepeatedReport, number, with_for_update=True)
    if row is None or row.dismissed_at is not None:
        raise Conflict("Somebody has said this already, or a newer report has come.")
    row.reason, row.dismissed_by, row.dismissed_at = reason, actor.user_id, clock.now()
