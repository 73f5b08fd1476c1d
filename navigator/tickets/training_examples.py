"""Training examples for the classifier: what navigators made of reports, read live from the tickets."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, and_, col, not_, or_, select

from navigator.catalogue.service import Service
from navigator.people.actor import SYSTEM
from navigator.people.user import User
from navigator.tickets.action_rules import Action
from navigator.tickets.redaction import REMOVED
from navigator.tickets.ticket import Author, Message, Resolution, Status, Ticket
from navigator.tickets.visibility import visible_to
from navigator.triage import report_vectors
from navigator.triage.corpus import Correction
from navigator.triage.redaction import without_identifiers

MAX_EXAMPLES = 5_000
"""So many of the newest are learned from: more would last too long."""

WEIGHT_AT_CLOSING, WEIGHT_TRIAGED, WEIGHT_UNTOUCHED = 2.0, 1.0, 0.2
"""How much a category counts beside a written text: at closing most; one that nobody touched, little."""

_ENDED = (Status.RESOLVED, Status.CLOSED)
_IS_REPORT = and_(
    col(Message.ticket_number) == col(Ticket.number),
    col(Message.origin_number) == col(Ticket.number),
    col(Message.action) == Action.REPORT,
    col(Message.author) == Author.REPORTER,
    col(Message.body).not_in(("", REMOVED)),
)


def training_examples(session: Session) -> list[Correction]:
    """The reports that a navigator triaged, or that ended as they were, oldest first, without identifiers.

    Those of a demonstration teach nothing.
    """
    ended = and_(
        col(Ticket.status).in_(_ENDED),
        col(Ticket.resolution).is_distinct_from(Resolution.WITHDRAWN),
        col(Ticket.suggestion_is_hidden).is_(False),
    )
    labelled_at = func.coalesce(col(Ticket.triaged_at), col(Ticket.updated_at))
    query = (
        _labelled_reports(or_(col(Ticket.triaged_at).is_not(None), ended))
        .order_by(labelled_at.desc(), col(Ticket.number).desc())
        .limit(MAX_EXAMPLES)
    )
    return _corrections(session, query)[::-1]


def remember_sorting(session: Session, number: int) -> None:
    """Keep a report under the category that a navigator gave it, for what is suggested from now on.

    What was kept of it before goes; as the ticket stands now, nothing may come in its place.
    """
    report_vectors.forget(session, number)
    is_sorted = and_(Ticket.number == number, col(Ticket.triaged_at).is_not(None))
    query = _labelled_reports(is_sorted).with_for_update(read=True, of=Message).limit(1)
    corrections = _corrections(session, query)
    report_vectors.keep(session, corrections, report_vectors.embed(corrections))


def _labelled_reports(condition: Any) -> Any:
    return (
        select(Ticket, Service.code, Message.body)
        .join(Service, col(Service.id) == col(Ticket.service_id))
        .join(Message, _IS_REPORT)
        .where(visible_to(SYSTEM), col(Ticket.category).is_not(None), Ticket.status != Status.MERGED)
        .where(not_(col(Service.is_demonstration)), condition)
    )


def _corrections(session: Session, query: Any) -> list[Correction]:
    rows: Sequence[Any] = session.exec(query).all()
    staff_names = session.exec(select(User.name)).all() if rows else ()
    return [_correction(ticket, service, body, staff_names) for ticket, service, body in rows]


def _correction(ticket: Ticket, service: str, body: str, staff_names: Collection[str]) -> Correction:
    return Correction(
        text=without_identifiers(body, [*staff_names, ticket.practitioner_name_given]),
        label=ticket.category or "",
        ticket=ticket.number,
        service=service,
        audience=ticket.reporter_kind,
        weight=_weight(ticket),
        is_triaged=ticket.triaged_at is not None,
    )


def _weight(ticket: Ticket) -> float:
    if ticket.triaged_at is None:
        return WEIGHT_UNTOUCHED
    return WEIGHT_AT_CLOSING if ticket.status in _ENDED else WEIGHT_TRIAGED


def without_text(session: Session, numbers: Collection[int], *, lock: bool = False) -> frozenset[int]:
    """Those of these tickets whose report text is gone; locked, the others keep theirs for so long."""
    query = select(Ticket.number).join(Message, _IS_REPORT).where(col(Ticket.number).in_(numbers))
    with_text = session.exec(query.with_for_update(read=True, of=Message) if lock else query)
    return frozenset(numbers) - frozenset(with_text)
