"""What a support card answers of the report form: which questions are not asked, and never what it knows."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from navigator.catalogue.lookups import service_of
from navigator.outbox import delivery
from navigator.people.reporter import ContactMethod
from navigator.people.support_card import SupportCard, card_by_code
from navigator.tickets.report_by_card import practitioner_of, programme_code, session_ahead

Answers = Mapping[str, Any]


def answers_from_card(session: Session, card: SupportCard) -> dict[str, Any]:
    """The answers that a card gives: where it is about, its code, and the steps that need not be asked.

    What it knows is put in on the server when the report is sent: whoever has the code sees none of it.
    """
    programme, knows = programme_code(session, card), []
    if session_ahead(card):
        knows.append("session")
    if practitioner_of(session, card):
        knows.append("practitioner")
    if card.is_written_to and delivery.works(ContactMethod(card.contact_method or "")):
        knows.append("reach")
    # Where they choose another service, it is told nothing that the card knows: then it must be asked.
    answers: dict[str, Any] = {"card": {"support_code": card.code, "knows": knows if programme else []}}
    if programme:
        service = service_of(session, card.service_id)
        answers["place"] = {"service": service.code, "programme": programme}
    return answers


def answers_by_code(session: Session, code: str) -> dict[str, Any]:
    """The answers that the card of a code gives; none without a card."""
    card = card_by_code(session, code)
    return answers_from_card(session, card) if card else {}


def known_by_card(answers: Answers) -> frozenset[str]:
    """The steps that a card answers."""
    return frozenset(answers.get("card", {}).get("knows", ())) - {"practitioner"}


def without_ended_card(session: Session, answers: dict[str, Any], lock: bool) -> dict[str, Any]:
    """The answers, where their card has ended meanwhile without what it knew: that must be asked now."""
    code = answers.get("card", {}).get("support_code", "")
    if not code or card_by_code(session, code, lock) is not None:
        return answers
    return answers | {"card": {"support_code": "", "knows": [], "is_ended": True}}
