"""Splitting a ticket: a second problem that was reported on it gets a ticket of its own."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlmodel import Session, col, select

from navigator.catalogue.programme import Programme
from navigator.catalogue.service import Service
from navigator.errors import Invalid
from navigator.fields import MAX_TEXT_LENGTH
from navigator.people.actor import ANONYMOUS, Actor
from navigator.people.reporter import Reporter, reference
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.messages import add_message, said_in
from navigator.tickets.actions.new_ticket import AnalysedReport, analyse, open_ticket
from navigator.tickets.actions.send_checks import require_confirmed
from navigator.tickets.actions.staff import process_new_ticket
from navigator.tickets.activity import recount_activity
from navigator.tickets.attached_files import copy_files
from navigator.tickets.inputs import SplitInput
from navigator.tickets.lifecycle import act, record
from navigator.tickets.report_input import ReportInput, StaffReportInput
from navigator.tickets.ticket import Audience, Author, Channel, Message, Ticket
from navigator.tickets.triage import needs_clinical_review
from navigator.tickets.visibility import find, joined_tickets
from navigator.triage.safety_screen import ScreeningResult, screen

_SPLIT_NOTICE = "You told us about more than one problem. The other one has its own report now: {reference}."


def split(session: Session, actor: Actor, number: int, split_input: SplitInput) -> Ticket:
    """Make a second ticket of the same reporter; the first keeps what was said, and its clinical reviews."""
    first = find(session, actor, number, lock=True)
    messages = _chosen_messages(session, number, split_input.messages)
    said_on = _where_said(session, first, messages)
    report = _second_report(session, said_on, split_input, messages)
    analysis = analyse(report, _screening(report, split_input, messages))
    if not messages and not report.category:
        analysis = _without_learned_alarm(analysis)
    opened = open_ticket(session, ANONYMOUS, report, Channel(first.channel), analysis)
    opened.reporter.page_language = session.get_one(Reporter, said_on.reporter_id).page_language
    second = opened.ticket
    _copy_people(session, said_on, first, second)
    _record_split(session, actor, first, said_on, second, split_input.version)
    require_confirmed(session, actor, [first], split_input.body)
    notice = _SPLIT_NOTICE.format(reference=reference(second.number))
    add_message(session, actor, first, Action.SPLIT, notice, origin_number=said_on.number)
    record(session, actor, Action.REPORT, second, door=second.channel, category=second.category)
    record(session, actor, Action.SPLIT, second, out_of=number)
    for message in messages:
        copy = add_message(session, ANONYMOUS, second, Action.REPORT, message.body, Author.REPORTER)
        copy_files(session, message, copy)
        copy.origin_number, copy.created_at = message.origin_number, message.created_at
    if messages:
        recount_activity(session, second)
    if split_input.body:
        add_message(session, actor, second, Action.SPLIT, split_input.body)
    return process_new_ticket(session, actor, opened).ticket


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


def _where_said(session: Session, first: Ticket, messages: Sequence[Message]) -> Ticket:
    """The ticket on which messages were said: its reporter may be another than that of the one it is now."""
    joined = joined_tickets(session, first.number)
    numbers = {
        message.origin_number if message.origin_number in joined else first.number for message in messages
    } or {first.number}
    if len(numbers) > 1:
        raise Invalid("There is a problem", {"messages": "Choose messages of one report only."})
    return session.get_one(Ticket, numbers.pop())


def _record_split(
    session: Session, actor: Actor, first: Ticket, said_on: Ticket, second: Ticket, version: int | None
) -> None:
    """Record where the second problem went; its link is for whoever told it."""
    elsewhere: dict[str, Any] = {} if said_on is first else {"said_on": said_on.number}
    act(session, actor, Action.SPLIT, first.number, version, into=second.number, **elsewhere)
    if elsewhere:
        record(session, actor, Action.SPLIT, said_on, into=second.number)


def _second_report(
    session: Session, first: Ticket, split_input: SplitInput, messages: Sequence[Message]
) -> ReportInput:
    """The second problem as if it had been reported by itself."""
    programme = session.get(Programme, first.programme_id) if first.programme_id else None
    text = "\n\n".join([*(message.body for message in messages), split_input.body])
    return StaffReportInput.from_ticket(
        first,
        session.get_one(Reporter, first.reporter_id),
        service=session.get_one(Service, first.service_id).code,
        programme=programme.code if programme else None,
        category=split_input.category or None,
        text=text[:MAX_TEXT_LENGTH],
    )


def _screening(report: ReportInput, split_input: SplitInput, messages: Sequence[Message]) -> ScreeningResult:
    """What the safety screen says of the reporter's words, and of the navigator's by the rules alone."""
    others = [text for text in report.free_texts if text != report.text]
    said = screen(*map(said_in, messages), *others)
    why = dict.fromkeys((*said.why, *screen(split_input.body, is_of_staff=True).why))
    return ScreeningResult(bool(why), tuple(why))


def _without_learned_alarm(analysis: AnalysedReport) -> AnalysedReport:
    """What staff wrote alone is sorted as risk by the rules or by a person, not by likeness alone."""
    is_learned = not analysis.screening.hit and needs_clinical_review(analysis.suggestion.category)
    return replace(analysis, category=None) if is_learned else analysis


def _copy_people(session: Session, said_on: Ticket, first: Ticket, second: Ticket) -> None:
    """Let whoever told the second problem, and the practitioner of the first, be those of the second."""
    second.reporter_user_id = said_on.reporter_user_id
    second.session_is_by_code = first.session_is_by_code
    second.pwp_id, second.practitioner_is_confirmed = first.pwp_id, first.practitioner_is_confirmed
    reporter = session.get_one(Reporter, second.reporter_id)
    reporter.user_id = said_on.reporter_user_id
    reporter.is_unsent = session.get_one(Reporter, said_on.reporter_id).is_unsent
