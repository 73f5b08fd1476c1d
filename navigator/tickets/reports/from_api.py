"""Reports through the API: rate-limited, stored once (idempotency), and answered with what happens next."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field
from sqlmodel import Session

from navigator.catalogue.catalogue import Fixability, fixable
from navigator.catalogue.lookups import service_by_code
from navigator.errors import Forbidden
from navigator.outbox.urls import PRIVATE_LINK, absolute_url
from navigator.people import private_links
from navigator.people.actor import Actor
from navigator.people.reporter import LinkChannel, reference
from navigator.people.user import Role
from navigator.tickets.actions.staff import ReportResult, report
from navigator.tickets.promises import promises_on_report
from navigator.tickets.report_input import ReportInput
from navigator.tickets.reports import idempotency
from navigator.tickets.reports.idempotency import IdempotentRequest
from navigator.tickets.reports.limits import check_rate_limits
from navigator.tickets.safety_notice import SafetyNotice, language_notice, safety_notice
from navigator.tickets.ticket import Channel


class ReportReceipt(BaseModel):
    """What a reporter is told: who can put it right, why, and what happens by when."""

    number: int
    reference: str = Field(description="To say on the phone; it opens nothing by itself")
    category: str | None = Field(description="What it was sorted as; null until a person has read it")
    fixability: Fixability | None = Field(description="Who can put it right")
    fixable: bool | None = Field(
        description="true: in the service; false: not there; null: not known yet, or nothing to put right"
    )
    reason: str
    next_step: str
    workaround: str
    promises: list[str] = Field(
        default_factory=list, description="For the reporter: what happens and by when, as it is true now"
    )
    due_at: datetime = Field(description="Answered or put right by then")
    safety_notice: SafetyNotice | None = Field(description="Not null: show it before anything else")
    language_notice: str = Field(
        default="",
        description="Not empty where no screen could read the words, for they may not be in English: show it",
    )
    private_url: str | None = Field(
        default=None,
        description="Follows the ticket without an account. For the reporter alone: never log or keep it",
    )


def submit_report(
    session: Session,
    actor: Actor,
    report_input: ReportInput,
    once: IdempotentRequest | None,
    address: str | None,
) -> ReportReceipt:
    """Open a ticket once: a repeated request gets the same answer, with a private link of its own.

    `address` is where a caller without a key sends from; a key speaks for its own service only.
    """
    if once is not None and (earlier := idempotency.claim(session, once)) is not None:
        return _repeated_receipt(session, earlier)
    if actor.key_id is not None and service_by_code(session, report_input.service).id not in actor.services():
        raise Forbidden("This key may only report for its own service.")
    check_rate_limits(session, address)
    receipt = _receipt(session, report(session, actor, report_input, Channel.API))
    token = _mint(session, receipt) if _may_get_link(actor) else None
    if once is not None:
        idempotency.store_response(session, once, _stored_response(session, receipt, token))
    return _with_link(receipt, token)


def _may_get_link(actor: Actor) -> bool:
    """Whether the answer goes to the reporter, or to a system that is trusted to show it to nobody else."""
    return actor.key_id is None or actor.has(Role.INTAKE)


def _receipt(session: Session, result: ReportResult) -> ReportReceipt:
    ticket = result.ticket
    promised = promises_on_report(session, ticket, result.reporter)
    fixability = Fixability(ticket.fixability) if ticket.fixability else None
    return ReportReceipt(
        number=ticket.number,
        reference=reference(ticket.number),
        category=ticket.category,
        fixability=fixability,
        fixable=fixable(fixability) if fixability else None,
        reason=ticket.fixability_reason,
        next_step=promised.next_step,
        workaround=ticket.workaround,
        promises=[*promised.happens, *filter(None, [promised.answer_by])],
        due_at=ticket.due_at,
        safety_notice=safety_notice(session, ticket),
        language_notice=language_notice(session, ticket),
    )


def _stored_response(session: Session, receipt: ReportReceipt, token: str | None) -> dict[str, Any]:
    """The response as it is stored for a repeat: of its link only the id, so that revoking it revokes all."""
    link = private_links.link_by_token(session, token) if token else None
    return {"promise": receipt.model_dump(mode="json"), "link": link.id if link else None}


def _repeated_receipt(session: Session, stored: dict[str, Any]) -> ReportReceipt:
    receipt = ReportReceipt.model_validate(stored["promise"])
    is_valid = stored["link"] is not None and private_links.link_by_id(session, stored["link"]) is not None
    return _with_link(receipt, _mint(session, receipt) if is_valid else None)


def _mint(session: Session, receipt: ReportReceipt) -> str:
    return private_links.mint(session, receipt.number, LinkChannel.API)


def _with_link(receipt: ReportReceipt, token: str | None) -> ReportReceipt:
    url = absolute_url(PRIVATE_LINK, token=token) if token else None
    return receipt.model_copy(update={"private_url": url})
