"""Routes for absences: days away and who covers."""

from api.deps import Caller, Router, Writing, audience
from api.errors import error_responses
from api.people import Id, PersonOut, show_person
from navigator.people import absence
from navigator.people.absence import Absence
from navigator.people.user import Role

router = Router(
    prefix="/people",
    tags=["people"],
    responses=error_responses(401, 403),
    dependencies=[audience(Role.ADMIN)],
)


@router.post("/{id}/absence", responses=error_responses(404))
def go_away(session: Writing, actor: Caller, id: Id, absence_input: Absence) -> PersonOut:
    """Say on which days somebody gets no new tickets, and who covers."""
    absence.set_absence(session, actor, id, absence_input)
    return show_person(session, actor, id)


@router.post("/{id}/return", responses=error_responses(404))
def come_back(session: Writing, actor: Caller, id: Id) -> PersonOut:
    """Say that somebody is back: new tickets come to them again."""
    absence.end_absence(session, actor, id)
    return show_person(session, actor, id)
