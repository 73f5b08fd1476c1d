"""Requests of people about their records: found, copied, corrected or erased, and each of it audited."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from pydantic import Field
from sqlmodel import Session, col, select

from navigator import clock
from navigator.errors import Conflict, Forbidden, Invalid, NotFound
from navigator.fields import Id, Input, Line, LongText
from navigator.people.actor import Actor
from navigator.people.audit_log import record_change
from navigator.people.reporter import number_of, reference
from navigator.records.copy import Copy, Piece, pieces_of, pieces_of_mentions, pieces_of_settings
from navigator.records.erase import erase, refusals
from navigator.records.find import (
    MAY_FIND,
    Found,
    find_person,
    find_tickets,
    is_mentioned,
    with_addresses,
)
from navigator.records.holds import SUBJECT
from navigator.records.identifiers import read_identifiers
from navigator.records.in_settings import identifiers_of, settings_left, settings_naming
from navigator.records.tables import Erasure, RecordRequest, RequestStatus
from navigator.tickets.actions import staff
from navigator.tickets.inputs import SayInput

COPY_LASTS = timedelta(hours=1)
"""How long a copy can be fetched once it was handed over; then it is reviewed anew."""
_TOO_LITTLE = "Enter an email address, a phone number, a code, a ticket’s number or a name, one a line."


class FindInput(Input):
    """By what a person is found, one a line."""

    who: LongText = Field(min_length=1, title="by what they are found")


class ChoiceInput(Input):
    """Which of what was found is of the person."""

    tickets: Annotated[list[Id], Field(max_length=500)] = Field(default_factory=list, title="tickets")
    mentions: Annotated[list[str], Field(max_length=500)] = Field(default_factory=list, title="places")


class WithholdInput(Input):
    """What is left out of a copy, and why."""

    pieces: Annotated[list[str], Field(max_length=5000)] = Field(default_factory=list, title="left out")
    reason: Line = Field(default="", title="why it is left out")


class CorrectInput(Input):
    """A right value beside a wrong one."""

    number: Line = Field(min_length=1, title="the number of the ticket")
    wrong: Line = Field(min_length=1, title="what is wrong")
    right: Line = Field(min_length=1, title="what is right")


def begin(session: Session, actor: Actor, find_input: FindInput) -> RecordRequest:
    """Look for a person, and audit that somebody did, and what they found: never by what."""
    _require_manager(actor)
    identifiers = read_identifiers(find_input.who)
    if not identifiers:
        raise Invalid("There is a problem", {"who": _TOO_LITTLE})
    found = find_tickets(session, actor.services(*MAY_FIND), identifiers)
    request = RecordRequest(
        user_id=actor.user_id or 0,
        identifiers=[f"{each.kind} {each.value}" for each in identifiers],
        tickets=[each.ticket.number for each in found if each.is_sure],
    )
    session.add(request)
    session.flush()
    tickets = ", ".join(reference(each.ticket.number) for each in found) or "no ticket"
    _audit(session, actor, f"Looked for a person’s records: found {tickets}")
    return request


def _require_manager(actor: Actor) -> None:
    if actor.user_id is None or not actor.has(*MAY_FIND):
        raise Forbidden("Only a manager can look for a person’s records.")


def _audit(session: Session, actor: Actor, title: str) -> None:
    for service_id in sorted(actor.services(*MAY_FIND)):
        record_change(session, actor, service_id, SUBJECT, title)


def own_request(session: Session, actor: Actor, request_id: int, lock: bool = False) -> RecordRequest:
    """A request that the actor began; for anybody else there is none."""
    _require_manager(actor)
    is_own = (RecordRequest.id == request_id, RecordRequest.user_id == actor.user_id)
    query = select(RecordRequest).where(*is_own)
    request = session.exec(query.with_for_update() if lock else query).one_or_none()
    if request is None:
        raise NotFound("We cannot find that.")
    return request


def open_requests(session: Session, actor: Actor) -> Sequence[RecordRequest]:
    """What the actor looks at now, the newest first; erasures, too, that settings keep from being done."""
    is_not_done = col(RecordRequest.status).in_((RequestStatus.OPEN, RequestStatus.ERASED))
    is_own = (RecordRequest.user_id == actor.user_id, is_not_done)
    query = select(RecordRequest).where(*is_own).order_by(col(RecordRequest.id).desc()).limit(200)
    return [request for request in session.exec(query) if request.identifiers][:20]


def found_of(session: Session, actor: Actor, request: RecordRequest) -> Found:
    """What is found of the person now."""
    return find_person(session, actor, identifiers_of(request))


def choose(session: Session, actor: Actor, request_id: int, choice: ChoiceInput) -> RecordRequest:
    """Keep which of what was found is of the person; refused where something of it was not found."""
    request = _open(session, actor, request_id)
    _require_found(session, actor, request, choice.tickets, choice.mentions)
    request.tickets, request.mentions = sorted(set(choice.tickets)), sorted(set(choice.mentions))
    return request


def _open(session: Session, actor: Actor, request_id: int) -> RecordRequest:
    request = own_request(session, actor, request_id, lock=True)
    if request.status != RequestStatus.OPEN or not request.identifiers:
        raise Conflict("This is done. Look for them again.")
    return request


def copy_of(session: Session, request: RecordRequest) -> Copy:
    """The copy as it would leave now."""
    known = with_addresses(session, identifiers_of(request), request.tickets)
    others = pieces_of_mentions(session, request.mentions, known)
    in_settings = pieces_of_settings(settings_naming(session, request, known))
    return Copy([*pieces_of(session, request.tickets, known), *others, *in_settings], request.withheld)


def withhold(session: Session, actor: Actor, request_id: int, withhold_input: WithholdInput) -> RecordRequest:
    """Leave pieces out of the copy, all for one reason; those that were left out before keep theirs."""
    request = _open(session, actor, request_id)
    if not withhold_input.reason and not _has_reasons(request, withhold_input.pieces):
        raise Invalid("There is a problem", {"reason": "Say why it is left out."})
    request.withheld = {
        key: request.withheld.get(key) or withhold_input.reason for key in withhold_input.pieces
    }
    return request


def _has_reasons(request: RecordRequest, keys: Sequence[str]) -> bool:
    return all(request.withheld.get(key) for key in keys)


def hand_over(session: Session, actor: Actor, request_id: int) -> RecordRequest:
    """Let the copy be fetched for an hour, and audit how much leaves."""
    request = _open(session, actor, request_id)
    if not request.tickets and not request.mentions:
        raise Conflict("Choose at least one ticket or place first.")
    copy = copy_of(session, request)
    request.status, request.ended_at = RequestStatus.COPIED, clock.now()
    tickets = ", ".join(map(reference, request.tickets)) or "no tickets"
    held = f"{len(copy.leaving)} things, {len(copy.withheld)} left out"
    _audit(session, actor, f"A copy was made for a person: {tickets}, {held}")
    return request


def copy_to_fetch(session: Session, actor: Actor, request_id: int) -> Copy:
    """The copy that was handed over, for as long as it can be fetched."""
    request = own_request(session, actor, request_id)
    is_fresh = request.ended_at is not None and clock.now() < request.ended_at + COPY_LASTS
    if request.status != RequestStatus.COPIED or not is_fresh or not request.identifiers:
        raise Conflict("This copy cannot be fetched any more. Look for them again.")
    return copy_of(session, request)


def erase_person(session: Session, actor: Actor, request_id: int) -> Erasure:
    """Erase what was chosen, and forget by what it was found, but while settings still name the person."""
    request = _open(session, actor, request_id)
    if not request.tickets and not request.mentions:
        raise Conflict("Choose at least one ticket or place first.")
    _require_found(session, actor, request, request.tickets, request.mentions)
    known = with_addresses(session, identifiers_of(request), request.tickets)
    erasure = erase(session, actor, request.tickets, identifiers_of(request), request.mentions)
    session.refresh(request)
    request.status, request.ended_at = RequestStatus.ERASED, clock.now()
    request.mentions, request.withheld = [], {}
    left = settings_naming(session, request, known)
    request.identifiers = [f"{each.kind} {each.value}" for each in known] if left else []
    if left:
        _audit(session, actor, f"Settings still name a person who was erased: {len(left)}")
    return erasure


def _require_found(
    session: Session, actor: Actor, request: RecordRequest, tickets: Sequence[int], mentions: Sequence[str]
) -> None:
    """Refuse what the actor does not find, or no longer: words may have changed, or a role have ended.

    Each place is looked at by itself: in a transaction that writes nobody waits for a search of everything.
    """
    services, identifiers = actor.services(*MAY_FIND), identifiers_of(request)
    found = find_tickets(session, services, identifiers)
    is_there = set(tickets) <= {each.ticket.number for each in found}
    sure = [each.ticket.number for each in found if each.is_sure]
    known = with_addresses(session, identifiers, sure)
    if not is_there or not all(is_mentioned(session, services, known, key) for key in mentions):
        raise Conflict("Something has changed since you opened this page. Look at it as it is now.")


def why_not_erased(session: Session, request: RecordRequest) -> list[str]:
    """Why what was chosen cannot be erased now."""
    return refusals(session, request.tickets, request.mentions)


def forget(session: Session, actor: Actor, request_id: int) -> None:
    """Forget a request that is not needed."""
    request = own_request(session, actor, request_id, lock=True)
    if request.status == RequestStatus.ERASED and (left := settings_left(session, request)):
        _audit(session, actor, f"Settings that name a person were left as they are: {len(left)}")
    request.identifiers, request.mentions, request.withheld = [], [], {}
    request.ended_at = clock.now()


def correct(session: Session, actor: Actor, request_id: int, correction: CorrectInput) -> None:
    """Put a right value beside a wrong one, as a note on the ticket: what was written stays, and is seen."""
    request = _open(session, actor, request_id)
    number = number_of(correction.number)
    if number not in request.tickets:
        raise Invalid("There is a problem", {"number": "Choose a ticket of this person."})
    words = f"Corrected at the person’s request.\nWrong: {correction.wrong}\nRight: {correction.right}"
    ticket = staff.note(session, actor, number, SayInput(body=words))
    record_change(session, actor, ticket.service_id, SUBJECT, f"{reference(number)} was corrected")


def flagged(pieces: Sequence[Piece]) -> int:
    """How many pieces somebody must look at before they leave."""
    return sum(bool(piece.flags) for piece in pieces)
