"""One training session: booked and given up by practitioners; moved, cancelled and held by navigators."""

from typing import Annotated, Any

from sqlmodel import Session
from starlette.responses import Response

from navigator import clock
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.training import confidence, record, seats, session_list, sessions
from navigator.training.calendar_file import MEDIA_TYPE
from navigator.training.inputs import AttendanceInput, BookingInput, ConfidenceInput, SessionChangeInput
from navigator.training.invitations import own_calendar_file
from navigator.training.tables import SeatState, TrainingSession
from web.desk.training import file_response, training_context
from web.kit.deps import PathId, Reading, Router, Staff, Writing, audience
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/training/sessions/{id}")

Navigator = Annotated[Actor, audience(Role.NAVIGATOR)]


@router.get("")
def show_session(page: Render, session: Reading, actor: Staff, id: PathId) -> Response:
    """One session: for practitioners their own seat, for those who look after training the whole list."""
    return _session_page(page, session, actor, Form(), id)


def _session_page(page: PageRenderer, session: Session, actor: Actor, form: Form, id: int) -> Response:
    planned = session_list.find_session(session, actor, id)
    context = _list(session, actor, planned) | training_context(session, actor)
    return page("desk/training/session.html", form=form, planned=planned, **context)


def _list(session: Session, actor: Actor, planned: TrainingSession) -> dict[str, Any]:
    """Whose seat is whose, as far as the actor may see it, and what the actor may do."""
    places = session_list.places_of(session, actor, [planned]).get(planned.id, session_list.NO_PLACES)
    roles = actor.roles.get(planned.service_id, frozenset())
    sees_list = bool(roles & {Role.NAVIGATOR, Role.MANAGER})
    return {
        "places": places,
        "position": session_list.position(session, places.own) if places.own else 0,
        "attendance": session_list.attendance_of(session, actor, planned.id) if sees_list else None,
        "leads": Role.NAVIGATOR in roles,
        "may_tell": clock.now() < planned.starts_at + confidence.LATER_UNTIL,
        "states": SeatState,
    }


@router.post("/booking")
def book(page: Render, session: Writing, actor: Staff, form: ReadForm, id: PathId) -> Response:
    """Book a place, or a place on the waiting list."""
    if booking := form.read(BookingInput):
        with form.trying(session):
            seat = seats.book(session, actor, id, booking)
            return redirect(f"/training/sessions/{id}", _BOOKED[SeatState(seat.state)])
    return _session_page(page, session, actor, form, id)


_BOOKED = {
    SeatState.BOOKED: "You have a place. An invitation for your calendar is on its way by email.",
    SeatState.WAITING: "You are on the waiting list. You get an email when a place is free for you.",
}


@router.post("/leaving")
def leave(page: Render, session: Writing, actor: Staff, form: ReadForm, id: PathId) -> Response:
    """Give up one's own place."""
    with form.trying(session):
        seats.leave(session, actor, id)
        return redirect(f"/training/sessions/{id}", "You are off the list.")
    return _session_page(page, session, actor, form, id)


@router.get("/calendar.ics")
def calendar(session: Reading, actor: Staff, id: PathId) -> Response:
    """The actor's own place as a calendar file."""
    content = own_calendar_file(session, actor, session_list.find_session(session, actor, id))
    return file_response(content, MEDIA_TYPE, "training.ics")


@router.post("/removals/{user_id}")
def take_off(session: Writing, actor: Navigator, id: PathId, user_id: PathId) -> Response:
    """Take somebody off the list."""
    seats.take_off(session, actor, id, user_id)
    return redirect(f"/training/sessions/{id}", "They are off the list, and told so.")


@router.get("/change")
def change_form(page: Render, session: Reading, actor: Navigator, id: PathId) -> Response:
    """The form for another time, place or number of places."""
    planned = session_list.attendance_of(session, actor, id).training_session
    starts_at = clock.local(planned.starts_at)
    known = {"on": starts_at.date(), "at": f"{starts_at:%H:%M}"}
    form = Form().fill(planned.model_dump(include={"title", "minutes", "places", "venue"}) | known)
    return page("desk/training/change.html", form=form, planned=planned)


@router.post("/change")
def change(page: Render, session: Writing, actor: Navigator, form: ReadForm, id: PathId) -> Response:
    """Move a session, or change its places."""
    if changed := form.read(SessionChangeInput):
        with form.trying(session):
            sessions.change_session(session, actor, id, changed)
            return redirect(f"/training/sessions/{id}", "Changed. Who has a place is told what is new.")
    planned = session_list.attendance_of(session, actor, id).training_session
    return page("desk/training/change.html", form=form, planned=planned)


@router.post("/attendance")
def record_attendance(
    page: Render, session: Writing, actor: Navigator, form: ReadForm, id: PathId
) -> Response:
    """Record who came."""
    if attendance := form.read(AttendanceInput):
        with form.trying(session):
            sessions.record_attendance(session, actor, id, attendance)
            return redirect("/training", "Saved who came.")
    return _session_page(page, session, actor, form, id)


@router.post("/cancellation")
def cancel_session(session: Writing, actor: Navigator, id: PathId) -> Response:
    """Cancel a session."""
    sessions.cancel_session(session, actor, id)
    return redirect("/training", "The session was cancelled. Everybody on its list is told.")


@router.get("/confidence")
def confidence_form(page: Render, session: Reading, actor: Staff, id: PathId) -> Response:
    """How confident somebody who came is now: one question, five buttons."""
    return _confidence_page(page, session, actor, Form(), id)


def _confidence_page(page: PageRenderer, session: Session, actor: Actor, form: Form, id: int) -> Response:
    asked, context = confidence.asked_of(session, actor, id), training_context(session, actor)
    return page("desk/training/confidence.html", form=form, asked=asked, **context)


@router.post("/confidence")
def tell_confidence(page: Render, session: Writing, actor: Staff, form: ReadForm, id: PathId) -> Response:
    """Keep the answer."""
    if told := form.read(ConfidenceInput):
        with form.trying(session):
            confidence.tell_confidence(session, actor, id, told)
            return redirect(f"/training/sessions/{id}", "Thank you. Your answer is saved.")
    return _confidence_page(page, session, actor, form, id)


@router.get("/certificate.pdf")
def certificate(session: Reading, actor: Staff, id: PathId) -> Response:
    """The certificate of attendance of whoever came."""
    return file_response(record.certificate_pdf(session, actor, id), "application/pdf", "certificate.pdf")
