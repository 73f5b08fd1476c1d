"""Routes for the supplier of a known problem: the letter, sending it, and what they said."""

from datetime import date
from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, Field
from sqlmodel import Session

from api.deps import Caller, Reading, Router, Writing, audience
from api.errors import error_responses
from navigator.fields import MAX_ID
from navigator.people.actor import Actor
from navigator.problems import records, suppliers
from navigator.problems.supplier_by_key import (
    SeenSendInput,
    SignedSaidInput,
    letter_of,
    record_said_for,
    send_for,
)
from navigator.problems.supplier_entry import SupplierStep
from navigator.problems.suppliers import ListedEntry

router = Router(
    prefix="/problems/{id}/supplier", tags=["known problems"], responses=error_responses(401, 403, 404)
)

Id = Annotated[int, Path(ge=1, le=MAX_ID)]
editors = audience(*records.MAY_EDIT)


class SupplierStepOut(BaseModel):
    """One step with the supplier; of what was sent also the letter as it went."""

    kind: SupplierStep
    on: date
    due_on: date | None = Field(description="The day of a promise")
    by: str | None = Field(description="Who wrote it down; null: the desk itself")
    to: str
    subject: str
    words: str = Field(description="The letter as it went, or what they said")
    has_left: bool = Field(description="Whether the mail has left the desk")


class SupplierOut(BaseModel):
    """The letter as it would go now, and what passed between us and the supplier, newest first."""

    to: str = Field(description="Empty: an administrator has to set the address first")
    subject: str
    letter: str
    letter_mark: str = Field(description="Of this letter to this address: sending asks for it")
    sent_on: date | None
    steps: list[SupplierStepOut]


@router.get("", dependencies=[editors])
def show_supplier(session: Reading, actor: Caller, id: Id) -> SupplierOut:
    """The letter with the pack: facts that lead to nobody. Somebody reads it before it is sent."""
    return _supplier_out(session, actor, id)


@router.post("/sending", dependencies=[editors], responses=error_responses(409))
def send_to_supplier(session: Writing, actor: Caller, id: Id, sent: SeenSendInput) -> SupplierOut:
    """Send it for somebody who has read this very letter; once more only with `again`."""
    send_for(session, actor, id, sent)
    return _supplier_out(session, actor, id)


@router.post("/answer", dependencies=[editors], responses=error_responses(409))
def record_supplier_answer(session: Writing, actor: Caller, id: Id, said: SignedSaidInput) -> SupplierOut:
    """Write down what the supplier said: that they have it, what it is, or a day that they promise."""
    record_said_for(session, actor, id, said)
    return _supplier_out(session, actor, id)


def _supplier_out(session: Session, actor: Actor, id: int) -> SupplierOut:
    problem = records.find(session, actor, id)
    letter = letter_of(session, problem)
    return SupplierOut(
        to=letter.to,
        subject=letter.subject,
        letter=letter.words,
        letter_mark=letter.mark,
        sent_on=suppliers.last_sent_on(session, problem),
        steps=[_step_out(listed) for listed in suppliers.entries(session, problem)],
    )


def _step_out(listed: ListedEntry) -> SupplierStepOut:
    entry = listed.entry
    return SupplierStepOut(
        kind=SupplierStep(entry.kind),
        on=entry.happened_on,
        due_on=entry.due_on,
        by=listed.author,
        to=entry.to_address,
        subject=entry.subject,
        words=entry.body,
        has_left=listed.has_left,
    )
