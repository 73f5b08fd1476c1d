"""Appointments: a booking system tells when somebody's next session is."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.deps import Caller, Writing, audience
from api.errors import problems
from navigator.people.user import Role
from navigator.tickets.actions.appointments import AppointmentInput, update_next_session

router = APIRouter(prefix="/appointments", tags=["tickets"], responses=problems(401, 403))


class Moved(BaseModel):
    """What an appointment changed."""

    tickets: int = Field(description="How many open tickets are now to be put right before that session")


@router.post("", dependencies=[audience(Role.INTAKE, Role.NAVIGATOR)])
def tell_appointment(session: Writing, actor: Caller, what: AppointmentInput) -> Moved:
    """The next session of whoever has that support code: the guards of their open tickets move with it."""
    return Moved(tickets=update_next_session(session, actor, what))
