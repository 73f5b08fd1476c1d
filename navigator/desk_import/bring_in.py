"""The import itself: each ticket in a transaction of its own, once; run again it makes only what is new."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from navigator import database
from navigator.catalogue.lookups import service_by_code
from navigator.desk_import.foreign import Export, Fault
from navigator.desk_import.formats import Source
from navigator.desk_import.imported_ticket import ImportedTicket
from navigator.desk_import.mapping import DeskMapping
from navigator.desk_import.prepare import Prepared, prepare
from navigator.errors import Forbidden
from navigator.people.actor import Actor
from navigator.people.audit_log import record_change
from navigator.people.user import Membership, Role, User
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.imported import bring_in
from navigator.tickets.ticket import Event


@dataclass
class Outcome:
    """How an import went, or would go: what was made, what was there already, and what is wrong."""

    made: int = 0
    there: int = 0
    left_out: int = 0
    open: int = 0
    to_read: list[int] = field(default_factory=list)
    of_concern: int = 0
    faults: list[Fault] = field(default_factory=list)

    def note(self, prepared: Prepared, number: int | None) -> None:
        """Count a ticket that was made, or would be."""
        report = prepared.report
        self.made += 1
        self.open += not report.is_over
        self.of_concern += report.is_of_concern
        if report.is_of_concern and report.is_over and number is not None:
            self.to_read.append(number)


def import_in(
    session: Session, actor: Actor, service: str, source: Source, prepared: Iterable[Prepared | Fault | None]
) -> Outcome:
    """Make what is new, in this one transaction."""
    outcome, people = Outcome(), _Here(session, actor, service)
    for each in prepared:
        _count_or_make(session, actor, source, people, each, outcome)
    _note_import(session, actor, people.service_id, source, outcome)
    return outcome


def import_each(
    actor: Actor,
    service: str,
    source: Source,
    mapping: DeskMapping,
    export: Export,
    progress: Callable[[int], None] = lambda _: None,
) -> Outcome:
    """Make what is new, each ticket in a transaction of its own: a kill loses none and doubles none."""
    outcome = Outcome(faults=list(export.faults))
    for done, each in enumerate(prepare(service, source, mapping, export.tickets), 1):
        with database.writing() as session:
            people = _Here(session, actor, service)
            _count_or_make(session, actor, source, people, each, outcome)
        progress(done)
    with database.writing() as session:
        _note_import(session, actor, _Here(session, actor, service).service_id, source, outcome)
    return outcome


class _Here:
    """The service, and who works in it by their addresses; asked of the database once a transaction."""

    def __init__(self, session: Session, actor: Actor, service: str) -> None:
        self.service_id = service_by_code(session, service).id
        if not (actor.is_system or self.service_id in actor.services(Role.ADMIN)):
            raise Forbidden("Only an administrator of the service can bring tickets in.")
        query = select(User.email, User.id, Membership.role, User.is_active).join(
            Membership, col(Membership.user_id) == col(User.id)
        )
        rows = session.exec(query.where(Membership.service_id == self.service_id)).all()
        self.authors = {email.casefold(): id for email, id, _, _ in rows}
        self.navigators = {
            email.casefold(): id for email, id, role, active in rows if role == Role.NAVIGATOR and active
        }


def _count_or_make(
    session: Session,
    actor: Actor,
    source: Source,
    here: _Here,
    each: Prepared | Fault | None,
    outcome: Outcome,
) -> None:
    if isinstance(each, Fault):
        outcome.faults.append(each)
    elif each is None:
        outcome.left_out += 1
    elif (number := _number_here(session, here.service_id, source, each.id)) is not None:
        outcome.there += 1
        if _has_words_of_risk(session, number):  # the run that made it may have been killed before it said so
            outcome.to_read.append(number)
    else:
        assignee_id = here.navigators.get(each.owner.casefold())
        ticket = bring_in(session, actor, each.report, here.authors, assignee_id)
        session.add(_row(here.service_id, source, each.id, ticket.number))
        outcome.note(each, ticket.number)


def _row(service_id: int, source: Source, source_id: str, number: int) -> ImportedTicket:
    return ImportedTicket(service_id=service_id, source=source, source_id=source_id, ticket_number=number)


def _number_here(session: Session, service_id: int, source: Source, source_id: str) -> int | None:
    """The number of a ticket of another desk that was brought in already; None where it is new."""
    known = select(ImportedTicket.ticket_number).where(
        ImportedTicket.service_id == service_id,
        ImportedTicket.source == source,
        ImportedTicket.source_id == source_id,
    )
    return session.exec(known).first()


def _has_words_of_risk(session: Session, number: int) -> bool:
    """Whether its event says that it was brought in closed, with words that a person should read."""
    reported = (Event.ticket_number == number, Event.action == Action.REPORT)
    details = session.exec(select(Event.details).where(*reported))
    return any(each.get("of_concern") for each in details)


def _note_import(session: Session, actor: Actor, service_id: int, source: Source, outcome: Outcome) -> None:
    if outcome.made:
        title = f"{outcome.made} tickets brought in from {source}"
        record_change(session, actor, service_id, "desk_import", title)
