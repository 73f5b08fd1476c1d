"""Checks before a message is sent: passwords, NHS and phone numbers, unsafe contact, a reply in a note."""

import re
from collections.abc import Collection, Iterator

from sqlmodel import Session, col, func, select

from navigator.catalogue.contact import Contact
from navigator.errors import Conflict, Invalid
from navigator.people.actor import Actor
from navigator.people.reporter import Reporter
from navigator.phone_numbers import e164
from navigator.tickets.action_rules import ACTION_RULES, Action
from navigator.tickets.detail import TicketDetail
from navigator.tickets.enums import Audience, Author
from navigator.tickets.placeholders import unfilled
from navigator.tickets.ticket import Ticket

_PASSWORD = re.compile(
    r"\b(?:password|passcode|pin|memorable word)\b[^.\n]{0,25}?(?:\bis\b|\bto\b|[:=])\s*[\"“‘']?"
    r"(?!(?:the|a|not|your|wrong|set)\b)(?=\S*\d|\S*[@#$%&*_+=]\S)(\S{4,})",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<!\d)(?:\+44|0)(?:[\s()-]{0,2}\d){9,10}(?!\d)")
_TEN_DIGITS = re.compile(r"(?<!\d)\d{3}[\s-]?\d{3}[\s-]?\d{4}(?!\d)")
_GREETING = re.compile(r"\A\s*(?:hi|hello|dear|good (?:morning|afternoon|evening))\b", re.IGNORECASE)
_SIGN_OFF = re.compile(
    r"\b(?:kind|best|warm) (?:regards|wishes)\b|\byours (?:sincerely|faithfully)\b", re.IGNORECASE
)

_UNSAFE = "It is not safe to contact this person. They read this only if they open their private link."
_UNSENT = "This person typed this and did not send it. No message goes out to them."
_SENT_ALREADY = "You sent these words last, and nobody has answered since."
_LOOK_FIRST = "Nothing was sent. Look at this first. Then send it again, changed or with `confirmed`."


def send_warnings(session: Session, detail: TicketDetail, action: Action, body: str) -> list[str]:
    """The warnings to show before `body` is sent; none when nothing stands out."""
    if action is Action.NOTE and (_GREETING.search(body) or _SIGN_OFF.search(body)):
        return ["This looks like a reply, but only staff will see it."]
    return [*_outgoing_warnings(session, detail, body)] if ACTION_RULES[action].is_staff_to_reporter else []


def _outgoing_warnings(session: Session, detail: TicketDetail, body: str) -> Iterator[str]:
    if detail.reporter and detail.reporter.is_unsafe:
        yield _UNSAFE
    elif detail.reporter and detail.reporter.is_unsent:
        yield _UNSENT
    if _was_said_last(detail, body):
        yield _SENT_ALREADY
    yield from text_warnings(session, [detail.service.id], body)


def _was_said_last(detail: TicketDetail, body: str) -> bool:
    """Whether staff sent the same words last: who goes back finds what they sent in the box again."""
    said = [message for message in detail.messages if message.audience == Audience.PUBLIC]
    is_ours = bool(said) and said[-1].author == Author.STAFF
    return is_ours and said[-1].body.split() == body.split()


def require_confirmed(session: Session, actor: Actor, tickets: Collection[Ticket], body: str) -> None:
    """Refuse what another system sends to reporters, until somebody has looked at what is to be warned of.

    A person is shown the warnings by the page that they write on.
    """
    if actor.key_id is None or actor.has_confirmed or not tickets or not body:
        return
    warnings = bulk_send_warnings(session, tickets, body)
    if warnings:
        raise Conflict(_LOOK_FIRST, {"confirmed": " ".join(warnings)})


def require_filled(body: str) -> None:
    """Refuse words to a reporter in which something is still to be filled in: nobody can mean them so."""
    if gaps := unfilled(body):
        raise Invalid("There is a problem", {"body": f"Fill this in, or take it out: {gaps[0]}"})


def bulk_send_warnings(session: Session, tickets: Collection[Ticket], body: str) -> list[str]:
    """The warnings to show before one text is sent to the reporters of several tickets."""
    is_reporter = col(Reporter.id).in_([ticket.reporter_id for ticket in tickets])
    counted = select(func.count()).select_from(Reporter).where(is_reporter)
    unsafe = session.exec(counted.where(col(Reporter.is_safe_to_contact).is_(False))).one()
    unsent = session.exec(counted.where(col(Reporter.is_unsent))).one()
    unsafe_of_many = (
        f"It is not safe to contact {unsafe} of these people. They read this only by their private link."
    )
    unsent_of_many = f"{unsent} of these people did not send what they typed. No message goes out to them."
    warnings = {unsafe_of_many: unsafe, unsent_of_many: unsent}
    if len(tickets) == 1:
        warnings = {_UNSAFE: unsafe, _UNSENT: unsent}
    return [
        *(warning for warning, count in warnings.items() if count),
        *text_warnings(session, {ticket.service_id for ticket in tickets}, body),
    ]


def text_warnings(session: Session, services: Collection[int], body: str) -> Iterator[str]:
    """The warnings about a text that leaves these services."""
    if _PASSWORD.search(body):
        yield "There seems to be a password in it. Never send one."
    if has_nhs_number(body):
        yield "There seems to be an NHS number in it."
    if _phone_numbers(body) - _contact_phones(session, services):
        yield "There is a phone number in it that is not one of your service’s contacts."


def has_nhs_number(text: str) -> bool:
    """Whether ten digits in a text pass the check of an NHS number (modulus 11, NHS Data Dictionary)."""
    return bool(nhs_numbers(text))


def nhs_numbers(text: str) -> list[str]:
    """What of a text is an NHS number by that check, as it is written."""
    return [words for words in _TEN_DIGITS.findall(text) if _passes_modulus_11(re.sub(r"\D", "", words))]


def passwords(text: str) -> list[str]:
    """What a text seems to say that a password is."""
    return [words.rstrip(".,;:)\"”’'") for words in _PASSWORD.findall(text)]


def _passes_modulus_11(digits: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    check = (11 - total % 11) % 11
    return check != 10 and check == int(digits[9])


def _phone_numbers(text: str) -> set[str]:
    return {e164(match) for match in _PHONE.findall(text)}


def _contact_phones(session: Session, services: Collection[int]) -> set[str]:
    phones = session.exec(select(Contact.phone).where(col(Contact.service_id).in_(services)))
    return {e164(phone) for phone in phones}
