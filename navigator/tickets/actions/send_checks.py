"""What to think of before something written leaves the desk, or stays though it was meant to leave."""

import re
from collections.abc import Collection, Iterator

from sqlmodel import Session, col, func, select

from navigator.catalogue.contact import Contact
from navigator.people.reporter import Reporter
from navigator.phone_numbers import e164
from navigator.tickets.action_rules import ACTION_RULES, Action
from navigator.tickets.detail import TicketDetail
from navigator.tickets.ticket import Ticket

_PASSWORD = re.compile(
    r"\b(?:password|passcode|pin|memorable word)\b[^.\n]{0,25}?(?:\bis\b|\bto\b|[:=])\s*[\"“‘']?"
    r"(?!(?:the|a|not|your|wrong|set)\b)(?=\S*\d|\S*[@#$%&*_+=]\S)\S{4,}",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<!\d)(?:\+44|0)(?:[\s()-]{0,2}\d){9,10}(?!\d)")
_TEN = re.compile(r"(?<!\d)\d{3}[\s-]?\d{3}[\s-]?\d{4}(?!\d)")
_GREETS = re.compile(r"\A\s*(?:hi|hello|dear|good (?:morning|afternoon|evening))\b", re.IGNORECASE)
_ENDS = re.compile(
    r"\b(?:kind|best|warm) (?:regards|wishes)\b|\byours (?:sincerely|faithfully)\b", re.IGNORECASE
)


def send_warnings(session: Session, case: TicketDetail, action: Action, body: str) -> list[str]:
    """What to think of before `body` is said, in words; nothing when nothing stands out."""
    if action is Action.NOTE and (_GREETS.search(body) or _ENDS.search(body)):
        return ["This looks like a reply, but only staff will see it."]
    return [*_on_the_way_out(session, case, body)] if ACTION_RULES[action].goes_out else []


def _on_the_way_out(session: Session, case: TicketDetail, body: str) -> Iterator[str]:
    if case.reporter and not case.reporter.is_safe_to_contact:
        yield "It is not safe to contact this person. They read this only if they open their private link."
    yield from text_warnings(session, [case.service.id], body)


def bulk_send_warnings(session: Session, tickets: Collection[Ticket], body: str) -> list[str]:
    """What to think of before the same is said to the reporters of several tickets."""
    theirs = col(Reporter.id).in_([one.reporter_id for one in tickets])
    unsafe = (
        select(func.count()).select_from(Reporter).where(theirs, col(Reporter.is_safe_to_contact).is_(False))
    )
    many = session.exec(unsafe).one()
    told = [f"It is not safe to contact {many} of these people. They read this only by their private link."]
    return [*(told if many else ()), *text_warnings(session, {one.service_id for one in tickets}, body)]


def text_warnings(session: Session, services: Collection[int], body: str) -> Iterator[str]:
    """What stands out in words that leave these services."""
    if _PASSWORD.search(body):
        yield "There seems to be a password in it. Never send one."
    if has_nhs_number(body):
        yield "There seems to be an NHS number in it."
    if _numbers(body) - _known(session, services):
        yield "There is a phone number in it that is not one of your service’s contacts."


def has_nhs_number(text: str) -> bool:
    """Whether ten digits in a text pass the check of an NHS number (modulus 11, NHS Data Dictionary)."""
    return any(_checks(re.sub(r"\D", "", found)) for found in _TEN.findall(text))


def _checks(digits: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    check = (11 - total % 11) % 11
    return check != 10 and check == int(digits[9])


def _numbers(text: str) -> set[str]:
    return {e164(found) for found in _PHONE.findall(text)}


def _known(session: Session, services: Collection[int]) -> set[str]:
    phones = session.exec(select(Contact.phone).where(col(Contact.service_id).in_(services)))
    return {e164(phone) for phone in phones}
