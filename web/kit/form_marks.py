"""One-use marks (idempotency): every form that is sent has one, and what is sent twice by it is done once.

A page's forms get their marks when it is rendered (`templating`), and `deps.Writing` asks what was done with
one before the route begins. A mark never ends, needs no script, and says for whom the page was made.
"""

import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Protocol

from itsdangerous import BadData
from markupsafe import escape
from sqlmodel import Session

from navigator import database
from navigator.tickets import kept_forms, submissions
from navigator.tickets.submissions import Result, Submission
from web.kit import cookies

MARK = "once"
"""The name of the box that holds a form's mark."""

KEPT = "kept"
"""The name of the box with the path under which the words in the form were kept (`kept_words`)."""

WORDS_LAST = timedelta(hours=24)
PRESS_LASTS = timedelta(minutes=1)
"""A press without words may be meant again soon, when others have changed what it did."""

NOT_WHAT_WAS_SAID = frozenset({"version", "seen"})
_FORM = re.compile(r'<form\b[^>]*\bmethod="post"[^>]*>')
_UNMARKED = re.compile(r'action="/(?:log-(?:in|out)["/]|report/|account/log-|search"|help["/])')
"""Logging in and out, which must happen each time; the report, whose draft is itself sent once; help pages,
where a device counts once; and the search, which changes nothing, and of which nothing is kept."""


class AlreadyDone(Exception):
    """The same form was sent before: the result of that is shown again."""

    def __init__(self, result: Result) -> None:
        super().__init__("This form was sent before.")
        self.result = result


class SentForm(Protocol):
    """What a mark's form must know of itself."""

    mark: str
    kept_at: str
    typed: dict[str, list[str]]


_results: ContextVar[list[Result] | None] = ContextVar("results", default=None)


def mint(owner: str = "") -> str:
    """A mark that no other page has, for a page that was made for `owner`."""
    return str(cookies.serializer("form mark").dumps([secrets.token_urlsafe(16), owner]))


def owner_of(mark: str) -> str:
    """For whom the page with this mark was made; "" for everybody, or if the mark is not ours."""
    try:
        return str(cookies.serializer("form mark").loads(mark)[1])
    except (BadData, IndexError, TypeError):
        return ""


def mark_forms(html: str, owner: str, kept_at: str = "") -> str:
    """A page with a mark in each of its forms that change something.

    The one that is sent to `kept_at` also says that its words were kept there, and ends that when sent.
    """
    if not _FORM.search(html):
        return html
    mark = _box(MARK, mint(owner))
    path = str(escape(kept_at))

    def marked(form: re.Match[str]) -> str:
        if _UNMARKED.search(form[0]):
            return form[0]
        is_kept = bool(path) and f'action="{path}"' in form[0]
        return form[0] + mark + (_box(KEPT, path) if is_kept else "")

    return _FORM.sub(marked, html)


def _box(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{value}" autocomplete="off">'


def expect_result() -> None:
    """Listen from now on, in this request, for what a route did."""
    _results.set([])


def note_result(href: str, flash: str) -> None:
    """Note that a route did something, and what is shown of it; called by every redirect."""
    if (results := _results.get()) is not None:
        results.append(Result(href, flash))


@contextmanager
def done_once(session: Session, path: str, form: SentForm) -> Iterator[None]:
    """Let a route do what a form says, unless the same was done with its mark before."""
    if not form.mark:
        yield
        return
    submission = _submission(path, form)
    if result := submissions.earlier_result(session, submission):
        raise AlreadyDone(result)
    yield
    result = _noted_result(path)
    submissions.remember(session, submission, result)
    if result and form.kept_at:
        kept_forms.forget(session, owner_of(form.mark), form.kept_at)


def result_before(path: str, form: SentForm) -> Result | None:
    """What the same form led to, for whoever may not send it any more."""
    if not form.mark:
        return None
    with database.reading() as session:
        return submissions.known_result(session, _submission(path, form))


def mark_at(form: SentForm, path: str) -> str:
    """The mark of a form as it is known where it was sent to: all forms of a page have the same."""
    return f"{form.mark} {path}"


def _submission(path: str, form: SentForm) -> Submission:
    said = {name: values for name, values in form.typed.items() if name not in NOT_WHAT_WAS_SAID}
    has_words = any(len(value.split()) > 1 for values in said.values() for value in values)
    content = json.dumps([path, sorted(said.items())])
    return Submission(mark_at(form, path), content, WORDS_LAST if has_words else PRESS_LASTS)


def _noted_result(path: str) -> Result | None:
    """What was noted last. A token is stored nowhere: where a new link was led to, it is the page above."""
    results = _results.get()
    if not results or not results[-1].href.startswith("/t/"):
        return results[-1] if results else None
    return Result(path.rpartition("/")[0], results[-1].flash) if results[-1].flash else None
