"""Dealing with suppliers: a problem is sent with its pack, and what they say is kept."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.programme import Programme
from navigator.catalogue.supplier_terms import SupplierTerms, supplier_terms_of
from navigator.dates_in_words import day
from navigator.errors import Conflict, Forbidden, Invalid
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.people.actor import Actor
from navigator.people.user import User
from navigator.problems.inputs import SaidInput, SendInput
from navigator.problems.problem import Problem, ProblemStatus
from navigator.problems.public_list import IS_OVER
from navigator.problems.records import (
    add_step,
    begin_change,
    find,
    require_editor,
    set_status,
)
from navigator.problems.supplier_entry import MAILED, SupplierEntry, SupplierStep
from navigator.problems.supplier_pack import SupplierPack, problem_pack

TEMPLATE = "supplier"
_BEFORE_SENDING = (ProblemStatus.OPEN, ProblemStatus.KNOWN_ERROR)


def send(session: Session, actor: Actor, id: int, send_input: SendInput) -> SupplierEntry:
    """Send a problem to its supplier with the pack as it is now; what, when, by whom and to where is kept."""
    problem = begin_change(find(session, actor, id, lock=True), send_input.version)
    require_editor(actor, problem)
    if actor.user_id is None:
        raise Forbidden("A problem is sent by a person who has looked at the pack.")
    terms = supplier_terms_of(session, problem.programme_id)
    if terms is None or not terms.email:
        raise Invalid("", {"again": "An administrator has to set the supplier’s address first"})
    sent_on = last_sent_on(session, problem)
    if sent_on and not send_input.again:
        raise Conflict(f"This was sent on {day(sent_on)}. Say that it is to go once more.")
    entry = mail(session, actor, problem, terms, SupplierStep.CHASED if sent_on else SupplierStep.SENT)
    problem.reported_to_supplier_on = problem.reported_to_supplier_on or clock.today()
    if problem.status in _BEFORE_SENDING:
        set_status(session, actor, problem, ProblemStatus.WITH_SUPPLIER)
    return entry


def last_sent_on(session: Session, problem: Problem, *conditions: ColumnElement[bool]) -> date | None:
    """The last day on which a problem was sent to its supplier from here; None if it never was."""
    sent = select(col(SupplierEntry.happened_on)).where(
        SupplierEntry.problem_id == problem.id, col(SupplierEntry.kind).in_(MAILED), *conditions
    )
    return session.exec(sent.order_by(col(SupplierEntry.id).desc()).limit(1)).first()


def mail(
    session: Session, actor: Actor, problem: Problem, terms: SupplierTerms, kind: SupplierStep
) -> SupplierEntry:
    """Send the pack as it is now to the supplier's address, and keep it."""
    pack = problem_pack(session, problem)
    facts = {"to_address": terms.email, "subject": subject(session, problem, pack)}
    body = letter(problem, terms, pack.as_text())
    entry = add_step(session, actor, problem, kind, body=body, **facts)
    enqueue(session, TEMPLATE, Recipient.SUPPLIER, entry.id)
    return entry


def subject(session: Session, problem: Problem, pack: SupplierPack) -> str:
    """The subject of the letter: the programme, and what the problem is called."""
    return f"{session.get_one(Programme, problem.programme_id).name}: {pack.title}"


def letter(problem: Problem, terms: SupplierTerms | None, pack: str) -> str:
    """What the supplier reads: why we write, where they answer, and the pack."""
    answer = f"Please answer to {terms.answer_to}" if terms and terms.answer_to else "Please answer us"
    return "\n\n".join(
        [_reason(problem), f"{answer} and name our reference, known problem {problem.id}.", pack]
    )


def _reason(problem: Problem) -> str:
    promised = problem.supplier_due_on
    if promised and promised < clock.today() and problem.status not in IS_OVER:
        return f"You told us that this would be put right by {day(promised)}. Please tell us the new day."
    if problem.reported_to_supplier_on:
        told_on = day(problem.reported_to_supplier_on)
        return f"You have known this problem since {told_on}. This is how it stands now."
    return "We report a problem with your programme."


def record_said(session: Session, actor: Actor, id: int, said: SaidInput) -> Problem:
    """Write down what the supplier said; a promised day is theirs until they give another one."""
    problem = begin_change(find(session, actor, id, lock=True), said.version)
    require_editor(actor, problem)
    kind = SupplierStep(said.kind)
    facts: dict[str, Any] = {"happened_on": said.happened_on, "due_on": said.due_on, "body": said.body}
    add_step(session, actor, problem, kind, **facts)
    problem.acknowledged_on = problem.acknowledged_on or said.happened_on
    if kind is not SupplierStep.ACKNOWLEDGED:
        problem.answered_on = problem.answered_on or said.happened_on
    if kind is SupplierStep.PROMISED:
        problem.supplier_due_on = said.due_on
        if problem.status in (*_BEFORE_SENDING, ProblemStatus.WITH_SUPPLIER):
            set_status(session, actor, problem, ProblemStatus.FIX_PLANNED)
    return problem


@dataclass(frozen=True)
class ListedEntry:
    """A step with the supplier, who wrote it down, and whether its mail has left."""

    entry: SupplierEntry
    author: str | None
    has_left: bool
    has_failed: bool


def entries(session: Session, problem: Problem) -> list[ListedEntry]:
    """What passed between us and the supplier of a problem, newest first."""
    query = (
        select(SupplierEntry, User.name, OutboxMessage.id, OutboxMessage.sent_at, OutboxMessage.failed_at)  # type: ignore[call-overload]
        .outerjoin(User, col(User.id) == col(SupplierEntry.user_id))
        .outerjoin(
            OutboxMessage,
            (col(OutboxMessage.recipient) == Recipient.SUPPLIER)
            & (col(OutboxMessage.recipient_id) == col(SupplierEntry.id)),
        )
        .where(SupplierEntry.problem_id == problem.id)
        .order_by(col(SupplierEntry.id).desc())
    )
    return [
        ListedEntry(entry, author, mail is None or sent_at is not None, failed_at is not None)
        for entry, author, mail, sent_at, failed_at in session.exec(query)
    ]
