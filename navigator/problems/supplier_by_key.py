"""What another system does with suppliers by a key: for a person of the service, who has read the letter."""

from hashlib import sha256
from typing import Annotated, NamedTuple

from pydantic import Field
from sqlmodel import Session

from navigator.catalogue.supplier_terms import supplier_terms_of
from navigator.errors import Conflict
from navigator.fields import Email
from navigator.people.actor import Actor
from navigator.people.named_person import named_person
from navigator.problems import suppliers
from navigator.problems.inputs import SaidInput, SendInput
from navigator.problems.problem import Problem
from navigator.problems.records import MAY_EDIT, find
from navigator.problems.supplier_entry import SupplierEntry
from navigator.problems.supplier_pack import problem_pack

By = Annotated[
    Email, Field(title="who acts", description="Their address at the desk: a navigator or manager")
]


class SeenSendInput(SendInput):
    """That a problem goes to its supplier now, as somebody has read the letter."""

    by: By
    letter_mark: str = Field(
        min_length=64, max_length=64, pattern="^[0-9a-f]+$", description="That of the letter which they read"
    )


class SignedSaidInput(SaidInput):
    """What the supplier said, and who writes it down."""

    by: By


class Letter(NamedTuple):
    """The letter about a problem as it would go now."""

    to: str
    subject: str
    words: str

    @property
    def mark(self) -> str:
        """What tells this letter from any other."""
        return sha256("\n".join(self).encode()).hexdigest()


def letter_of(session: Session, problem: Problem) -> Letter:
    """The letter about a problem; without an address where an administrator has set none."""
    terms, pack = supplier_terms_of(session, problem.programme_id), problem_pack(session, problem)
    words = suppliers.letter(problem, terms, pack.as_text())
    return Letter(terms.email if terms else "", suppliers.subject(session, problem, pack), words)


def send_for(session: Session, actor: Actor, id: int, sent: SeenSendInput) -> SupplierEntry:
    """Send a problem to its supplier for whoever read the letter, if it is still that one."""
    problem = find(session, actor, id)
    person = _person(session, actor, problem, sent.by)
    if letter_of(session, problem).mark != sent.letter_mark:
        raise Conflict("The letter has changed since it was read. Read it again.")
    return suppliers.send(session, person, id, SendInput(again=sent.again, version=sent.version))


def record_said_for(session: Session, actor: Actor, id: int, said: SignedSaidInput) -> Problem:
    """Write down for somebody what the supplier said."""
    person = _person(session, actor, find(session, actor, id), said.by)
    return suppliers.record_said(session, person, id, SaidInput(**said.model_dump(exclude={"by"})))


def _person(session: Session, actor: Actor, problem: Problem, by: str) -> Actor:
    """The key as it acts for a navigator or manager of the service that looks after the problem."""
    words = "Enter the address of a navigator or manager of the service"
    return named_person(session, actor, problem.service_id, by, MAY_EDIT, words)
