"""Booking a call by the private link: the free times; it is booked, moved, cancelled; its calendar file."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from navigator import clock
from navigator.catalogue.lookups import crisis_card_of
from navigator.dates_in_words import day
from navigator.errors import Invalid, NotFound
from navigator.languages import gettext as _
from navigator.outbox.addresses import address_of
from navigator.outbox.outbox_message import Recipient
from navigator.people.actor import Actor
from navigator.people.reporter import ContactMethod
from navigator.phone_numbers import readable
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import booked_calls
from navigator.tickets.actions.booked_calls import NoBooking, why_not
from navigator.tickets.actions.call_diary import TAKEN
from navigator.tickets.assignment.free_navigators import free_times
from navigator.tickets.booking_inputs import BookCallInput, CallTimeInput
from navigator.tickets.followed import FollowedTicket, followed_ticket
from web.kit import page_language
from web.kit.deps import PathNumber, Reading, Router, Writing
from web.kit.forms import Form, ReadForm
from web.kit.reporter_deps import ReporterActor
from web.kit.templating import PageRenderer, Render, redirect
from web.public.calendar_file import MEDIA_TYPE, calendar_file

router = Router(prefix="/follow/{number}")

Days = Sequence[tuple[str, Sequence[datetime]]]
"""Times by their day in words."""

MOVES = "other"
"""The field that says that another time is wanted for the call that is booked."""


@router.get("/call")
def call_page(
    page: Render, session: Reading, actor: ReporterActor, form: ReadForm, number: PathNumber
) -> Response:
    """The call that is booked; else the free times, or what is asked about the one that was chosen."""
    return _page(page, session, actor, number, form)


@router.post("/call")
def book(
    page: Render, session: Writing, actor: ReporterActor, form: ReadForm, number: PathNumber
) -> Response:
    """Book a call, at a time that is still free."""
    if booking := form.read(BookCallInput):
        with form.trying(session):
            booked_calls.book_call(session, actor, actor.own_ticket, booking)
            return redirect(f"/follow/{number}/call", "Your call is booked.")
    return _page(page, session, actor, number, form)


@router.post("/call/move")
def move(
    page: Render, session: Writing, actor: ReporterActor, form: ReadForm, number: PathNumber
) -> Response:
    """Move the call to another time that is free."""
    form.fill({MOVES: "yes"})
    if booking := form.read(BookCallInput):
        with form.trying(session):
            booked_calls.move_call(session, actor, actor.own_ticket, booking)
            return redirect(f"/follow/{number}/call", "Your call has another time now.")
    return _page(page, session, actor, number, form)


@router.post("/call/cancellation")
def cancel(
    page: Render, session: Writing, actor: ReporterActor, form: ReadForm, number: PathNumber
) -> Response:
    """Cancel the call."""
    with form.trying(session):
        booked_calls.cancel_call(session, actor, actor.own_ticket)
        return redirect(f"/follow/{number}/call", "Your call is cancelled.")
    return _page(page, session, actor, number, form)


@router.get("/call.ics")
def calendar(page: Render, session: Reading, actor: ReporterActor, number: PathNumber) -> Response:  # noqa: ARG001
    """The call that was booked last as a calendar file, also once it is cancelled."""
    if (call := _followed(page, session, actor).booked_call) is None:
        raise NotFound("There is no booked call.")
    headers = {"content-disposition": 'attachment; filename="call.ics"'}
    return Response(calendar_file(call), media_type=MEDIA_TYPE, headers=headers)


def _followed(page: PageRenderer, session: Session, actor: Actor) -> FollowedTicket:
    """The reporter's ticket, whose service's language is spoken from here on."""
    detail = followed_ticket(session, actor)
    page_language.speak_for(page.request, detail.service.code)
    return detail


def _page(page: PageRenderer, session: Session, actor: Actor, number: int, form: Form) -> Response:
    detail = _followed(page, session, actor)
    call, is_moved = detail.booked_call, bool(form.value(MOVES))
    if call and call.is_live and call.ends_at > clock.now() and not is_moved:
        return _show(page, session, detail, number, form, "booked")
    no_booking = why_not(detail.service, detail.ticket, detail.reporter)
    if no_booking or Action.BOOK_CALL not in detail.allowed:
        return _show(page, session, detail, number, form, "none", why=no_booking or NoBooking.ENDED)
    moved = call if is_moved and call and call.is_to_come else None
    free = [*free_times(session, detail.ticket, moved)]
    chosen = _chosen(form, free)
    if chosen is None:
        return _show(page, session, detail, number, form, "times", groups=_groups(detail, free), moved=moved)
    form.fill(_known(detail))
    return _show(page, session, detail, number, form, "ask", chosen=chosen, moved=moved)


def _show(
    page: PageRenderer,
    session: Session,
    detail: FollowedTicket,
    number: int,
    form: Form,
    template: str,
    **context: Any,
) -> Response:
    """A page of a call, with what all of them show."""
    reporter_id = detail.ticket.reporter_id
    return page(
        f"public/call/{template}.html",
        detail=detail,
        call=detail.booked_call,
        number=number,
        large_print=detail.reporter is not None and detail.reporter.wants_large_print,
        service=detail.service,
        crisis=crisis_card_of(session, detail.service),
        form=form,
        is_written_to=address_of(session, Recipient.REPORTER, reporter_id) is not None,
        **context,
    )


def _chosen(form: Form, free: Sequence[datetime]) -> datetime | None:
    """The time that was chosen, while it is free; that it is not any more is said."""
    if not form.value("starts_at") or form.status == 409:
        return None
    choice = Form([("starts_at", form.value("starts_at"))]).read(CallTimeInput)
    if choice and choice.starts_at in free:
        return choice.starts_at
    form.errors.clear()
    form.refuse(Invalid(TAKEN))
    return None


def _known(detail: FollowedTicket) -> dict[str, Any]:
    """What is known of how to phone somebody: not the number of who wants texts, and may not take calls.

    What a practitioner wrote on a card is not shown to whoever has its code."""
    call, reporter = detail.booked_call, detail.reporter
    if call and call.is_live:
        return {"phone": readable(call.phone), "voicemail_is_safe": _YES_NO[call.voicemail_is_safe]}
    if reporter is None or reporter.came_by_card or reporter.contact_method == ContactMethod.TEXT:
        return {}
    return {"phone": readable(reporter.phone), "voicemail_is_safe": _YES_NO[reporter.voicemail_is_safe]}


_YES_NO = {True: "yes", False: "no", None: ""}


def _groups(detail: FollowedTicket, free: Sequence[datetime]) -> list[tuple[str, Days]]:
    """The free times, those first that end before the session is to be planned without the online part."""
    guard_at = detail.ticket.session_deadline_at if detail.shows_session else None
    if guard_at is None or detail.ticket.session_on is None:
        return [("", _by_day(free))]
    length = timedelta(minutes=detail.service.call_minutes)
    before = [at for at in free if at + length <= guard_at]
    session_on = day(detail.ticket.session_on)
    groups = [
        (_("In time for your session on %(session_on)s") % {"session_on": session_on}, _by_day(before)),
        (_("Later times"), _by_day(free[len(before) :])),
    ]
    return [(heading, days) for heading, days in groups if days]


def _by_day(times: Iterable[datetime]) -> Days:
    return [(on, [*of_day]) for on, of_day in groupby(times, key=day)]
