"""Actions of inclusion: what a reporter needs is recorded, and what they are offered, used and bring back."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from navigator import clock
from navigator.errors import Conflict, Invalid
from navigator.people.access_needs import AccessNeed, blocks_calls, needs_of
from navigator.people.actor import Actor
from navigator.people.reporter import ContactMethod, Reporter
from navigator.tickets.action_rules import Action
from navigator.tickets.booked_call import live_call
from navigator.tickets.enums import OfferState
from navigator.tickets.inclusion_inputs import NeedsInput, OfferInput
from navigator.tickets.inclusion_offer import InclusionOffer, InclusionSetting
from navigator.tickets.lifecycle import act
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import joined_tickets, visible_to

MOST = 200
"""So many are listed."""


def set_needs(session: Session, actor: Actor, number: int, needs_input: NeedsInput) -> Ticket:
    """Record what a reporter needs; who is not to be phoned stands in no list of calls from then on."""
    ticket = act(session, actor, Action.NEEDS, number, needs_input.version)
    reporter = session.get_one(Reporter, ticket.reporter_id)
    if blocks_calls(needs_input.access_needs):
        _stop_calls(session, ticket, reporter)
    reporter.access_needs = needs_input.access_needs
    return ticket


def _stop_calls(session: Session, ticket: Ticket, reporter: Reporter) -> None:
    """Plan no call; refused where they asked for one, until that is changed."""
    if reporter.contact_method == ContactMethod.PHONE:
        words = "They asked to be phoned. Change how to reach them first"
        raise Invalid("There is a problem", {"access_needs": words})
    if live_call(session, ticket.number):
        words = "They booked a call. Cancel it first"
        raise Invalid("There is a problem", {"access_needs": words})
    ticket.next_call_at = None


def offer(session: Session, actor: Actor, number: int, offer_input: OfferInput) -> Ticket:
    """Record that something was given, with the day by which it comes back; or was used, or came back."""
    ticket = act(session, actor, Action.OFFER, number, offer_input.version, state=offer_input.state)
    if offer_input.state is OfferState.GIVEN:
        _give(session, ticket, offer_input)
        return ticket
    given = _given(session, ticket.number, offer_input)
    setattr(given, _MARKS[offer_input.state], clock.now())
    return ticket


def _give(session: Session, ticket: Ticket, offer_input: OfferInput) -> None:
    if offer_input.kind not in kinds_offered(session, ticket.service_id):
        raise Invalid("There is a problem", {"kind": "Choose something that your service has"})
    session.add(InclusionOffer(ticket_number=ticket.number, kind=offer_input.kind, due_on=offer_input.due_on))


_MARKS = {OfferState.USED: "used_at", OfferState.RETURNED: "returned_at"}
"""Where it is kept that something was used, or came back."""


def _given(session: Session, number: int, offer_input: OfferInput) -> InclusionOffer:
    """What was given of this kind and is not so yet: the first that is lent, else the first."""
    is_lent = col(InclusionOffer.due_on).is_not(None)
    mark = getattr(InclusionOffer, _MARKS[offer_input.state])
    query = select(InclusionOffer).where(
        InclusionOffer.ticket_number == number,
        InclusionOffer.kind == offer_input.kind,
        col(InclusionOffer.returned_at).is_(None),
        col(mark).is_(None),
    )
    given = session.exec(query.order_by(is_lent.desc(), col(InclusionOffer.id)).limit(1)).first()
    if given is None:
        raise Conflict("Nothing of this is out any more, or it is noted already.")
    return given


def kinds_offered(session: Session, service_id: int) -> dict[str, str]:
    """What a service has to offer, by code, in words; nothing where nobody has set it."""
    setting = session.get(InclusionSetting, service_id)
    return setting.kinds if setting else {}


def offers_on(session: Session, number: int) -> Sequence[InclusionOffer]:
    """What was offered on a ticket, oldest first."""
    query = select(InclusionOffer).where(InclusionOffer.ticket_number == number)
    return session.exec(query.order_by(col(InclusionOffer.id))).all()


def offers_out(session: Session, actor: Actor) -> Sequence[tuple[InclusionOffer, Ticket]]:
    """What is lent and has not come back, of the tickets that an actor may see; what is due first."""
    is_out = (col(InclusionOffer.due_on).is_not(None), col(InclusionOffer.returned_at).is_(None))
    query = select(InclusionOffer, Ticket).join(
        Ticket, col(Ticket.number) == col(InclusionOffer.ticket_number)
    )
    soonest = query.where(visible_to(actor), *is_out).order_by(
        col(InclusionOffer.due_on), col(InclusionOffer.id)
    )
    rows = session.exec(soonest.limit(MOST))
    return [(given, ticket) for given, ticket in rows]


def needs_of_merged(session: Session, number: int) -> Sequence[AccessNeed]:
    """What those need whose reports were merged with a ticket, beside its own reporter: told to staff alone.

    They may be somebody else, so it is neither put down as the need of this one, nor shown to them.
    """
    merged = joined_tickets(session, number) - {number}
    query = select(Reporter.access_needs).join(Ticket, col(Ticket.reporter_id) == col(Reporter.id))
    told = session.exec(query.where(col(Ticket.number).in_(sorted(merged)))) if merged else ()
    return needs_of({code for codes in told for code in codes})
