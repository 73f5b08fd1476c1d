"""One setting: asked, looked at before it counts, written down, and taken back."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from sqlmodel import Session
from starlette.responses import Response

from navigator.administration import apply_change, history, overview
from navigator.administration.apply_change import Preview
from navigator.administration.field_formats import DAY_NAMES
from navigator.administration.lookups import Key
from navigator.administration.setting_kinds import SETTING_KINDS, SettingKind
from navigator.canned_replies.placeholders import PLACEHOLDERS, render
from navigator.catalogue.catalogue import catalogue
from navigator.fields import Id
from navigator.people.actor import Actor
from web.admin.setting_choices import CONTACTS, EXAMPLE, WORDS
from web.kit.deps import Admin, Reading, Writing
from web.kit.forms import Form, ReadForm
from web.kit.templating import PageRenderer, Render, redirect

router = APIRouter(prefix="/settings")

_SHARED = {"category": "/settings/categories", "article": "/settings/articles"}
"""Where what all services share is looked at; what is not here belongs to programmes."""

SubjectName = Annotated[str, Path(pattern=f"^({'|'.join(SETTING_KINDS)})$")]
ChangeId = Annotated[Id, Path()]
Before = Annotated[Id | None, Query()]


@router.get("/changes")
def changes(page: Render, session: Reading, actor: Admin, before: Before = None) -> Response:
    """Everything that was changed, newest first."""
    found = history.changes(session, actor, before)
    return page("admin/settings/changes.html", found=found, can_undo=history.can_undo, most=history.PAGE)


@router.get("/changes/{id}")
def one_change(page: Render, session: Reading, actor: Admin, id: ChangeId, form: ReadForm) -> Response:
    """One change, field by field."""
    return _one_change(page, session, actor, id, form)


@router.post("/changes/{id}/undo")
def undo(page: Render, session: Writing, actor: Admin, id: ChangeId, form: ReadForm) -> Response:
    """Take it back."""
    with form.trying(session):
        history.undo(session, actor, id)
        return redirect("/settings/changes", "It is as it was before.")
    return _one_change(page, session, actor, id, form)


def _one_change(page: PageRenderer, session: Session, actor: Actor, id: int, form: Form) -> Response:
    found = history.find(session, actor, id)
    facts: dict[str, Any] = {
        "change": found,
        "can_undo": history.can_undo(found),
        "differences": history.before_and_after(found),
    }
    return page("admin/settings/change.html", form=form, **facts)


@router.get("/{name}/{path:path}")
def ask(
    page: Render, session: Reading, actor: Admin, form: ReadForm, name: SubjectName, path: str
) -> Response:
    """What is set now, to be changed."""
    subject, key = apply_change.parse_key(name, path)
    part = apply_change.current(session, actor, subject, key)
    begun = part or subject.begun()
    form.fill({**(begun.boxes() if begun else {}), "seen": apply_change.etag(part)})
    return _form(page, session, subject, key, form)


@router.post("/{name}/{path:path}")
def change(
    page: Render, session: Writing, actor: Admin, form: ReadForm, name: SubjectName, path: str
) -> Response:
    """Show what a change would do; make it once somebody has looked at that."""
    subject, key = apply_change.parse_key(name, path)
    part = None if form.chosen("gone", "yes") else form.read(subject.part)
    if not form.errors and form.value("do") != "edit":
        with form.trying(session):
            if form.value("do") == "save":
                apply_change.apply(session, actor, subject, key, part, form.value("seen"))
                return redirect(_back(subject, key), "Changed.")
            looked = apply_change.preview(session, actor, subject, key, part)
            return _preview(page, session, subject, key, form, looked)
    return _form(page, session, subject, key, form)


def _form(page: PageRenderer, session: Session, subject: SettingKind, key: Key, form: Form) -> Response:
    return page(f"admin/settings/{subject.name}.html", form=form, **_facts(session, subject, key))


def _preview(
    page: PageRenderer, session: Session, subject: SettingKind, key: Key, form: Form, looked: Preview
) -> Response:
    typed = [(name, value) for name, values in form.typed.items() for value in values if name != "do"]
    example = render(form.value("body"), EXAMPLE)
    facts = _facts(session, subject, key)
    return page(
        "admin/settings/preview.html", looked=looked, typed=typed, example=example, form=form, **facts
    )


def _facts(session: Session, subject: SettingKind, key: Key) -> dict[str, Any]:
    return {
        "subject": subject,
        "key": key,
        "is_new": key[-1] == apply_change.NEW_KEY,
        "is_set": subject.read(session, key) is not None,
        "here": f"/settings/{subject.name}/{'/'.join(key)}",
        "back_to": _back(subject, key),
        "named": overview.called(session, subject, key),
        "catalogue": catalogue(),
        "programmes": [
            (one.programme.code, one.programme.name) for one in overview.programme_overviews(session)
        ],
        "words": WORDS,
        "whom": overview.whom(session, key) if subject.name == "rule" else ((), ()),
        "contact": {kind: name for kind, name, _ in CONTACTS},
        "days": DAY_NAMES,
        "blanks": PLACEHOLDERS,
    }


def _back(subject: SettingKind, key: Key) -> str:
    """The page on which what was set is looked at."""
    if subject.of_service:
        return f"/settings/services/{key[0]}" if key[0] != apply_change.NEW_KEY else "/settings"
    return _SHARED.get(subject.name, "/settings/programmes")
