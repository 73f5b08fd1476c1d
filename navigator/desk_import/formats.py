"""The formats that can be imported, and the reading of an export: every fault names its line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from navigator.desk_import import django_helpdesk, osticket, zammad
from navigator.desk_import.foreign import BadLine, Export, Fault, ForeignTicket
from navigator.desk_import.readers import Element
from navigator.errors import Invalid


class Source(StrEnum):
    """The desk from which an export is."""

    ZAMMAD = "zammad"
    OSTICKET = "osticket"
    DJANGO_HELPDESK = "django-helpdesk"


@dataclass(frozen=True)
class Format:
    """How an export is read, and what its statuses and priorities usually are here."""

    rows: Callable[[str], Element]
    ticket: Callable[[int, Mapping[str, Any]], ForeignTicket]
    statuses: Mapping[str, str]
    impacts: Mapping[str, int]


FORMATS: Mapping[Source, Format] = {
    Source.ZAMMAD: Format(zammad.rows, zammad.ticket, zammad.STATUSES, zammad.IMPACTS),
    Source.OSTICKET: Format(osticket.rows, osticket.ticket, osticket.STATUSES, osticket.IMPACTS),
    Source.DJANGO_HELPDESK: Format(
        django_helpdesk.rows, django_helpdesk.ticket, django_helpdesk.STATUSES, django_helpdesk.IMPACTS
    ),
}


def read_export(text: str, source: Source) -> Export:
    """The tickets of an export; what cannot be read is named, and the others are read all the same."""
    tickets: list[ForeignTicket] = []
    faults: list[Fault] = []
    seen: set[str] = set()
    try:
        for line, row in FORMATS[source].rows(text):
            try:
                tickets.append(_checked(FORMATS[source].ticket(line, row), seen))
            except BadLine as bad:
                faults.append(Fault(line, str(bad)))
            except (TypeError, AttributeError, KeyError):
                faults.append(Fault(line, "this is not built as a ticket of this export is"))
    except Invalid as invalid:  # what follows cannot be found
        where, _, words = invalid.message.partition(": ")
        faults.append(Fault(int(where.removeprefix("line ")), words))
    if not tickets and not faults:
        faults.append(Fault(1, "there is no ticket in it"))
    return Export(tuple(tickets), tuple(faults))


def _checked(ticket: ForeignTicket, seen: set[str]) -> ForeignTicket:
    if not ticket.id or len(ticket.id) > 100:
        raise BadLine("it has no number")
    if ticket.id in seen:
        raise BadLine(f"there is another ticket {ticket.id} in the file")
    if not any(message.text for message in ticket.messages) and not ticket.title:
        raise BadLine("nobody said anything in it")
    seen.add(ticket.id)
    return ticket
