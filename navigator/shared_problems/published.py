"""Publishing a problem: what a person read and shared of it, and nothing else that the desk knows."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, field_validator
from sqlmodel import Session, col, func, select

from navigator import clock
from navigator.errors import Conflict, Invalid
from navigator.fields import FREE_TEXT, STORED, Input, Line, YesNo
from navigator.people.actor import Actor
from navigator.problems.pack_words import names_in
from navigator.problems.problem import Problem
from navigator.problems.records import add_note, find, require_editor
from navigator.shared_problems import signatures
from navigator.shared_problems.tables import PublishedProblem, Sharing
from navigator.small_numbers import rounded
from navigator.tickets.ticket import Status, Ticket
from navigator.triage.redaction import without_identifiers

LONGEST = 2000
Words = Annotated[str, Field(max_length=LONGEST), STORED, FREE_TEXT]


class PublishInput(Input):
    """What other desks may read of a problem; `is_read` says that somebody has read it as it goes."""

    title: Annotated[Line, Field(min_length=1)] = Field(title="a title")
    known: Words = Field(default="", title="what it is")
    workaround: Words = Field(default="", title="the workaround")
    versions: Line = Field(default="", title="the versions")
    is_read: YesNo = False

    @field_validator("title", "known", "workaround", "versions")
    @classmethod
    def _names_nobody(cls, value: str) -> str:
        if without_identifiers(value).split() != value.split():
            raise ValueError("Take out addresses, links, phone numbers, codes and names of people")
        return value

    @field_validator("is_read")
    @classmethod
    def _is_read(cls, value: bool) -> bool:
        if not value:
            raise ValueError("Read it, then say that nobody is named in it")
        return value


def sharing_of(session: Session) -> Sharing:
    """Whether this desk shares anything, and as whom."""
    return session.get(Sharing, 1) or Sharing()


def is_shared(session: Session) -> bool:
    """Whether the feed is there for others: switched on, and signed by a key."""
    return sharing_of(session).is_active and bool(signatures.live_keys(session))


def published(session: Session, problem: Problem) -> PublishedProblem | None:
    """What was published of a problem, if it is."""
    return session.get(PublishedProblem, problem.id)


def what_to_publish(session: Session, problem: Problem) -> PublishInput:
    """What a form for publishing begins with: what is out, else what is known of the programme."""
    if row := published(session, problem):
        values = {name: getattr(row, name) for name in ("title", "known", "workaround", "versions")}
    else:
        values = {
            "title": problem.title,
            "known": problem.known[:LONGEST],
            "workaround": problem.workaround[:LONGEST],
        }
    return PublishInput.model_construct(is_read=False, **values)


def has_changed_since(problem: Problem, row: PublishedProblem) -> bool:
    """Whether a problem was changed after it was published: then somebody may want to look again."""
    return problem.updated_at > row.updated_at


def publish(session: Session, actor: Actor, id: int, publish_input: PublishInput) -> PublishedProblem:
    """Publish a problem in these words, or publish it anew."""
    problem = _to_change(session, actor, id)
    if not is_shared(session):
        raise Conflict("This desk shares no problems. An administrator can switch that on.")
    values = publish_input.model_dump(exclude={"is_read"})
    _require_nobody(session, problem, values)
    row = published(session, problem) or PublishedProblem(problem_id=problem.id, title="")
    for name, value in values.items():
        setattr(row, name, value)
    row.published_by, row.updated_at = actor.user_id, clock.now()
    session.add(row)
    add_note(session, actor, problem, "Shared with other desks.")
    session.flush()
    return row


def _require_nobody(session: Session, problem: Problem, values: Mapping[str, str]) -> None:
    """Refuse words that hold the name of staff, or of who reported this, or the code of a card."""
    found = {
        name: names_in(session, value, col(Ticket.problem_id) == problem.id) for name, value in values.items()
    }
    if errors := {
        name: f"Take out “{names[0]}”, which is the name or code of somebody"
        for name, names in found.items()
        if names
    }:
        raise Invalid("There is a problem", errors)


def withdraw(session: Session, actor: Actor, id: int) -> None:
    """Take a problem out of the feed; other desks see that when they read it next."""
    problem = _to_change(session, actor, id)
    if row := published(session, problem):
        session.delete(row)
        add_note(session, actor, problem, "Taken back from other desks.")
        session.flush()


def _to_change(session: Session, actor: Actor, id: int) -> Problem:
    problem = find(session, actor, id, lock=True)
    require_editor(actor, problem)
    return problem


def reports_of(session: Session, problem_ids: list[int]) -> dict[int, int | None]:
    """How many reports each problem has in all services, as it may leave the desk."""
    query = select(Ticket.problem_id, func.count()).where(
        col(Ticket.problem_id).in_(problem_ids), Ticket.status != Status.MERGED
    )
    counted = dict(session.exec(query.group_by(col(Ticket.problem_id))).all())
    return {id: rounded(counted.get(id, 0)) for id in problem_ids}
