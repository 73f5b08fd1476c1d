"""Status pages for everybody: what is wrong now, planned and past in each programme, and messages of it."""

import hashlib
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Annotated, Any

from fastapi import Path, Request
from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.programme import Programme
from navigator.people.notice_subscriber import LEAVE, subscriber_token
from navigator.problems import subscribing
from navigator.problems.status_feed import PATH, PROGRAMME_PATH, status_feed
from navigator.problems.status_list import public_programme, public_programmes, status_of
from navigator.tickets.queue.filters import Code
from web.kit.deps import Address, Reading, Router, Writing, public
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect, url
from web.public.known import ToldInput

router = Router(dependencies=[public])

ProgrammeCode = Annotated[Code, Path()]
Token = Annotated[str, Path(max_length=100)]
FEED_LASTS = 300
"""Seconds for which a reader, and what stands between, may keep a feed."""


class SubscriptionInput(ToldInput):
    """Where to write about a programme."""

    programme: Code


@router.get("/status")
def status(page: Render, session: Reading, form: ReadForm) -> Response:
    """The status of all programmes."""
    return _status_page(page, session, form, "")


@router.get("/status/{programme}")
def programme_status(page: Render, session: Reading, form: ReadForm, programme: ProgrammeCode) -> Response:
    """The status of one programme, with its history."""
    return _status_page(page, session, form, programme)


def _status_page(page: PageRenderer, session: Session, form: Form, code: str) -> Response:
    chosen = _programmes(session, code)
    return page(
        "public/status/status.html",
        form=form,
        one=chosen[0] if code else None,
        programmes=chosen,
        status_now=status_of(session, chosen),
        is_asked=form.chosen("sent", "yes"),
        feed=PROGRAMME_PATH.format(programme=code) if code else PATH,
    )


def _programmes(session: Session, code: str) -> list[Programme]:
    return [public_programme(session, code)] if code else public_programmes(session)


@router.post("/status/{programme}")
def subscribe(
    page: Render, session: Writing, address: Address, form: ReadForm, programme: ProgrammeCode
) -> Response:
    """Send a link that begins messages about a programme; the same is said to everybody."""
    if told := form.fill({"programme": programme}).read(SubscriptionInput):
        with form.trying(session):
            subscribing.subscribe(session, address, public_programme(session, programme), told.contact())
            return redirect(url(f"/status/{programme}", sent="yes") + "#messages")
    return _status_page(page, session, form, programme)


@router.get("/status/confirm/{token}")
def confirm_form(page: Render, session: Reading, token: Token) -> Response:
    """The page with the button that begins the messages: whoever only looks at a link begins nothing."""
    subscriber = subscribing.asked_for(session, token)
    programme = session.get_one(Programme, subscriber.programme_id)
    context: dict[str, Any] = {"token": token, "subscriber": subscriber, "programme": programme}
    return page("public/status/confirm.html", leave=subscriber_token(LEAVE, subscriber), **context)


@router.post("/status/confirm/{token}")
def confirm(session: Writing, token: Token) -> Response:
    """Begin the messages."""
    subscribing.confirm(session, token)
    return redirect(f"/status/confirm/{token}")


@router.get("/status/leave/{token}")
def leave_form(page: Render, session: Reading, token: Token) -> Response:
    """The page with the button that ends the messages."""
    is_there = subscribing.subscriber_by_link(session, LEAVE, token) is not None
    return page("public/status/leave.html", token=token, is_there=is_there)


@router.post("/status/leave/{token}")
def leave(page: Render, session: Writing, token: Token) -> Response:
    """End the messages: by the button, or by one press in a mail program (RFC 8058)."""
    subscribing.leave(session, token)
    return page("public/status/leave.html", token=token, is_there=False)


@router.get(PATH)
def all_feed(request: Request, session: Reading) -> Response:
    """The Atom feed of all programmes."""
    return _feed(request, session, "")


@router.get(PROGRAMME_PATH)
def programme_feed(request: Request, session: Reading, programme: ProgrammeCode) -> Response:
    """The Atom feed of one programme."""
    return _feed(request, session, programme)


def _feed(request: Request, session: Session, code: str) -> Response:
    body, updated_at = status_feed(session, _programmes(session, code), code)
    headers = {
        "etag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        "last-modified": format_datetime(updated_at, usegmt=True),
        "cache-control": f"public, max-age={FEED_LASTS}",
    }
    if _is_known(request, headers["etag"], updated_at):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/atom+xml")


def _is_known(request: Request, etag: str, updated_at: datetime) -> bool:
    """Whether a reader has this feed already (RFC 9110): by its tag, or by its day if it names no tag."""
    if tags := request.headers.get("if-none-match"):
        return etag in {tag.strip().removeprefix("W/") for tag in tags.split(",")} or tags.strip() == "*"
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
        return updated_at.replace(microsecond=0) <= since
    except (ValueError, TypeError):
        return False
