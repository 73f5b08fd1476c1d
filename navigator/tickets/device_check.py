"""A check of a phone or computer: what was found of what the programme needs, as the phone said it.

It is a claim and no proof. Nothing is looked at that the programme does not ask for.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator
from pydantic import Field as InputField
from sqlalchemy import JSON
from sqlmodel import Field, Session

from navigator import clock
from navigator.catalogue.browsers import browser_of
from navigator.catalogue.device_needs import DeviceNeeds
from navigator.clock import now
from navigator.database import Table
from navigator.dates_in_words import length
from navigator.fields import Input, YesNo
from navigator.people.access_needs import NEEDS, OLD_DEVICE, WEAK_CONNECTION
from navigator.people.reporter import Reporter

Said = Literal["yes", "no"]


class DeviceCheck(Table, table=True):
    """What a reporter sent of a check: each finding as a `Finding` holds it, by the needs of that day.

    After a merge `origin_number` remembers whose report it came with.
    """

    id: int = Field(default=None, primary_key=True)
    ticket_number: int = Field(foreign_key="ticket.number", index=True)
    origin_number: int = Field(index=True)
    created_at: datetime = Field(default_factory=now, index=True)
    findings: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)


class Aspect(StrEnum):
    """What of a phone or computer can be tested."""

    BROWSER = "browser"
    JAVASCRIPT = "javascript"
    COOKIES = "cookies"
    STORAGE = "storage"
    CLOCK = "clock"
    HOST = "host"
    SCREEN = "screen"
    CONNECTION = "connection"


@dataclass(frozen=True)
class Finding:
    """One aspect: what was `found`, which is empty where it could not be tested, and what is `asked` for.

    The browser is a name and a version; nothing is asked of one that the supplier does not name. The clock is
    minutes, ahead if positive; the screen pixels, the connection kbit/s. What is asked of a host is its name.
    All else is yes or no.
    """

    aspect: str
    found: str
    asked: str
    is_fault: bool

    @property
    def amount(self) -> str:
        """How far the clock is off, in words; for a connection, Mbit/s."""
        number = abs(int(self.found or 0))
        return length(timedelta(minutes=number)) if self.aspect == Aspect.CLOCK else megabits(number)

    @property
    def is_ahead(self) -> bool:
        """Whether the clock shows a time that is still to come."""
        return not self.found.startswith("-")

    @property
    def kind(self) -> str:
        """What was tested, without what was found: by this faults are counted."""
        return self.asked if self.aspect == Aspect.HOST else _LABELS[Aspect(self.aspect)]

    @property
    def in_words(self) -> str:
        """The finding in a line for staff and suppliers."""
        return f"{self.kind}: {self._value() if self.found else 'could not be tested'}{self._fault()}"

    def _value(self) -> str:
        values = {
            Aspect.BROWSER: self.found,
            Aspect.CLOCK: "right",
            Aspect.COOKIES: "not kept" if self.is_fault else "kept",
            Aspect.STORAGE: "not allowed" if self.is_fault else "allowed",
            Aspect.HOST: "not reached" if self.is_fault else "reached",
            Aspect.SCREEN: f"{self.found} pixels wide",
        }
        if self.aspect == Aspect.CLOCK and self.is_fault:
            return f"{self.amount} {'ahead' if self.is_ahead else 'behind'}"
        if self.aspect == Aspect.CONNECTION:
            return f"about {self.amount} Mbit/s"
        return values.get(Aspect(self.aspect), "off" if self.is_fault else "on")

    def _fault(self) -> str:
        if self.aspect == Aspect.BROWSER and self.is_fault:
            return f" (too old: {self.asked} is needed)" if self.asked else " (the supplier does not name it)"
        needed = {Aspect.SCREEN: f"{self.asked} pixels", Aspect.CONNECTION: f"{self.asked} kbit/s"}
        return f" ({needed[Aspect(self.aspect)]} needed)" if self.is_fault and self.aspect in needed else ""


_LABELS = {aspect: "JavaScript" if aspect is Aspect.JAVASCRIPT else aspect.capitalize() for aspect in Aspect}


def megabits(kbits: int) -> str:
    """Kbit/s as Mbit/s, to two figures."""
    return f"{float(f'{kbits / 1000:.2g}'):g}"


def _drop_unsaid(hosts: Any) -> Any:
    """Without those that an old browser could not ask."""
    return {host: said for host, said in hosts.items() if said} if isinstance(hosts, dict) else hosts


class DeviceFacts(Input):
    """What a phone or computer says of itself: a claim, within bounds; null is what it cannot say.

    `clock_ms` is what its clock shows, in milliseconds since 1970; `clock_minutes` how far that is ahead.
    """

    javascript: YesNo = False
    cookies: YesNo | None = None
    storage: YesNo | None = None
    clock_ms: Annotated[int, InputField(ge=0, le=10**14)] | None = None
    clock_minutes: Annotated[int, InputField(ge=-(10**9), le=10**9)] | None = None
    screen: Annotated[int, InputField(ge=1, le=20_000)] | None = None
    kbits: Annotated[int, InputField(ge=0, le=10_000_000)] | None = None
    hosts: Annotated[dict[str, Said], BeforeValidator(_drop_unsaid)] = InputField(default_factory=dict)

    @property
    def minutes_ahead(self) -> int | None:
        """How far its clock is ahead of ours."""
        if self.clock_ms is None:
            return self.clock_minutes
        return round((self.clock_ms / 1000 - clock.now().timestamp()) / 60)


def judge(needs: DeviceNeeds, facts: DeviceFacts, user_agent: str) -> list[Finding]:
    """What was found of each thing that a programme needs, and of nothing else."""
    return [*_browser(needs, user_agent), *_switches(needs, facts), *_numbers(needs, facts)]


def _browser(needs: DeviceNeeds, user_agent: str) -> Iterator[Finding]:
    if asked := needs.first_browsers:
        browser = browser_of(user_agent)
        first = asked.get(browser.name) if browser else None
        is_fault = browser is not None and (first is None or browser < first)
        yield Finding(Aspect.BROWSER, str(browser or ""), str(first or ""), is_fault)


def _switches(needs: DeviceNeeds, facts: DeviceFacts) -> Iterator[Finding]:
    switches = {
        Aspect.JAVASCRIPT: (needs.needs_javascript, facts.javascript),
        Aspect.COOKIES: (needs.needs_cookies, facts.cookies),
        Aspect.STORAGE: (needs.needs_storage, facts.storage),
    }
    for aspect, (is_needed, is_on) in switches.items():
        if is_needed:
            yield Finding(aspect, _said(is_on), "yes", is_on is False)
    for host in needs.hosts:
        found = facts.hosts.get(host, "")
        yield Finding(Aspect.HOST, found, host, found == "no")


def _said(is_on: bool | None) -> str:
    return {True: "yes", False: "no"}.get(is_on, "") if is_on is not None else ""


def _numbers(needs: DeviceNeeds, facts: DeviceFacts) -> Iterator[Finding]:
    if needs.clock_minutes is not None:
        minutes = facts.minutes_ahead
        is_off = minutes is not None and abs(minutes) > needs.clock_minutes
        yield Finding(Aspect.CLOCK, _figure(minutes), str(needs.clock_minutes), is_off)
    least = {
        Aspect.SCREEN: (needs.screen_width, facts.screen),
        Aspect.CONNECTION: (needs.connection_kbits, facts.kbits),
    }
    for aspect, (asked, found) in least.items():
        if asked is not None:
            yield Finding(aspect, _figure(found), str(asked), found is not None and found < asked)


def _figure(number: int | None) -> str:
    return "" if number is None else str(number)


def attach_check(
    session: Session, number: int, findings: Sequence[Finding], origin_number: int, reporter: Reporter
) -> None:
    """Keep what was found with the ticket whose report, or whose answer, it came with.

    That a phone or a connection is not enough is a need of its reporter, which outlives the check.
    """
    session.add(DeviceCheck(ticket_number=number, origin_number=origin_number, findings=to_json(findings)))
    learned = {need for finding in findings if finding.is_fault and (need := _NEEDS.get(finding.aspect))}
    if missing := learned - set(reporter.access_needs):
        reporter.access_needs = [code for code in NEEDS if code in {*reporter.access_needs, *missing}]


_NEEDS: Mapping[str, str] = {
    Aspect.BROWSER: OLD_DEVICE,
    Aspect.SCREEN: OLD_DEVICE,
    Aspect.CONNECTION: WEAK_CONNECTION,
}
"""What a fault tells of a phone itself: what is switched off, a wrong clock or a blocked host does not."""


def to_json(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings as they are stored."""
    return [asdict(finding) for finding in findings]


def from_json(stored: Sequence[dict[str, Any]]) -> list[Finding]:
    """The findings that were stored."""
    return [Finding(**finding) for finding in stored]
