"""Who is away, until when, and who covers."""

from fastapi import APIRouter

from api.deps import Caller, Writing, audience
from api.errors import problems
from api.people import Id, PersonOut, person
from navigator.people import absence
from navigator.people.absence import Absence
from navigator.people.user import Role

router = APIRouter(
    prefix="/people", tags=["people"], responses=problems(401, 403), dependencies=[audience(Role.ADMIN)]
)


@router.post("/{id}/absence", responses=problems(404))
def go_away(session: Writing, actor: Caller, id: Id, what: Absence) -> PersonOut:
    """Say on which days somebody gets no new tickets, and who covers."""
    absence.set_absence(session, actor, id, what)
    return person(session, actor, id)


@router.post("/{id}/return", responses=problems(404))
def come_back(session: Writing, actor: Caller, id: Id) -> PersonOut:
    """Say that somebody is back: new tickets come to them again."""
    absence.end_absence(session, actor, id)
    return person(session, actor, id)
