"""A followed ticket: what its reporter may know of it, in as few questions of the database as it takes."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.device_needs import DeviceNeeds
from navigator.catalogue.lookups import contact_of, programme_of, service_of
from navigator.catalogue.reference_data import TOKEN, note_token
from navigator.errors import NotFound
from navigator.people.actor import ANONYMOUS, Actor
from navigator.people.audit_log import Act, record
from navigator.people.private_links import mark_opened
from navigator.people.reporter import Reporter, ReporterLink
from navigator.people.user import User
from navigator.rows_to_read import rows_to_read
from navigator.tickets.action_rules import Action
from navigator.tickets.attached_files import files_of
from navigator.tickets.detail import TicketDetail, booked_call_for
from navigator.tickets.device_check import DeviceCheck
from navigator.tickets.held_send import as_its_reporter_knows
from navigator.tickets.lifecycle import allowed_actions
from navigator.tickets.promises import LAST_ACTION
from navigator.tickets.ticket import Event, Message, Ticket
from navigator.tickets.visibility import (
    IS_ON_OWN,
    IS_OWN,
    IS_OWN_CONVERSATION,
    LINKS,
    of_link,
    reporter_and,
    roles_on,
)

# Built once: that takes longer than to ask it.
_IS_SPLIT = select(Event.id).where(
    col(Event.ticket_number) == col(Ticket.number), Event.action == Action.SPLIT
)


class _Statements:
    """What is asked of a ticket by conditions of its messages and of what came with its reports."""

    def __init__(self, is_said: Any, is_sent: Any) -> None:
        self._has_checks = select(DeviceCheck.id).where(is_sent).exists()
        self.ticket = self.with_ticket(select(Ticket)).where(IS_OWN)
        said = select(Message, User.name).outerjoin(User, col(User.id) == col(Message.author_id))
        self.messages = said.where(is_said).order_by(col(Message.id))
        self.checks = select(DeviceCheck).where(is_sent).order_by(col(DeviceCheck.id))

    def with_ticket(self, query: Any) -> Any:
        """A statement for a ticket with what belongs to it."""
        return (
            query.add_columns(Reporter, TOKEN, LAST_ACTION, _IS_SPLIT.exists(), self._has_checks, DeviceNeeds)
            .join(Reporter, col(Reporter.id) == col(Ticket.reporter_id))
            .outerjoin(DeviceNeeds, col(DeviceNeeds.programme_id) == col(Ticket.programme_id))
        )


_OF_ONE = _Statements(IS_ON_OWN, col(DeviceCheck.origin_number) == bindparam("own_ticket"))
_OF_MERGED = _Statements(
    IS_OWN_CONVERSATION, col(DeviceCheck.origin_number).in_(bindparam("reads", expanding=True))
)
_WITH_LINKS = _OF_ONE.with_ticket(LINKS.add_columns(Ticket))
_FOUND = "followed ticket"


def reporter_to_follow(session: Session, link_id: int, number: int) -> Actor | None:
    """`reporter_who_opened` a link, by a session that only reads: their ticket is read with its links."""
    actor, found = reporter_and(session, link_id, number, _WITH_LINKS, own_ticket=number)
    session.info[_FOUND] = found
    return actor


@dataclass(frozen=True)
class FollowedTicket(TicketDetail):
    """A ticket's detail, with what was done last (`promises`), and whether anything was split from it.

    `device_needs` is what its programme needs of a phone, if that is known.
    """

    last_action: str | None
    is_split: bool
    device_needs: DeviceNeeds | None


@clock.one_moment()
def followed_ticket(session: Session, actor: Actor) -> FollowedTicket:
    """What `ticket_detail` tells a reporter of their own ticket; `names` are of those who wrote to them."""
    own = of_link(session, actor)
    of = _OF_ONE if own["joined"] == own["reads"] == [own["own_ticket"]] else _OF_MERGED
    found = session.info.get(_FOUND) if of is _OF_ONE else None
    if not found or found[0].number != actor.own_ticket:
        found = next(iter(rows_to_read(session, of.ticket, **own)), None)
    if found is None:
        raise NotFound("We cannot find that ticket.")
    ticket, reporter, token, last_action, is_split, has_checks, device_needs = found
    ticket = as_its_reporter_knows(session, ticket, clock.now())
    note_token(session, token)
    said = rows_to_read(session, of.messages, **own)
    kinds = (ticket.diverted_to, ticket.suggested_contact)
    contact, suggested_contact = (contact_of(session, ticket.service_id, kind or "") for kind in kinds)
    service = service_of(session, ticket.service_id)
    return FollowedTicket(
        ticket=ticket,
        service=service,
        programme=programme_of(session, ticket.programme_id),
        category=catalogue().category(ticket.category) if ticket.category else None,
        reporter=reporter,
        contact=contact,
        suggested_contact=suggested_contact,
        messages=[message for message, _ in said],
        files=files_of(session, [message for message, _ in said]),
        events=[],
        reviews=[],
        calls=[],
        checks=rows_to_read(session, of.checks, **own) if has_checks else [],
        booked_call=booked_call_for(session, actor, ticket, service),
        names={message.author_id: name for message, name in said if message.author_id},
        away=frozenset(),
        allowed=allowed_actions(actor, ticket),
        roles=roles_on(actor, ticket),
        last_action=last_action,
        is_split=is_split,
        device_needs=device_needs,
    )


def link_opened(session: Session, link: ReporterLink) -> str:
    """Write down that a private link was opened, in the audit log too; the language of its pages."""
    mark_opened(link)
    number = link.ticket_number
    query = select(Ticket.service_id, Reporter.page_language)
    of_ticket = query.join(Reporter, col(Ticket.reporter_id) == col(Reporter.id))
    service_id, language = session.exec(of_ticket.where(Ticket.number == number)).one()
    record(session, ANONYMOUS, Act.OPENED_LINK, ticket_number=number, service_id=service_id)
    return language
