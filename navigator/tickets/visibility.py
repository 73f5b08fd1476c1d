"""Row-level permissions on tickets: every list, count, search, export and event reads through here."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, false, literal, or_, true
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from navigator import clock
from navigator.database import ask
from navigator.errors import NotFound
from navigator.outbox.addresses import LOST_LINK, address_of
from navigator.outbox.outbox_message import Recipient
from navigator.people.actor import Actor, reporter
from navigator.people.private_links import IS_TO_TICKET, address_hash, know_links
from navigator.people.reporter import ReporterLink
from navigator.people.user import Role
from navigator.rows_to_read import rows_to_read
from navigator.tickets.enums import REPORTERS, Audience, TicketRole
from navigator.tickets.held_send import has_left
from navigator.tickets.ticket import Message, Ticket

_NOT_FOUND = "We cannot find that ticket."

ACTORS = 500
"""Statements are built once for each of so many actors: that takes longer than to ask them."""


@lru_cache(maxsize=ACTORS)
def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition under which a ticket exists for an actor."""
    if actor.is_system:
        return true()
    if actor.ticket_number is not None:
        return col(Ticket.number) == actor.ticket_number
    if not actor.roles:
        return false()
    return or_(
        in_services(actor, Role.NAVIGATOR, Role.MANAGER),
        and_(in_services(actor, Role.CLINICIAN), col(Ticket.review_requested_at).is_not(None)),
        and_(in_services(actor), _is_own(actor)),
    )


def may_read_notes(actor: Actor) -> ColumnElement[bool]:
    """The condition under which an actor may read the staff notes of a ticket."""
    if actor.is_system:
        return true()
    as_clinician = and_(in_services(actor, Role.CLINICIAN), col(Ticket.review_requested_at).is_not(None))
    return or_(in_services(actor, Role.NAVIGATOR, Role.MANAGER), as_clinician)


def may_see_reporter(actor: Actor) -> ColumnElement[bool]:
    """The condition under which an actor may see who reported a ticket."""
    as_clinician = and_(in_services(actor, Role.CLINICIAN), col(Ticket.review_requested_at).is_not(None))
    return or_(in_services(actor, Role.NAVIGATOR), as_clinician, and_(in_services(actor), _is_own(actor)))


def in_services(actor: Actor, *roles: Role) -> ColumnElement[bool]:
    """That a ticket is of a service in which an actor has one of these roles, or any."""
    # Each service a parameter of its own: a list is written anew each time that a statement runs.
    services = [literal(service) for service in sorted(actor.services(*roles))]
    return col(Ticket.service_id).in_(services) if services else false()


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
        role = TicketRole.JOINED_REPORTER if actor.is_joined else TicketRole.REPORTER
        return frozenset({role}) if actor.ticket_number == ticket.number else frozenset()
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


def reads_notes(roles: frozenset[TicketRole]) -> bool:
    """Whether somebody with these roles reads what is for staff only: no reporter, a practitioner neither."""
    is_reporter = bool(roles & REPORTERS)
    return bool(roles - REPORTERS - {TicketRole.PWP}) or (TicketRole.PWP in roles and not is_reporter)


def find(session: Session, actor: Actor, number: int, lock: bool = False) -> Ticket:
    """The ticket of that number; for whoever may not see it there is none.

    The old number of a reporter leads to the ticket that goes on, if they are proven to be its reporter."""
    if actor.ticket_number not in (None, number):
        number = follow_merges(session, number)
    query = _ticket_query(actor)
    if lock:
        session.flush()  # what is locked is read anew
        query = query.with_for_update().execution_options(populate_existing=True)
    ticket = session.exec(query, params={"number": number}).one_or_none()
    if ticket is None:
        raise NotFound(_NOT_FOUND)
    return ticket


def find_to_read(session: Session, actor: Actor, number: int) -> Ticket:
    """The same for a page that only shows it."""
    if actor.ticket_number not in (None, number):
        number = follow_merges(session, number)
    found: list[Ticket] = rows_to_read(session, _ticket_query(actor), number=number)
    if not found:
        raise NotFound(_NOT_FOUND)
    return found[0]


def lock_tickets(session: Session, actor: Actor, numbers: Collection[int]) -> None:
    """Lock all tickets that one change touches, before any of them, in the order in which everybody does.

    Else of two people who change the same tickets each would wait for the other. Those that an actor may not
    see are not there.
    """
    query = select(Ticket.number).where(col(Ticket.number).in_(sorted(numbers)), visible_to(actor))
    session.exec(query.order_by(col(Ticket.number)).with_for_update()).all()
    session.expire_all()  # whoever was waited for may have changed what was read of them


@lru_cache(maxsize=ACTORS)
def _ticket_query(actor: Actor) -> SelectOfScalar[Ticket]:
    return select(Ticket).where(Ticket.number == bindparam("number"), visible_to(actor))


def follow_merges(session: Session, number: int) -> int:
    """The ticket that goes on for a merged one, however often; else its own number."""
    ticket = session.get(Ticket, number)
    merged_into = ticket.merged_into if ticket else None
    return number if merged_into is None else follow_merges(session, merged_into)


_OTHER = aliased(Ticket)
_IS_JOINED = or_(
    col(Ticket.merged_into).is_not(None),
    select(_OTHER.number).where(col(_OTHER.merged_into) == col(Ticket.number)).exists(),
)
_JOINED_BY_NUMBER = select(_IS_JOINED).where(col(Ticket.number) == bindparam("number"))
LINKS: Any = (
    select(ReporterLink, _IS_JOINED)
    .join(Ticket, col(Ticket.number) == col(ReporterLink.ticket_number))
    .where(IS_TO_TICKET)
    .order_by(col(ReporterLink.id))
)
"""The links to a ticket that work, and whether it is one with others; with more, for `reporter_and`."""


def joined_tickets(session: Session, number: int) -> frozenset[int]:
    """The numbers of all tickets that were merged with one, and its own."""
    if not ask(session, _JOINED_BY_NUMBER, number=number).scalar():  # as most are not
        return frozenset({number})
    found = frontier = frozenset({follow_merges(session, number)})
    while frontier:
        query = select(Ticket.number).where(col(Ticket.merged_into).in_(sorted(frontier)))
        frontier = frozenset(session.exec(query)) - found
        found |= frontier
    return found


def reporter_who_opened(session: Session, link_id: int, number: int) -> Actor | None:
    """The reporter who opened this link to a ticket earlier; None if it has expired or was revoked since."""
    return reporter_and(session, link_id, number, LINKS)[0]


def reporter_and(
    session: Session, link_id: int, number: int, links: Any, **parameters: Any
) -> tuple[Actor | None, Sequence[Any]]:
    """The same by `LINKS` with more of their ticket, and that, where the ticket was merged with none."""
    found = rows_to_read(session, links, number=number, now=clock.now(), **parameters)
    opened = next((each for each in found if each[0].id == link_id), None)
    if opened is None:
        return None, ()
    link, is_joined, *more = opened
    if is_joined:
        return reporter_by(session, link), ()
    know_links(session, number, [each[0] for each in found])
    return reporter(number, reads=frozenset({number})), more


def reporter_by(session: Session, link: ReporterLink) -> Actor:
    """The reporter who holds a private link.

    An address that somebody typed proves nothing; that they opened a link sent to it does. So after a merge a
    link leads on only if it was sent to where every one of those reporters is reached.
    """
    number, joined = link.ticket_number, joined_tickets(session, link.ticket_number)
    if joined == {number}:
        return reporter(number, reads=joined)
    if link.sent_to_hash and _hashes_of_addresses(session, joined) == {link.sent_to_hash}:
        return reporter(follow_merges(session, number), reads=joined)
    return reporter(number, is_joined=True)


def _hashes_of_addresses(session: Session, numbers: frozenset[int]) -> set[str]:
    reporter_ids = session.exec(select(Ticket.reporter_id).where(col(Ticket.number).in_(sorted(numbers))))
    addresses = [address_of(session, Recipient.REPORTER, id, LOST_LINK) for id in reporter_ids.all()]
    return {address_hash(address.to) if address else "" for address in addresses}


def readable_messages(session: Session, actor: Actor, ticket: Ticket) -> ColumnElement[bool]:
    """The condition under which a message is an actor's to read, of a ticket that they may see.

    All that was said, for staff (without notes, if they reported it); a reporter's own conversation.
    """
    roles, on_it = roles_on(actor, ticket), col(Message.ticket_number) == ticket.number
    if reads_notes(roles):
        return on_it
    if roles <= REPORTERS:
        return conversation_of(session, actor, ticket)
    is_public = and_(col(Message.audience) == Audience.PUBLIC, has_left(clock.now()))
    return and_(on_it, or_(is_public, col(Message.author_id) == actor.user_id))


def conversation_of(session: Session, actor: Actor, ticket: Ticket) -> ColumnElement[bool]:
    """The condition under which a public message is of a reporter's own conversation.

    What was split from elsewhere keeps its origin, and is of the ticket that it stands on.
    """
    joined = actor.reads if actor.reads else joined_tickets(session, ticket.number)
    reads = actor.reads or frozenset({ticket.number})
    if actor.user_id is not None:
        query = select(Ticket.number).where(Ticket.reporter_user_id == actor.user_id)
        reads = frozenset(session.exec(query.where(col(Ticket.number).in_(sorted(joined)))))
    return _conversation(ticket.number, sorted(joined), sorted(reads), clock.now())


def _conversation(number: Any, joined: Any, reads: Any, at: Any) -> ColumnElement[bool]:
    origin = col(Message.origin_number)
    on_it = and_(col(Message.ticket_number) == number, origin.not_in(joined))
    said = and_(col(Message.ticket_number).in_(joined), origin.in_(reads))
    return and_(col(Message.audience) == Audience.PUBLIC, or_(said, on_it), has_left(at))


IS_OWN = col(Ticket.number) == bindparam("own_ticket")
"""The condition under which a ticket is that of a private link, for statements that are built once."""
_JOINED: Any = bindparam("joined", expanding=True)
_READS: Any = bindparam("reads", expanding=True)
IS_OWN_CONVERSATION = _conversation(bindparam("own_ticket"), _JOINED, _READS, bindparam("now"))
"""`conversation_of` whoever has a private link, for statements that are built once."""
IS_ON_OWN = and_(
    col(Message.audience) == Audience.PUBLIC,
    col(Message.ticket_number) == bindparam("own_ticket"),
    has_left(bindparam("now")),
)
"""The same where nothing was merged, as is usual: a list is written anew each time that a statement runs."""


def of_link(session: Session, actor: Actor) -> dict[str, Any]:
    """What these two are asked with: for whoever has no private link they hold for no ticket."""
    reads = sorted(actor.reads or {actor.own_ticket})
    joined = sorted(actor.reads or joined_tickets(session, actor.own_ticket))
    return {"own_ticket": actor.own_ticket, "joined": joined, "reads": reads, "now": clock.now()}
