"""Somebody's own calendar addresses: made, shown once, and ended."""

from sqlmodel import Session
from starlette.responses import Response

from navigator.outbox.urls import CALENDAR, absolute_url
from navigator.people import calendar_feeds
from navigator.people.actor import Actor
from web.kit.deps import PathId, Reading, Router, Staff, Writing
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = Router(prefix="/account/calendars")


@router.get("")
def list_calendars(page: Render, session: Reading, actor: Staff) -> Response:
    """The addresses that there are."""
    return _page(page, session, actor, Form())


@router.post("")
def make(page: Render, form: ReadForm, session: Writing, actor: Staff) -> Response:
    """Make one more; it is shown on this page alone."""
    address = ""
    with form.trying(session):
        token = calendar_feeds.make_feed(session, actor, form.value("shows_own_words") == "yes")
        address = absolute_url(CALENDAR, token=token)
    return _page(page, session, actor, form, address)


@router.post("/{id}/removal")
def end(session: Writing, actor: Staff, id: PathId) -> Response:
    """End one of them."""
    calendar_feeds.end_feed(session, actor, id)
    return redirect("/account/calendars", "That address is ended. What a calendar has already may stay there")


def _page(page: PageRenderer, session: Session, actor: Actor, form: Form, address: str = "") -> Response:
    feeds = calendar_feeds.list_feeds(session, actor)
    return page("auth/calendars.html", form=form, feeds=feeds, address=address, most=calendar_feeds.MOST)
