"""Training examples for the classifier: what navigators made of reports, read live from the tickets."""

from collections.abc import Collection

from sqlalchemy import func
from sqlmodel import Session, and_, col, not_, or_, select

from navigator.catalogue.service import Service
from navigator.people.actor import SYSTEM
from navigator.people.reporter import Reporter
from navigator.people.user import User
from navigator.phone_numbers import normalised
from navigator.tickets.action_rules import Action
from navigator.tickets.ticket import Author, Message, Resolution, Status, Ticket
from navigator.tickets.visibility import visible_to
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
    col(Message.body) != "",
)


def training_examples(session: Session) -> list[Correction]:
    """The reports that a navigator triaged, or that ended as they were, oldest first, without identifiers.

    Those of a demonstration teach nothing.
    """
    staff_names = session.exec(select(User.name)).all()
    ended = and_(
        col(Ticket.status).in_(_ENDED),
        col(Ticket.resolution).is_distinct_from(Resolution.WITHDRAWN),
        col(Ticket.suggestion_is_hidden).is_(False),
    )
    labelled_at = func.coalesce(col(Ticket.triaged_at), col(Ticket.updated_at))
    query = (
        select(Ticket, Reporter, Message.body)
        .join(Reporter, col(Reporter.id) == col(Ticket.reporter_id))
        .join(Message, _IS_REPORT)
        .where(visible_to(SYSTEM), col(Ticket.category).is_not(None), Ticket.status != Status.MERGED)
        .where(col(Ticket.service_id).in_(select(Service.id).where(not_(Service.is_demonstration))))
        .where(or_(col(Ticket.triaged_at).is_not(None), ended))
        .order_by(labelled_at.desc(), col(Ticket.number).desc())
        .limit(MAX_EXAMPLES)
    )
    return [_correction(*row, staff_names) for row in session.exec(query).all()[::-1]]


def _correction(ticket: Ticket, reporter: Reporter, body: str, staff_names: Collection[str]) -> Correction:
    return Correction(
        text=without_identifiers(body, [*staff_names, ticket.practitioner_name_given]),
        label=ticket.category or "",
        ticket=ticket.number,
        audience=ticket.reporter_kind,
        weight=_weight(ticket),
        reporter_key=_reporter_key(reporter),
        is_triaged=ticket.triaged_at is not None,
    )


def _weight(ticket: Ticket) -> float:
    if ticket.triaged_at is None:
        return WEIGHT_UNTOUCHED
    return WEIGHT_AT_CLOSING if ticket.status in _ENDED else WEIGHT_TRIAGED


def _reporter_key(reporter: Reporter) -> str:
    """The same for one person's reports, where that can be known; it never leaves this machine."""
    phone = normalised(reporter.phone)
    return str(reporter.user_id or reporter.email or phone or reporter.support_code or f"#{reporter.id}")


def without_text(session: Session, numbers: Collection[int]) -> frozenset[int]:
    """Those of these tickets whose report text is gone."""
    with_text = session.exec(
        select(Ticket.number).join(Message, _IS_REPORT).where(col(Ticket.number).in_(numbers))
    )
    return frozenset(numbers) - frozenset(with_text)
