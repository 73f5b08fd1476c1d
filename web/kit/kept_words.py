"""Words that were sent when a log-in had ended: kept for their writer, and back in the form once they are.

The mark of the form says for whom its page was made. Nobody else is shown the words, whoever logs in next in
the same browser, and no address holds any of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from sqlmodel import Session
from starlette.responses import Response
from starlette.routing import BaseRoute, Match

from navigator import database
from navigator.errors import Conflict
from navigator.fields import MAX_TEXT_LENGTH
from navigator.tickets import kept_forms
from navigator.tickets.kept_forms import KEPT_FOR, KeptForm
from navigator.tickets.submissions import Result
from web.kit import cookies, form_marks
from web.kit.forms import Form, read_form
from web.kit.written_words import Written, written

COLLEAGUE = "user "
"""How the owner of a page of staff begins; their id comes after it."""
REPORTER = "reporter "
"""How the owner of a followed page begins; the number of the ticket comes after it."""

_COOKIE = "desk_kept"
"""Says that this browser sent words that are kept; whose and which, it does not say."""

_PROVES_WHO_IT_IS = ("/second-step", "/unlock", "/log-in")
"""Where codes, a passkey's answer or a provider's are sent: none of them is words."""
OF_A_LOCK = ("lock.page", "lock.path", "lock.mark")
"""What `lock.js` says of a form beside what was typed into it."""

_LONGEST = 2000
_FILES = "files"
"""The box of files: of them digests alone have come here."""
_SECRET = "password"  # noqa: S105 - a word in names of boxes and pages


class MadeForAnother(Conflict):
    """A colleague sent a form of a page that was made for another one, who was logged in here before them."""


async def require_own(request: Request, owner: str) -> None:
    """Nobody sends what another colleague wrote: the page may still be open when the next one logs in."""
    if request.method == "POST":
        made_for = form_marks.owner_of((await read_form(request)).mark)
        if made_for.startswith(COLLEAGUE) and made_for != owner:
            raise MadeForAnother(
                "This page was made for a colleague who was here before you. Nothing was sent."
            )


async def sent_before(request: Request) -> Result | None:
    """What the same form led to, if it was sent before the log-in or the link ended."""
    form, path = await read_form(request), str(request.scope["path"])
    return await run_in_threadpool(form_marks.result_before, path, form)


@dataclass(frozen=True)
class Kept:
    """What became of a form: the address of its page, "" where nobody knows for whom that was made.

    `is_risk` is that a reporter's words are of risk, `is_reviewed` that a clinician is told so.
    """

    page: str = ""
    has_words: bool = False
    is_risk: bool = False
    is_reviewed: bool = False


async def keep(request: Request) -> Kept:
    """Keep what was sent for whom its page was made; a reporter's words pass the safety screen."""
    form, path = await read_form(request), str(request.scope["path"])
    owner = form_marks.owner_of(form.mark)
    page = _page_of(request)
    if not owner or not page:
        return Kept()
    typed = {} if _is_secret(path) else _said(form)
    return await run_in_threadpool(_keep, owner, path, page, typed) if typed else Kept(page)


@dataclass(frozen=True)
class Unsaved:
    """The boxes of a form that could not be saved, its mark too, to be sent again; no files.

    `written` is what is shown of them; `page` is where they are kept if the page that shows them is locked.
    """

    boxes: Sequence[tuple[str, str]] = ()
    had_files: bool = False
    written: Sequence[Written] = ()
    page: str = ""
    owner: str = ""

    @property
    def is_of_colleague(self) -> bool:
        """Whether its page was made for somebody who had logged in."""
        return self.owner.startswith(COLLEAGUE)


NOTHING_UNSAVED = Unsaved()


async def unsaved(request: Request) -> Unsaved:
    """What a form said that could not be saved, for the page that says so; no secrets."""
    path = str(request.scope["path"])
    if request.method != "POST" or _is_secret(path):
        return NOTHING_UNSAVED
    form = await read_form(request)
    if not _said(form) or any(_SECRET in name for name in form.typed):
        return NOTHING_UNSAVED
    shown = written(request, form)
    own = {form_marks.MARK: [form.mark], form_marks.KEPT: [form.kept_at]}
    boxes = {name: texts for name, texts in (form.typed | own).items() if name != _FILES}
    had_files = any(form.typed.get(_FILES, ()))
    every = [(name, text) for name, texts in boxes.items() for text in texts]
    return Unsaved(every, had_files, shown, _page_of(request), form_marks.owner_of(form.mark))


def keep_locked(session: Session, form: Form) -> None:
    """Keep what was typed on a page of a colleague that is locked while they are away from it.

    The page says by its form's mark for whom it was made, and for them alone it is kept.
    """
    page, path, mark = (form.value(name) for name in OF_A_LOCK)
    owner = form_marks.owner_of(mark)
    typed = {name: texts for name, texts in _said(form).items() if name not in OF_A_LOCK}
    is_page = page.startswith("/") and path.startswith("/") and len(page) + len(path) < _LONGEST
    if typed and is_page and owner.startswith(COLLEAGUE) and not _is_secret(path):
        kept_forms.keep(session, owner, path, urlsplit(page).path, typed)


def _is_secret(path: str) -> bool:
    return path.endswith(_SECRET) or f"{path}/".startswith(tuple(f"{each}/" for each in _PROVES_WHO_IT_IS))


def _said(form: Form) -> dict[str, list[str]]:
    """What was typed or chosen; no passwords, and nothing that goes with the form by itself."""
    own = form_marks.NOT_WHAT_WAS_SAID | {_FILES}
    said = {name: texts for name, texts in form.typed.items() if name not in own and _SECRET not in name}
    return said if any(text for texts in said.values() for text in texts) else {}


def _keep(owner: str, path: str, page: str, typed: dict[str, list[str]]) -> Kept:
    from navigator.tickets.actions.unsent_words import review_unsent_words  # and with it the screen's model
    from navigator.triage.safety_screen import ScreeningResult, screen

    reporter_of = owner.removeprefix(REPORTER) if owner.startswith(REPORTER) else ""
    texts = (text[:MAX_TEXT_LENGTH] for values in typed.values() for text in values)
    screening = screen(*texts) if reporter_of else ScreeningResult(hit=False)
    with database.writing() as session:
        kept_forms.keep(session, owner, path, urlsplit(page).path, typed)
        is_reviewed = screening.hit and review_unsent_words(session, int(reporter_of), screening)
    return Kept(page, has_words=True, is_risk=screening.hit, is_reviewed=is_reviewed)


def _page_of(request: Request) -> str:
    """The page that a form stood on; else the nearest above the address it was sent to."""
    if page := came_from(request):
        return page
    path = str(request.scope["path"])
    while path.strip("/"):
        if _is_page(request, path):
            return path
        path = path.rpartition("/")[0]
    return ""


def came_from(request: Request) -> str:
    """The page that somebody came from, by what the browser says of it; "" unless it is one of the desk."""
    referer = urlsplit(request.headers.get("referer", ""))
    if referer.netloc != request.headers.get("host") or not _is_page(request, referer.path):
        return ""
    return f"{referer.path}?{referer.query}" if referer.query else referer.path


def _is_page(request: Request, path: str) -> bool:
    """Whether a path can be asked for."""
    scope = {**request.scope, "method": "GET", "path": path}
    routes: list[BaseRoute] = request.app.routes
    return path.startswith("/") and any(route.matches(scope)[0] is Match.FULL for route in routes)


def remind(response: Response) -> Response:
    """Let the browser remember that words are kept, for as long as they are."""
    cookies.set_cookie(response, _COOKIE, "yes", KEPT_FOR)
    return response


def kept_for(request: Request, owner: str) -> KeptForm | None:
    """What an owner typed on the page that is asked for, and has not sent since."""
    if request.method != "GET" or not cookies.read_cookie(request, _COOKIE):
        return None
    with database.reading() as session:
        return kept_forms.kept_on(session, owner, str(request.scope["path"]))
