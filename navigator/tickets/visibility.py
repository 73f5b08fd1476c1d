"""Row-level permissions on tickets: every list, count, search, export and event reads through here."""

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlmodel import Session, col, select

from navigator.errors import NotFound
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.tickets.enums import TicketRole
from navigator.tickets.ticket import Ticket


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition under which a ticket exists for an actor."""
    if actor.is_system:
        return true()
    if actor.ticket_number is not None:
        return col(Ticket.number) == actor.ticket_number
    if not actor.roles:
        return false()
    return or_(
        _in_services(actor, Role.NAVIGATOR, Role.MANAGER),
        and_(_in_services(actor, Role.CLINICIAN), col(Ticket.review_requested_at).is_not(None)),
        and_(_in_services(actor), _is_own(actor)),
    )


def may_read_notes(actor: Actor) -> ColumnElement[bool]:
    """The condition under which an actor may read the staff notes of a ticket."""
    if actor.is_system:
        return true()
    as_clinician = and_(_in_services(actor, Role.CLINICIAN), col(Ticket.review_requested_at).is_not(None))
    return or_(_in_services(actor, Role.NAVIGATOR, Role.MANAGER), as_clinician)


def may_see_reporter(actor: Actor) -> ColumnElement[bool]:
    """The condition under which an actor may see who reported a ticket."""
    as_clinician = and_(_in_services(actor, Role.CLINICIAN), col(Ticket.review_requested_at).is_not(None))
    return or_(_in_services(actor, Role.NAVIGATOR), as_clinician, and_(_in_services(actor), _is_own(actor)))


def _in_services(actor: Actor, *roles: Role) -> ColumnElement[bool]:
    return col(Ticket.service_id).in_(sorted(actor.services(*roles)))


def _is_own(actor: Actor) -> ColumnElement[bool]:
    if actor.user_id is None:
        return false()
    as_pwp = and_(col(Ticket.pwp_id) == actor.user_id, col(Ticket.practitioner_is_confirmed))
    return or_(as_pwp, col(Ticket.reporter_user_id) == actor.user_id)


def roles_on(actor: Actor, ticket: Ticket) -> frozenset[TicketRole]:
    """The roles that an actor has towards a ticket; none for a stranger."""
    if actor.is_system:
        return frozenset({TicketRole.SYSTEM})
    if actor.ticket_number is not None:
        return frozenset({TicketRole.REPORTER}) if actor.ticket_number == ticket.number else frozenset()
    service_roles = actor.roles.get(ticket.service_id, frozenset())
    roles = {TicketRole(role) for role in service_roles & {Role.NAVIGATOR, Role.MANAGER}}
    if Role.CLINICIAN in service_roles and ticket.review_requested_at:
        roles.add(TicketRole.CLINICIAN)
    if service_roles and actor.user_id is not None:
        if ticket.pwp_id == actor.user_id and ticket.practitioner_is_confirmed:
            roles.add(TicketRole.PWP)
        if ticket.reporter_user_id == actor.user_id:
            roles.add(TicketRole.REPORTER)
    return frozenset(roles)


def find(session: Session, actor: Actor, number: int, lock: bool = False) -> Ticket:
    """The ticket of that number; for whoever may not see it there is none.

    A reporter's old number leads to the ticket that theirs was merged into."""
    if actor.ticket_number not in (None, number):
        number = follow_merges(session, number)
    query = select(Ticket).where(Ticket.number == number, visible_to(actor))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    ticket = session.exec(query).one_or_none()
    if ticket is None:
        raise NotFound("We cannot find that ticket.")
    return ticket


def follow_merges(session: Session, number: int) -> int:
    """The ticket that goes on for a merged one, however often; else its own number."""
    ticket = session.get(Ticket, number)
    merged_into = ticket.merged_into if ticket else None
    return number if merged_into is None else follow_merges(session, merged_into)
