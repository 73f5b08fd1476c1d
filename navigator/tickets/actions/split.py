"""Splitting a ticket: a second problem that was reported on it gets a ticket of its own."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from navigator.catalogue.programme import Programme
from navigator.catalogue.service import Service
from navigator.errors import Invalid
from navigator.fields import MAX_TEXT_LENGTH
from navigator.people.actor import ANONYMOUS, Actor
from navigator.people.reporter import Reporter, reference
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.messages import add_message
from navigator.tickets.actions.new_ticket import analyse, open_ticket
from navigator.tickets.actions.staff import process_new_ticket
from navigator.tickets.inputs import ReportInput, SplitInput
from navigator.tickets.lifecycle import act, record
from navigator.tickets.ticket import Audience, Author, Channel, Message, Ticket
from navigator.tickets.visibility import find

_SPLIT_NOTICE = "You told us about more than one problem. The other one has its own report now: {reference}."


def split(session: Session, actor: Actor, number: int, split_input: SplitInput) -> Ticket:
    """Make a second ticket of the same reporter; the first keeps what was said, and its clinical reviews."""
    first = find(session, actor, number, lock=True)
    messages = _chosen_messages(session, number, split_input.messages)
    report = _second_report(session, first, split_input, messages)
    analysis = analyse(report)
    second = open_ticket(session, ANONYMOUS, report, Channel(first.channel), analysis)
    _copy_people(session, first, second)
    act(session, actor, Action.SPLIT, number, split_input.version, into=second.number)
    add_message(
        session, actor, first, Action.UPDATE, _SPLIT_NOTICE.format(reference=reference(second.number))
    )
    record(session, actor, Action.REPORT, second, door=second.channel, category=second.category)
    record(session, actor, Action.SPLIT, second, out_of=number)
    for message in messages:
        copy = add_message(session, ANONYMOUS, second, Action.REPORT, message.body, Author.REPORTER)
        copy.origin_number, copy.created_at = message.origin_number, message.created_at
    if split_input.body:
        add_message(session, actor, second, Action.SPLIT, split_input.body)
    return process_new_ticket(session, second, analysis).ticket


def splittable(session: Session, number: int) -> Sequence[Message]:
    """What the reporter of a ticket wrote, oldest first."""
    query = select(Message).where(
        Message.ticket_number == number,
        Message.author == Author.REPORTER,
        Message.audience == Audience.PUBLIC,
    )
    return session.exec(query.order_by(col(Message.id))).all()


def _chosen_messages(session: Session, number: int, ids: Sequence[int]) -> list[Message]:
    messages = [message for message in splittable(session, number) if message.id in ids]
    if len(messages) < len(set(ids)):
        raise Invalid("There is a problem", {"messages": "Choose messages that the reporter wrote here."})
    return messages


def _second_report(
    session: Session, first: Ticket, split_input: SplitInput, messages: Sequence[Message]
) -> ReportInput:
    """The second problem as if it had been reported by itself."""
    programme = session.get(Programme, first.programme_id) if first.programme_id else None
    text = "\n\n".join([*(message.body for message in messages), split_input.body])
    return ReportInput.from_ticket(
        first,
        session.get_one(Reporter, first.reporter_id),
        service=session.get_one(Service, first.service_id).code,
        programme=programme.code if programme else None,
        category=split_input.category or None,
        text=text[:MAX_TEXT_LENGTH],
    )


def _copy_people(session: Session, first: Ticket, second: Ticket) -> None:
    """Let whoever reported the first ticket, and its practitioner, be those of the second."""
    second.reporter_user_id = first.reporter_user_id
    second.pwp_id, second.practitioner_is_confirmed = first.pwp_id, first.practitioner_is_confirmed
    session.get_one(Reporter, second.reporter_id).user_id = first.reporter_user_id
