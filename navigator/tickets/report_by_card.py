"""A report by a support card: what its maker wrote down fills in what its reporter does not say.

A code that somebody typed proves nothing: what the card knows is kept with the report, for staff alone.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlmodel import Session, select

from navigator import clock
from navigator.catalogue.lookups import programme_of, programmes_of, service_of
from navigator.fields import YesNo
from navigator.people.access_needs import blocks_calls, joined_needs
from navigator.people.actor import Actor
from navigator.people.reporter import ContactMethod, ReporterKind
from navigator.people.support_card import SupportCard, card_by_code, cards_managed_by
from navigator.people.user import Membership, Role, User
from navigator.tickets.deadlines import next_session
from navigator.tickets.report_input import ContactInput, ReportInput, StaffReportInput


class CardReport(StaffReportInput):
    """A report that a card completed: it arrives attached to the practitioner who made the card."""

    pwp_id: int | None = None
    practitioner_is_confirmed: YesNo = False
    session_is_by_code: YesNo = False


def completed_by_card(session: Session, actor: Actor, report: ReportInput) -> ReportInput:
    """The report with what its support card knows, if its support code is one; else as it came."""
    card = _card_of(session, actor, report)
    if card is None or report.reporter is ReporterKind.PWP:
        return report
    card.used_at = card.reported_at = clock.now()
    if report.contact.is_safe is False:  # whoever says so, nothing is sent until its maker looks again
        card.is_safe_to_contact = False
    said = {name: getattr(report, name) for name in type(report).model_fields}
    known = {
        "programme": report.programme or programme_code(session, card),
        "contact": _contact(card, report.contact),
        "support_code": card.code,
        "known_as": said.get("known_as") or card.label,
    }
    known |= _session(card, report) | _practitioner(session, card, report)
    return CardReport.model_construct(**said | known)


def _card_of(session: Session, actor: Actor, report: ReportInput) -> SupportCard | None:
    """The card of its code, in its own service; of colleagues, only whoever may open the card has it."""
    card = card_by_code(session, report.support_code, lock=True) if report.support_code else None
    if card is None or service_of(session, card.service_id).code != report.service:
        return None
    if not actor.is_staff:
        return card
    query = select(SupportCard.id).where(SupportCard.id == card.id, cards_managed_by(actor))
    return card if session.exec(query).first() else None


def session_ahead(card: SupportCard) -> date | None:
    """The next session that a card knows of: a weekly one rolls on, one that is past is unknown."""
    return next_session(card.session_on, card.session_is_weekly, clock.today())


def programme_code(session: Session, card: SupportCard) -> str | None:
    """The code of its programme, while its service offers that."""
    programme = programme_of(session, card.programme_id)
    offered: Collection[int] = {each.id for each in programmes_of(session, card.service_id)}
    return programme.code if programme and programme.id in offered else None


def practitioner_of(session: Session, card: SupportCard) -> int | None:
    """The practitioner whose card it is, while they are one in its service."""
    query = select(User.id).join(Membership)
    is_one = (Membership.service_id == card.service_id, Membership.role == Role.PWP)
    return session.exec(query.where(User.id == card.pwp_id, User.is_active, *is_one)).first()


def _session(card: SupportCard, report: ReportInput) -> dict[str, Any]:
    coming = session_ahead(card)
    if report.next_session or coming is None:
        return {}
    return {
        "next_session": coming,
        "session_is_weekly": card.session_is_weekly,
        "session_is_by_code": True,
    }


def _practitioner(session: Session, card: SupportCard, report: ReportInput) -> dict[str, Any]:
    """Confirmed by the card’s maker, unless its reporter names somebody, which waits to be confirmed."""
    pwp_id = None if report.practitioner else practitioner_of(session, card)
    return {"pwp_id": pwp_id, "practitioner_is_confirmed": pwp_id is not None}


def _contact(card: SupportCard, said: ContactInput) -> ContactInput:
    """How to reach them: as they say now; else as the card’s maker wrote down, and marked safe or not."""
    known: dict[str, Any] = {"needs": said.needs or card.needs, "language": said.language or card.language}
    if said.quiet_from_hour is None:
        known |= {name: getattr(card, name) for name in ("quiet_from_hour", "quiet_until_hour")}
    wants_call = said.route == ContactMethod.PHONE
    known["access_needs"] = joined_needs(said.access_needs, card.access_needs, wants_call=wants_call)
    if said.route is None and not said.email and not said.phone and card.contact_method is not None:
        known |= {"is_safe": card.is_safe_to_contact, "other_is_safe": False}  # a card has one way
        if card.contact_method != ContactMethod.PHONE or not blocks_calls(said.access_needs):
            known |= {"route": card.contact_method, "email": card.email, "phone": card.phone}
    return ContactInput.from_stored(**said.model_dump() | known)
