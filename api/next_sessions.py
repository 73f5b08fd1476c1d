"""Route for appointments: a booking system sends the date of somebody's next session."""

from pydantic import BaseModel, Field

from api.deps import Caller, Router, Writing, audience
from api.errors import error_responses
from navigator.people.user import Role
from navigator.tickets.actions.next_session import AppointmentInput, update_next_session

router = Router(prefix="/appointments", tags=["tickets"], responses=error_responses(401, 403))


class AppointmentResult(BaseModel):
    """The result of an appointment."""

    tickets: int = Field(description="How many open tickets are now to be put right before that session")
    cards: int = Field(description="How many support cards know of that session now, for reports to come")


@router.post("", dependencies=[audience(Role.INTAKE, Role.NAVIGATOR)])
def tell_appointment(session: Writing, actor: Caller, appointment: AppointmentInput) -> AppointmentResult:
    """The next session of whoever has that support code: the guards of their open tickets move with it."""
    moved = update_next_session(session, actor, appointment)
    return AppointmentResult(tickets=moved.tickets, cards=moved.cards)
