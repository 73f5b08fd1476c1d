"""What a reporter chose once of how they are reached: quiet hours, language, what would help them."""

from typing import Any

from sqlmodel import Session, col, select

from navigator.errors import Invalid
from navigator.people.access_needs import blocks_calls, in_order, not_asked
from navigator.people.actor import SYSTEM, Actor
from navigator.people.reporter import ContactMethod, Reporter
from navigator.tickets.action_rules import Action
from navigator.tickets.contact_inputs import HowReachedInput
from navigator.tickets.lifecycle import act
from navigator.tickets.report_input import needs_for
from navigator.tickets.ticket import Ticket
from navigator.tickets.visibility import find, lock_tickets


def change_how_reached(session: Session, actor: Actor, chosen: HowReachedInput) -> Ticket:
    """Keep what a reporter chose with all reports that their link reads; the event names what changed.

    Refused where they ask for no call and chose a call to be reached by.
    """
    numbers = actor.reads or {find(session, actor, actor.own_ticket).number}
    lock_tickets(session, SYSTEM, numbers)
    ids = select(Ticket.reporter_id).where(col(Ticket.number).in_(sorted(numbers)))
    changed, reporters = set[str](), session.exec(select(Reporter).where(col(Reporter.id).in_(ids))).all()
    for reporter in reporters:
        _refuse_two_answers(reporter, chosen)
        for name, value in _values(reporter, chosen).items():
            changed |= {name} if getattr(reporter, name) != value else set()
            setattr(reporter, name, value)
    return act(session, actor, Action.CONTACT, actor.own_ticket, None, changed=sorted(changed))


def _refuse_two_answers(reporter: Reporter, chosen: HowReachedInput) -> None:
    """A call and no call; nothing is said of how somebody with a card is reached."""
    if reporter.contact_method == ContactMethod.PHONE and not reporter.came_by_card:
        try:
            needs_for(ContactMethod.PHONE, chosen.access_needs)
        except ValueError as error:
            raise Invalid("There is a problem", {"access_needs": str(error)}) from error


def _values(reporter: Reporter, chosen: HowReachedInput) -> dict[str, Any]:
    """The values by columns; of whoever came by a card, what was left empty stays as the card has it."""
    is_called = reporter.contact_method == ContactMethod.PHONE
    ticked = [code for code in chosen.access_needs if not (is_called and blocks_calls([code]))]
    stays = reporter.access_needs if reporter.came_by_card else not_asked(reporter.access_needs)
    values = {
        "page_language": chosen.page_language or reporter.page_language,
        "access_needs": in_order([*ticked, *stays]),
    }
    if reporter.came_by_card and chosen.quiet_from_hour is None:
        return values
    hours = {"quiet_from_hour": chosen.quiet_from_hour, "quiet_until_hour": chosen.quiet_until_hour}
    return values | hours
