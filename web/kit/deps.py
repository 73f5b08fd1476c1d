"""Route dependencies: a session, the actor with their permission, the client’s address.

Every route names its audience: `dependencies=[public]` on its router, or `Staff`, `Admin`, `audience(Role…)`,
or `ReporterActor` among its arguments. A test walks all routes and fails on one without.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from math import ceil
from typing import Annotated, Any, NoReturn

from fastapi import APIRouter, Depends, Path, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from sqlmodel import Session
from starlette.routing import BaseRoute

from navigator import standby
from navigator.database import STORAGE_DOWN
from navigator.errors import Forbidden, Locked, NotLoggedIn
from navigator.fields import Id
from navigator.languages import ENGLISH
from navigator.people import login, sessions
from navigator.people.actor import Actor
from navigator.people.audit_spool import note_refusal
from navigator.people.client_ip import client_ip
from navigator.people.reporter import TicketNumber
from navigator.people.rights import Area
from navigator.people.user import Role
from navigator.request_dependencies import (
    Everybody,
    ReceivesFiles,
    SentFiles,
    copy_session,
    open_to_read,
    open_to_write,
    received,
    session_of_identity,
    writing_session,
)
from navigator.request_threads import WITH_FILES, Handler, InOneThread, ThreadPool, opened, opened_once
from navigator.settings import settings
from web.kit import cookies, form_marks, kept_words, navigation, page_language
from web.kit.areas import area_of
from web.kit.forms import ReadForm
from web.kit.request_log import route_of
from web.kit.templating import PageRenderer, Render

# With the API's these are as many as there are connections to read by: whoever waits holds no thread.
READERS = ThreadPool("pages", 5)
WRITERS = ThreadPool("forms", 4)
HASHERS = ThreadPool("passwords", 2)
"""Where a password is hashed: a flood of log-ins waits here and leaves the other threads to others."""
ASKERS = ThreadPool("providers", 4)
"""Where a log-in provider is waited for: a slow one keeps nobody else waiting."""
WITHOUT_DATABASE = ThreadPool("without-database", 4)
"""For pages that need none: they do not wait for those whose database hangs."""


async def _hashes() -> None:
    """Nothing: it only says so."""


hashes_password = Depends(_hashes)
"""For routes that hash a password."""


async def _asks() -> None:
    """Nothing: it only says so."""


asks_provider = Depends(_asks)
"""For routes that wait for another machine; they open no session while they do."""


async def _looks() -> None:
    """Nothing: it only says so."""


looks_at_files = Depends(_looks)
"""For routes that look at files that were not sent with their form."""


async def _needs_none() -> None:
    """Nothing: it only says so."""


needs_no_database = Depends(_needs_none)
"""For routes that answer also where the database does not."""


class PageRoute(InOneThread, APIRoute):
    """A page: all that one request of it does is done in one thread."""

    def pool(self) -> ThreadPool:
        """Pages are read beside forms, and both beside what hashes a password or needs no database."""
        if needs_no_database in self.dependencies:
            return WITHOUT_DATABASE
        if asks_provider in self.dependencies:
            return ASKERS
        if hashes_password in self.dependencies:
            return HASHERS
        if looks_at_files in self.dependencies:
            return WITH_FILES
        return READERS if "GET" in self.methods else WRITERS

    def get_route_handler(self) -> Handler:
        """The page, anew from the database itself if the standby failed; who changes something is noted."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Any:
            try:
                response = await handler(request)
            except STORAGE_DOWN:
                if getattr(request.state, "copy_lag", None) is None:
                    raise
                standby.give_up()
                request.state.copy_failed, request.state.copy_lag = True, None
                response = await handler(request)
            if standby.is_set() and request.method not in ("GET", "HEAD"):
                lasts = timedelta(seconds=ceil(settings().read_lag_seconds) + 1)
                cookies.set_cookie(response, cookies.CHANGED, "1", lasts)
            return response

        return handle


class Router(APIRouter):
    """The routes of a file of pages."""

    def __init__(self, **options: Any) -> None:
        super().__init__(route_class=PageRoute, **options)


@contextmanager
def _submission(path: str, form: ReadForm) -> Iterator[Session]:
    with writing_session() as session, form_marks.done_once(session, path, form):
        yield session


async def _open_submission(request: Request, form: ReadForm) -> Session:
    """A session of one transaction in which a form is done once, however often it is sent."""
    return opened(_submission(request.scope["path"], form))


async def _open_copy(page: Render) -> Session:
    """A session that only reads: on the standby if one is set, fresh, and has what this browser changed."""
    state = page.request.state
    may_lack = cookies.read_cookie(page.request, cookies.CHANGED) or getattr(state, "copy_failed", False)
    if not standby.is_set() or may_lack or not (lag := standby.lag()).is_fresh:
        page.context.pop("copy_lag", None)
        return await open_to_read()
    state.copy_lag = page.context["copy_lag"] = lag.seconds
    return opened_once(copy_session)


Reading = Annotated[Session, Depends(open_to_read)]
ReadingCopy = Annotated[Session, Depends(_open_copy)]
"""For what takes the database long and need not be of this second: reports, searches, exports."""
Writing = Annotated[Session, Depends(_open_submission)]

PathId = Annotated[Id, Path()]
"""An id in a path: one that a database can hold, or there is no such page."""

PathNumber = Annotated[TicketNumber, Path()]
"""A ticket in a path, as people name it."""


async def address_of(request: Request) -> str:
    """The caller's internet address, behind as many proxies as the settings trust; for IPv6 their network."""
    peer = request.client.host if request.client else ""
    return client_ip(peer, request.headers.getlist("x-forwarded-for"))


Address = Annotated[str, Depends(address_of)]


BY_ITSELF = "x-by-itself"
"""The header of what a page asks by itself, which does not mean that somebody is there."""
_STREAM = "/live"


async def _visitor(request: Request) -> Actor | None:
    request.state.unread_reviews, request.state.answers_due = None, 0
    request.state.is_locked, request.state.unread_notices = False, 0
    if not (token := cookies.read_cookie(request, cookies.LOG_IN)):
        return None
    from navigator.tickets.actions.review_list import unread_reviews  # no patient waits for them
    from navigator.tickets.queue.visits import visit

    used, is_get = opened(sessions.noting_use()), request.method == "GET"
    with session_of_identity(request.method) as session:
        # What is sent is answered by a page only where it is wrong: then its menu counts no answers.
        standing, due = visit(session, token) if is_get else (login.standing_of(session, token), 0)
        if standing is None or standing.is_locked:
            request.state.is_locked = standing is not None
            return None
        actor, request.state.unread_notices = standing.actor, standing.unread_notices
        request.state.answers_due = due
        request.state.unread_reviews = unread_reviews(session, actor.within(Area.REVIEWS))
    is_work = BY_ITSELF not in request.headers and request.scope["path"] != _STREAM
    if is_work and sessions.is_to_be_noted(standing.used_at):
        used.append(token)
    return actor


Visitor = Annotated[Actor | None, Depends(_visitor)]


class StaffWith:
    """The audience of staff pages: whoever is logged in and has one of these roles, if any is named."""

    def __init__(self, roles: tuple[Role, ...]) -> None:
        self.roles = roles
        self.audience = f"staff: {', '.join(roles) or 'all'}"

    async def __call__(self, actor: Visitor, page: Render) -> Actor:
        """Let a colleague in, and show them their menu."""
        page_language.speak(page.request, ENGLISH)
        if actor is None:
            raise_not_logged_in(page.request)
        show_menu(page, actor)
        await kept_words.require_own(page.request, page.owner)
        here = actor.within(area_of(page.request.scope["path"]))
        if self.roles and not here.has(*self.roles):
            note_refusal(actor, page.request.method, route_of(page.request.scope))
            raise Forbidden("Your account is not allowed to do this.")
        return here


def raise_not_logged_in(request: Request) -> NoReturn:
    """Ask to log in, or only to unlock the pages of a log-in that is locked."""
    if request.state.is_locked:
        raise Locked("Unlock this page to go on.")
    raise NotLoggedIn("Log in to see this page.")


def show_menu(page: PageRenderer, actor: Actor) -> None:
    """Make a page for a colleague: with their menu, and what they typed on it before."""
    state = page.request.state
    waiting = state.unread_reviews, state.answers_due, state.unread_notices
    page.context["staff"] = navigation.navigation_bar(actor, *waiting)
    page.owner = f"user {actor.user_id}"
    page.kept = kept_words.kept_for(page.request, page.owner)


async def _leave_confirmation(page: Render) -> None:
    if cookies.read_cookie(page.request, cookies.SENT):
        page.ended_cookies |= {cookies.SENT, cookies.DRAFT}


def audience(*roles: Role) -> Any:
    """For `Annotated[Actor, audience(Role…)]`: staff with one of these roles."""
    return Depends(StaffWith(roles))


async def _speak_english(page: Render) -> None:
    page_language.speak(page.request, ENGLISH)


public = Depends(Everybody())
in_english = Depends(_speak_english)
"""For pages of staff who are not logged in yet."""
leaves_confirmation = Depends(_leave_confirmation)
"""For pages to which somebody goes on from the confirmation of a report: it shows nothing any more."""
Staff = Annotated[Actor, audience()]
Admin = Annotated[Actor, audience(Role.ADMIN)]


class _Received(ReceivesFiles):
    async def __call__(self, request: Request, address: Address) -> SentFiles:
        return received(request.scope.get("files", ()), address)


Files = Annotated[SentFiles, Depends(_Received())]
"""The files of a form: who comes is asked before they are looked at, and no session is open meanwhile."""

SESSIONS = (open_to_read, open_to_write, _open_submission, _open_copy)


def identity_first(routes: Sequence[BaseRoute]) -> None:
    """Have every route ask who comes before it opens a session, in whatever order its arguments stand.

    Else whoever is not let in would take one of the few slots for writing, and on SQLite the only one.
    """
    for route in iter_route_contexts(routes):
        if dependant := getattr(route, "dependant", None):
            dependant.dependencies.sort(key=_turn)


def _turn(dependant: Dependant) -> tuple[bool, bool, bool]:
    """Who comes, then files, then what reads ahead and opens a session after that, then sessions alone."""
    is_alone, receives = dependant.call in SESSIONS, isinstance(dependant.call, ReceivesFiles)
    return opens_session(dependant), is_alone, receives


def opens_session(dependant: Dependant) -> bool:
    """Whether a session is opened for it, or for what it asks in turn."""
    return dependant.call in SESSIONS or any(map(opens_session, dependant.dependencies))
