"""Tickets of another desk made ready: mapped, checked, screened and sorted, before any transaction begins."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from navigator.desk_import.foreign import BadLine, Fault, ForeignMessage, ForeignTicket
from navigator.desk_import.formats import Source
from navigator.desk_import.mapping import DeskMapping, category_of, impact_of, person_of, target_of
from navigator.fields import MAX_TEXT_LENGTH
from navigator.tickets.actions.imported import ImportedMessage, ImportedReport
from navigator.tickets.actions.new_ticket import analyse
from navigator.tickets.report_input import ReportInput
from navigator.triage.safety_screen import ScreeningResult, screen


@dataclass(frozen=True)
class Prepared:
    """A ticket that can be made, and who had it there."""

    line: int
    id: str
    report: ImportedReport
    owner: str


def prepare(
    service: str, source: Source, mapping: DeskMapping, tickets: tuple[ForeignTicket, ...]
) -> Iterator[Prepared | Fault | None]:
    """Each ticket ready to be made, what is wrong with it, or None for one that is left out."""
    for ticket in tickets:
        try:
            yield _prepared(service, source, mapping, ticket)
        except BadLine as bad:
            yield Fault(ticket.line, str(bad))
        except ValidationError as error:
            fault = error.errors()[0]
            yield Fault(ticket.line, f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}")


def _prepared(service: str, source: Source, mapping: DeskMapping, ticket: ForeignTicket) -> Prepared | None:
    target = target_of(mapping, source, ticket)
    if target == "skip":
        return None
    messages = _messages(mapping, ticket)
    report_input = _report_input(service, mapping, ticket, messages[0].text)
    screenings = [_screened(message) for message in messages]
    risky = next((each for each in screenings if each.hit), ScreeningResult(hit=False))
    report = ImportedReport(
        source=source,
        source_id=ticket.id,
        report=report_input,
        analysis=analyse(report_input, risky),
        status=target,
        impact=impact_of(mapping, source, ticket),
        reported_at=ticket.created_at,
        ended_at=max(ticket.closed_at or messages[-1].at, ticket.created_at),
        messages=tuple(
            ImportedMessage(each.at, each.text, each.is_of_reporter, each.is_internal, each.author, risk.why)
            for each, risk in zip(messages, screenings, strict=True)
        ),
    )
    return Prepared(ticket.line, ticket.id, report, person_of(mapping, ticket.owner))


def _messages(mapping: DeskMapping, ticket: ForeignTicket) -> list[ForeignMessage]:
    """What was said, the oldest first, the title before it; each by who has that address here."""
    said = sorted((each for each in ticket.messages if each.text), key=lambda each: each.at)
    first = said[0] if said else ForeignMessage(ticket.created_at, "", is_of_reporter=True)
    if ticket.title and ticket.title.casefold() not in first.text.casefold():
        words = f"{ticket.title}\n\n{first.text}".strip()
        said = [_with(first, words, first.author), *said[1:]]
    return [_with(each, each.text, person_of(mapping, each.author)) for each in said]


def _with(message: ForeignMessage, text: str, author: str) -> ForeignMessage:
    return ForeignMessage(message.at, text, message.is_of_reporter, message.is_internal, author)


def _report_input(service: str, mapping: DeskMapping, ticket: ForeignTicket, text: str) -> ReportInput:
    contact = {"route": "email", "email": ticket.email} if ticket.email else {}
    return ReportInput.model_validate(
        {
            "service": service,
            "programme": mapping.programme,
            "category": category_of(mapping, ticket),
            "text": text[:MAX_TEXT_LENGTH],
            "contact": contact,
        }
    )


def _screened(message: ForeignMessage) -> ScreeningResult:
    """What the safety screen says; of what staff wrote to the reporter nothing, as when written here."""
    is_of_desk = not message.is_of_reporter
    if is_of_desk and not message.is_internal:
        return ScreeningResult(hit=False)
    return screen(message.text, is_of_staff=is_of_desk)
