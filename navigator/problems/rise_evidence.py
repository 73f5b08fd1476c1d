"""Evidence of a rise: what its reports say of updates, versions and browsers, counted for its own service."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from navigator.catalogue.catalogue import Cue
from navigator.tickets.action_rules import Action
from navigator.tickets.device_check import Aspect, DeviceCheck, from_json
from navigator.tickets.ticket import Author, Message, Ticket

_VERSION = re.compile(
    r"\b(?:version|release|updated?|upgraded?|app|v)(?: to)?(?: version)?"
    r"[ .:]{0,2}v?(\d{1,3}(?:\.\d{1,4}){1,3})\b",
    re.IGNORECASE,
)
_MOST = 3


@dataclass(frozen=True)
class Evidence:
    """How many reports are looked at, how many say that it began with an update, and what they name most."""

    reports: int
    after_update: int
    versions: Sequence[tuple[str, int]]
    browsers: Sequence[tuple[str, int]]


def evidence(session: Session, tickets: Sequence[Ticket]) -> Evidence:
    """What the tickets of a rise say, as they stand; each ticket counts once for each version and browser."""
    numbers = [ticket.number for ticket in tickets]
    return Evidence(
        reports=len(tickets),
        after_update=sum(Cue.AFTER_UPDATE in ticket.cues for ticket in tickets),
        versions=_most(_versions(session, numbers)),
        browsers=_most(_browsers(session, numbers)),
    )


def _most(found: Iterable[tuple[int, str]]) -> list[tuple[str, int]]:
    """The commonest names with their counts; equals by name, and not as a set happens to be laid out."""
    counted = Counter(name for _, name in set(found))
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST]


def _versions(session: Session, numbers: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Which version of the programme a report names; the versions of phones are not called so."""
    query = select(Message.ticket_number, Message.body).where(
        col(Message.ticket_number).in_(numbers),
        Message.action == Action.REPORT,
        Message.author == Author.REPORTER,
    )
    for number, body in session.exec(query):
        for version in _VERSION.findall(body):
            yield number, version


def _browsers(session: Session, numbers: Sequence[int]) -> Iterator[tuple[int, str]]:
    query = select(DeviceCheck.ticket_number, DeviceCheck.findings)
    for number, findings in session.exec(query.where(col(DeviceCheck.ticket_number).in_(numbers))):
        for finding in from_json(findings):
            if finding.aspect == Aspect.BROWSER and finding.found:
                yield number, finding.found
