"""Who has a known problem too: counted by one tap, and told when it is over, if they leave a contact."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_
from sqlmodel import Session, col, delete, select, update

from navigator import clock, database
from navigator.catalogue.lookups import programmes_of
from navigator.catalogue.service import Service
from navigator.errors import NotFound, TooMany
from navigator.outbox.cancel import cancel_waiting
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import Recipient
from navigator.people.actor import Actor
from navigator.people.private_links import address_hash
from navigator.people.rate_limit import Limit, hit
from navigator.people.reporter import ContactMethod, Reporter
from navigator.people.tokens import hashed, mint
from navigator.problems.affected_person import AffectedPerson
from navigator.problems.problem import Problem
from navigator.problems.public_list import IS_OVER
from navigator.tickets.actions.contact import change_contact
from navigator.tickets.contact_inputs import ChangeContactInput
from navigator.tickets.report_input import ContactMethodInput
from navigator.tickets.reports.limits import PER_ADDRESS
from navigator.tickets.ticket import Ticket

LETTER = "try_again"
PER_RECIPIENT = Limit(5, timedelta(hours=24))
CONTACT_RETENTION = timedelta(days=7)
"""How long after their letter was written an address is kept: until then it may have to be sent again."""
GONE = "This is not a known problem any more. Please tell us what does not work."
# As many as reports, but counted by themselves: an outage of a whole ward must not use up its reports.
_TOO_MANY = "There were too many reports from your connection. Try again in an hour."


def count_me(session: Session, address: str, service: Service, problem_id: int, token: str) -> None:
    """Count somebody who has a public problem too; pressed again in the same browser, nothing changes."""
    problem = _open_problem(session, problem_id)
    if problem.programme_id not in {programme.id for programme in programmes_of(session, service.id)}:
        raise NotFound(GONE)
    if affected_person(session, problem.id, token) is not None:
        return
    _check_rate_limit(session, address)
    row = database.insert(session, AffectedPerson).values(
        problem_id=problem.id, service_id=service.id, token_hash=hashed(token), created_at=clock.now()
    )
    session.execute(row.on_conflict_do_nothing(index_elements=["problem_id", "token_hash"]))


def _check_rate_limit(session: Session, address: str) -> None:
    if not hit(session, "affected", address, PER_ADDRESS):
        raise TooMany(_TOO_MANY)


def _open_problem(session: Session, problem_id: int) -> Problem:
    problem = session.get(Problem, problem_id)
    if problem is None or not problem.is_public or problem.status in IS_OVER:
        raise NotFound(GONE)
    return problem


def affected_person(session: Session, problem_id: int, token: str) -> AffectedPerson | None:
    """What was counted from a browser for a problem."""
    of_browser = (AffectedPerson.problem_id == problem_id, AffectedPerson.token_hash == hashed(token))
    return session.exec(select(AffectedPerson).where(*of_browser)).one_or_none()


def tell_me(session: Session, address: str, problem_id: int, token: str, contact: ContactMethodInput) -> None:
    """Keep where to write when a problem is over: one address gets one letter, and counts once."""
    person = affected_person(session, _open_problem(session, problem_id).id, token)
    if person is None:
        raise NotFound(GONE)
    if not hit(session, "problem news to", contact.email.casefold() or contact.phone, PER_RECIPIENT):
        raise TooMany("This address was given many times today. We cannot take it again.")
    contact_hash = address_hash(contact.email or contact.phone)
    if person.contact_hash not in ("", contact_hash):  # somebody else at the same device
        _check_rate_limit(session, address)
        person = AffectedPerson(
            problem_id=person.problem_id, service_id=person.service_id, token_hash=hashed(mint())
        )
        session.add(person)
    person.reporter_id = person.reporter_id or _reporter_id(session, person.problem_id, contact_hash, contact)
    person.contact_hash = contact_hash


def _reporter_id(
    session: Session, problem_id: int, contact_hash: str, contact: ContactMethodInput
) -> int | None:
    """Where to write; None where that address is written to already."""
    same = (AffectedPerson.problem_id == problem_id, AffectedPerson.contact_hash == contact_hash)
    if session.exec(select(AffectedPerson.id).where(*same).limit(1)).first() is not None:
        return None
    reporter = Reporter(contact_method=contact.route, email=contact.email, phone=contact.phone)
    session.add(reporter)
    session.flush()
    return reporter.id


def note_report(session: Session, token: str, ticket: Ticket) -> None:
    """Remember the report of somebody who was counted: linked to the problem, it counts in their place."""
    of_programme = select(Problem.id).where(Problem.programme_id == ticket.programme_id)
    of_browser = (
        col(AffectedPerson.token_hash) == hashed(token),
        col(AffectedPerson.ticket_number).is_(None),
        col(AffectedPerson.problem_id).in_(of_programme),
    )
    session.exec(update(AffectedPerson).where(*of_browser).values(ticket_number=ticket.number))


def waiting_to_be_told(session: Session, problem: Problem) -> Sequence[AffectedPerson]:
    """Those who left a contact and whose ticket, if any, is not told of the problem anyway."""
    linked = and_(
        col(Ticket.number) == col(AffectedPerson.ticket_number), col(Ticket.problem_id) == problem.id
    )
    query = select(AffectedPerson).join(Ticket, linked, isouter=True)
    query = query.where(
        AffectedPerson.problem_id == problem.id,
        col(AffectedPerson.told_at).is_(None),
        col(AffectedPerson.reporter_id).is_not(None),
        col(Ticket.number).is_(None),
    )
    return session.exec(query.order_by(col(AffectedPerson.id))).all()


def tell_everybody(session: Session, problem: Problem) -> int:
    """Write to them that it may work now, once each and where that is still safe; how many."""
    told, now = 0, clock.now()
    for person in waiting_to_be_told(session, problem):
        if not _is_unsafe(session, person):
            told += enqueue(session, LETTER, Recipient.REPORTER, person.reporter_id or 0) is not None
        person.told_at = now
    return told


def _is_unsafe(session: Session, person: AffectedPerson) -> bool:
    """Whether it was said of their report meanwhile that it is not safe to contact them."""
    of_report = select(Reporter).join(Ticket, col(Ticket.reporter_id) == col(Reporter.id))
    reporter = session.exec(of_report.where(Ticket.number == person.ticket_number)).one_or_none()
    return reporter is not None and reporter.is_unsafe


def reach_otherwise(session: Session, actor: Actor, number: int, change: ChangeContactInput) -> Ticket:
    """Change how a reporter is reached: no letter of a known problem goes to the old address either."""
    ticket = change_contact(session, actor, number, change)
    to = change.email if change.route is ContactMethod.EMAIL else change.phone
    is_reached = change.is_safe and change.has_route
    stop_letters(session, actor.reads | {number}, but_to=to if is_reached else "")
    return ticket


def stop_letters(session: Session, ticket_numbers: Collection[int], but_to: str = "") -> None:
    """Write nothing to those who were counted and then reported, but to where they are still reached."""
    same = select(AffectedPerson.reporter_id).where(
        col(AffectedPerson.ticket_number).in_(sorted(ticket_numbers)),
        col(AffectedPerson.reporter_id).is_not(None),
        AffectedPerson.contact_hash != address_hash(but_to),
    )
    for id in session.exec(same).all():
        session.get_one(Reporter, id).is_safe_to_contact = False
        cancel_waiting(session, Recipient.REPORTER, id or 0)


def forget_contacts(session: Session, now: datetime) -> None:
    """Delete the addresses of those who were told a while ago; that they were affected still counts."""
    told = select(AffectedPerson).where(
        col(AffectedPerson.told_at) <= now - CONTACT_RETENTION, col(AffectedPerson.reporter_id).is_not(None)
    )
    reporter_ids = []
    for person in session.exec(told):
        reporter_ids.append(person.reporter_id)
        person.reporter_id = None
    session.flush()
    session.exec(delete(Reporter).where(col(Reporter.id).in_(reporter_ids)))
